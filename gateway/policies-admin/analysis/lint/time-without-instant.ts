import { keyOf, reachable } from '../resolve-refs.ts'
import type { PolicyRule } from '../resolve-refs.ts'
import { atRule, firstClauses, rulesPackage, startsWith } from './lint.ts'
import type { Lint } from './lint.ts'

const clock = ['input', 'time']
const validUntil = ['data', 'sallyport', 'access', 'valid_until']

/**
 * A rule whose answer time changes, without an instant that says when: an open session would live on for up to a minute. A rule under `rules/` names
 * it in `changes_at`, the decision itself in `valid_until`.
 */
export const timeWithoutInstant: Lint = (policy) => {
  const rules = policy.rules.filter(({ isTestFile }) => !isTestFile)
  const named = new Set(rules.filter(({ rule }) => rule.name[0] === 'changes_at').map(({ module }) => keyOf(module.package)))
  const instants = reachable(rules, ({ full }) => keyOf(full) === keyOf(validUntil))
  const looks = rules.filter((rule) => rule.reads.some((ref) => startsWith(ref, clock)))
  return firstClauses(
    looks.filter((rule) => !(inRules(rule) ? named.has(keyOf(rule.module.package)) : instants.has(keyOf(rule.full)))),
  ).map((rule) =>
    atRule(policy, rule, {
      severity: 'warning',
      code: 'time_without_instant',
      message: inRules(rule)
        ? `Time changes "${rule.rule.name.join('.')}", and this package has no "changes_at". Add the instant at which the answer changes: changes_at contains …`
        : `Time changes "${rule.rule.name.join('.')}", and "valid_until" does not know it. Let it read the instant at which the answer changes.`,
    }),
  )
}

const inRules = ({ module }: PolicyRule): boolean => startsWith(module.package, rulesPackage) && module.package.length > rulesPackage.length
