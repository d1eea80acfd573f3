import type { PolicySources } from '../policy-files.ts'

export interface RulePlace {
  readonly path: string
  /** From 1. */
  readonly line: number
}

/**
 * Where a rule that answered stands in the sources of its revision: the first clause that gives one of these codes as its reason; without codes the first
 * clause of `satisfied` that is not its default. Null: no module of these sources has the rule's package.
 *
 * @param rule name of its package under `sallyport.rules`
 */
export function findRule(
  sources: PolicySources,
  { rule, codes }: { readonly rule: string; readonly codes: readonly string[] },
): RulePlace | null {
  const modules = Object.entries(sources)
    .filter(([path]) => path.endsWith('.rego') && !path.endsWith('_test.rego'))
    .map(([path, text]) => ({ path, lines: text.split('\n') }))
    .filter(({ lines }) => lines.some((line) => packageOf(line) === `sallyport.rules.${rule}`))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const wanted = codes.map(
    (code) =>
      (line: string): boolean =>
        !isComment(line) && line.includes(`"${code}"`),
  )
  for (const fits of [...wanted, (line: string): boolean => /^satisfied\b/.test(line)]) {
    for (const { path, lines } of modules) {
      const at = lines.findIndex(fits)
      if (at >= 0) return { path, line: clauseAt(lines, at) + 1 }
    }
  }
  const [first] = modules
  return first === undefined ? null : { path: first.path, line: first.lines.findIndex((line) => packageOf(line) !== null) + 1 }
}

const packageOf = (line: string): string | null => /^package\s+([\w.]+)/.exec(line)?.[1] ?? null
const isComment = (line: string): boolean => line.trimStart().startsWith('#')

/** `opa fmt` begins each clause, and nothing else, at the left. */
function clauseAt(lines: readonly string[], at: number): number {
  for (let line = at; line > 0; line -= 1) if (/^[A-Za-z_]/.test(lines[line] ?? '')) return line
  return at
}
