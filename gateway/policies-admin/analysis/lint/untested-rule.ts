import { keyOf, reachable } from '../resolve-refs.ts'
import { atRule, firstClauses } from './lint.ts'
import type { Lint } from './lint.ts'

/**
 * A rule that no test asks for, neither by its name nor through a rule of the same package. That the whole decision was tested says little about
 * one of its parts.
 */
export const untestedRule: Lint = (policy) => {
  const tested = reachable(
    policy.rules,
    ({ isTestFile }) => isTestFile,
    (from, to) => from.isTestFile || keyOf(from.module.package) === keyOf(to.module.package),
  )
  const rules = policy.rules.filter(({ isTestFile, full }) => !isTestFile && !tested.has(keyOf(full)))
  return firstClauses(rules).map((rule) =>
    atRule(policy, rule, {
      severity: 'warning',
      code: 'untested_rule',
      message: `No test asks for "${rule.rule.name.join('.')}". Write one in ${rule.module.path.replace(/\.rego$/, '_test.rego')}.`,
    }),
  )
}
