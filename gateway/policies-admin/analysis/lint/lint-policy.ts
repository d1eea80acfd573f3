import type { Finding } from '../finding.ts'
import type { ModuleOutline } from '../module-outline.ts'
import { resolveRules } from '../resolve-refs.ts'
import type { PolicySources } from '../../policy-files.ts'
import { decisionMissing } from './decision-missing.ts'
import { denialWithoutCode, denialWithoutText } from './denial-without-text.ts'
import type { Lint } from './lint.ts'
import { scanForLookUp } from './scan-for-look-up.ts'
import { timeWithoutInstant } from './time-without-instant.ts'
import { untestedRule } from './untested-rule.ts'
import { unusedRule } from './unused-rule.ts'

const lints: readonly Lint[] = [
  decisionMissing,
  unusedRule,
  untestedRule,
  denialWithoutText,
  denialWithoutCode,
  timeWithoutInstant,
  scanForLookUp,
]

/** What is wrong with a policy although it compiles. */
export function lintPolicy(sources: PolicySources, modules: readonly ModuleOutline[]): Finding[] {
  const policy = { sources, rules: resolveRules(modules) }
  return lints.flatMap((lint) => lint(policy))
}
