import { atPlace } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { atRule } from './lint.ts'
import type { Lint, LintedPolicy } from './lint.ts'
import { keyOf } from '../resolve-refs.ts'
import type { PolicyRule } from '../resolve-refs.ts'

/** The set of a rule's package, and the member of `custom` in which its texts stand. */
const kinds = [
  { set: 'denials', member: 'reasons', what: 'denial' },
  { set: 'missing', member: 'missing', what: 'missing thing' },
] as const

/** A code that reaches a person needs words for her: `# METADATA` with `custom.reasons`, or `custom.missing`, beside the rule. */
export const denialWithoutText: Lint = (policy) => kinds.flatMap((kind) => withoutText(policy, kind))

function withoutText(policy: LintedPolicy, { set, member, what }: (typeof kinds)[number]): Finding[] {
  const rules = policy.rules.filter(({ isTestFile }) => !isTestFile)
  const known = new Set(rules.flatMap((rule) => textsOf(rule, member)))
  return rules
    .filter(({ rule }) => rule.name.at(-1) === set)
    .flatMap((added) => sourcesOf(rules, added))
    .flatMap(({ module, rule }) =>
      rule.codes
        .filter(({ code }) => !known.has(code))
        .map(({ code, line, column }) =>
          atPlace(
            policy.sources[module.path],
            { path: module.path, line, column: column + 1 },
            {
              severity: 'error',
              code: 'denial_without_text',
              message: `The ${what} "${code}" has no text. Write "# METADATA" with custom.${member}.${code} in German and English above a rule.`,
            },
          ),
        ),
    )
}

/** The rule itself, or the constant of its package that it adds. */
const sourcesOf = (rules: readonly PolicyRule[], { module, rule }: PolicyRule): readonly PolicyRule[] =>
  rules.filter((one) => keyOf(one.module.package) === keyOf(module.package) && (one.rule === rule || one.rule.name.join('.') === rule.adds))

function textsOf({ rule }: PolicyRule, member: string): string[] {
  return rule.annotations.flatMap(({ custom }) => {
    const texts = custom?.[member]
    return typeof texts === 'object' && texts !== null ? Object.keys(texts) : []
  })
}

/** A denial whose code is computed cannot be held to have a text. */
export const denialWithoutCode: Lint = (policy) =>
  policy.rules
    .filter(({ isTestFile, rule }) => !isTestFile && rule.name.at(-1) === 'denials' && rule.isSet)
    .filter((rule) => sourcesOf(policy.rules, rule).every((one) => one.rule.codes.length === 0))
    .map((rule) =>
      atRule(policy, rule, {
        severity: 'warning',
        code: 'denial_without_code',
        message:
          'The code of this denial is not a plain text, so that nobody can see whether it has words for people. Write {"code": "…", …}.',
      }),
    )
