import { atPlace } from '../finding.ts'
import type { Finding } from '../finding.ts'
import type { PolicyRule } from '../resolve-refs.ts'
import type { PolicySources } from '../../policy-files.ts'

export interface LintedPolicy {
  readonly sources: PolicySources
  readonly rules: readonly PolicyRule[]
}

/** One thing that is wrong with policies although they compile. */
export type Lint = (policy: LintedPolicy) => readonly Finding[]

export const entrypoint = ['data', 'sallyport', 'access', 'decision']
/** What the decision asks of each rule; the gateway reads them as well, to say which rule decided. */
export const rulesPackage = ['data', 'sallyport', 'rules']

export const startsWith = (path: readonly (string | null)[], start: readonly string[]): boolean =>
  start.every((part, index) => path[index] === part)

export function atRule(policy: LintedPolicy, { module, rule }: PolicyRule, said: Pick<Finding, 'severity' | 'code' | 'message'>): Finding {
  return atPlace(policy.sources[module.path], { path: module.path, line: rule.line, column: rule.column }, said)
}

/** One clause of each rule: what is said of a rule is said once. */
export function firstClauses(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const seen = new Set<string>()
  return rules.filter(({ module, full }) => {
    const key = `${module.path} ${full.join('.')}`
    return !seen.has(key) && seen.add(key)
  })
}
