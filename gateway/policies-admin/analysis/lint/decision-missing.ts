import { ofWholePolicy } from '../finding.ts'
import { keyOf } from '../resolve-refs.ts'
import { entrypoint } from './lint.ts'
import type { Lint } from './lint.ts'

/** Without the one rule that the gateway asks for, everything is denied. */
export const decisionMissing: Lint = ({ rules }) =>
  rules.some(({ full, isTestFile }) => !isTestFile && keyOf(full) === keyOf(entrypoint))
    ? []
    : [
        ofWholePolicy(
          'decision_missing',
          'The policy has no rule "decision" in the package sallyport.access, which the gateway asks for. Write it in access/decision.rego.',
        ),
      ]
