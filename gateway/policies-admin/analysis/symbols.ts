import type { PolicySources } from '../policy-files.ts'
import type { ModuleOutline, RuleOutline } from './module-outline.ts'

/** Where something is defined, for "go to definition", completion and hovering. */
export interface PolicySymbol {
  /** `data.sallyport.rules.region.satisfied` */
  readonly name: string
  readonly kind: 'rule' | 'function' | 'test' | 'package'
  readonly path: string
  readonly line: number
  readonly column: number
  readonly args: readonly string[]
  /** Title and description of its METADATA, else the comment above it. */
  readonly text: string | null
}

/** Every package and every rule once a file, at its first clause. */
export function symbolsOf(sources: PolicySources, modules: readonly ModuleOutline[]): PolicySymbol[] {
  return modules.flatMap((module) => {
    const lines = (sources[module.path] ?? '').split('\n')
    const packageLine = lines.findIndex((line) => /^\s*package\s/u.test(line)) + 1
    const own: PolicySymbol = {
      name: module.package.join('.'),
      kind: 'package',
      path: module.path,
      line: Math.max(1, packageLine),
      column: 1,
      args: [],
      text: commentAbove(lines, packageLine),
    }
    const seen = new Set<string>()
    const rules = module.rules.flatMap((rule) => {
      const name = [...module.package, ...rule.name].join('.')
      if (seen.has(name)) return []
      seen.add(name)
      const { line, column, args } = rule
      return [
        { name, kind: kindOf(rule), path: module.path, line, column, args: args ?? [], text: textOf(rule) ?? commentAbove(lines, line) },
      ]
    })
    return [own, ...rules]
  })
}

const kindOf = ({ name, args }: RuleOutline): PolicySymbol['kind'] =>
  args !== null ? 'function' : (name[0] ?? '').startsWith('test_') ? 'test' : 'rule'

function textOf({ annotations }: RuleOutline): string | null {
  const [{ title, description } = {}] = annotations
  const text = [title, description].filter((part) => part !== undefined).join('\n')
  return text === '' ? null : text
}

const longestText = 1_000

function commentAbove(lines: readonly string[], line: number): string | null {
  const comment: string[] = []
  for (let at = line - 2; at >= 0; at--) {
    const [, words] = /^\s*#\s?(.*)$/u.exec(lines[at] ?? '') ?? []
    if (words === undefined) break
    comment.unshift(words)
  }
  const text = (comment.includes('METADATA') ? comment.slice(0, comment.indexOf('METADATA')) : comment).join(' ').trim()
  return text === '' ? null : text.slice(0, longestText)
}
