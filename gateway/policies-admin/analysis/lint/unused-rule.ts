import { keyOf, reachable } from '../resolve-refs.ts'
import { atRule, entrypoint, firstClauses } from './lint.ts'
import type { Lint } from './lint.ts'

/** A rule that the decision never reads: it was forgotten there, or it can go. Tests do not count. */
export const unusedRule: Lint = (policy) => {
  const rules = policy.rules.filter(({ isTestFile }) => !isTestFile)
  // Without a decision everything were unused, and that it is not there is said already.
  if (!rules.some(({ full }) => keyOf(full) === keyOf(entrypoint))) return []
  const used = reachable(
    rules,
    ({ full, rule }) => keyOf(full) === keyOf(entrypoint) || rule.annotations.some((one) => one.entrypoint === true),
  )
  return firstClauses(rules.filter(({ full }) => !used.has(keyOf(full)))).map((rule) =>
    atRule(policy, rule, {
      severity: 'warning',
      code: 'unused_rule',
      message: `The decision never reads "${rule.rule.name.join('.')}". Read it from a rule that counts, or take it away.`,
    }),
  )
}
