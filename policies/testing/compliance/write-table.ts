import { knownDifferences, notForUs } from './known-differences.ts'
import type { CaseOutcome } from './run-case.ts'

const begin = '<!-- compliance: made by policies/testing/compliance/update-page-entry.ts -->'
const end = '<!-- /compliance -->'

/** The page with the tables of these outcomes between its two marks. */
export function withTables(page: string, outcomes: readonly CaseOutcome[]): string {
  const [before, rest] = page.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`the page has no ${begin} or no ${end} behind it`)
  return `${before}${begin}\n\n${tablesOf(outcomes)}\n\n${end}${after}`
}

function tablesOf(outcomes: readonly CaseOutcome[]): string {
  const count = (as: CaseOutcome['as']): number => outcomes.filter((outcome) => outcome.as === as).length
  const asked = count('passed') + count('failed')
  const rows = [
    ['cases of OPA for Rego v1', outcomes.length, ''],
    ['of these by our engine', asked, 'they use only built-ins that policies may use'],
    ['passed', count('passed'), `${((100 * count('passed')) / asked).toFixed(1)} %`],
    ['answered otherwise', count('failed'), 'named below'],
    ['not asked: another built-in', count('built_in_not_listed'), 'counted below'],
    ['not asked: no rule of a policy', count('not_compiled'), 'named below'],
  ]
  const named = outcomes.flatMap((outcome) => (outcome.as === 'failed' || outcome.as === 'not_compiled' ? [outcome.note] : []))
  const why = (note: string): string => knownDifferences[note] ?? notForUs[note] ?? 'not known'
  return [
    '| what | cases | |\n| --- | ---: | --- |',
    ...rows.map(([what, cases, words]) => `| ${what} | ${cases} | ${words} |`),
    '',
    '| case | why |\n| --- | --- |',
    ...named.toSorted().map((note) => `| ${note} | ${why(note)} |`),
    '',
    '| built-ins that policies may not use, by the first part of their names | cases |\n| --- | ---: |',
    ...byFamily(outcomes).map(([family, cases]) => `| ${family} | ${cases} |`),
  ].join('\n')
}

/** `io.jwt.*` is one line, `sprintf` is one. */
function byFamily(outcomes: readonly CaseOutcome[]): [string, number][] {
  const families = new Map<string, number>()
  for (const outcome of outcomes) {
    if (outcome.as !== 'built_in_not_listed') continue
    const { builtin } = outcome
    const family = builtin.includes('.') ? `\`${builtin.slice(0, builtin.lastIndexOf('.'))}.*\`` : `\`${builtin}\``
    families.set(family, (families.get(family) ?? 0) + 1)
  }
  return [...families].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
}
