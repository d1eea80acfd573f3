import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import type { PolicySymbol } from '../../../../gateway/http-api/contract/policy-analysis.ts'
import { signatureOf } from './policy-knowledge.ts'
import type { PolicyKnowledge } from './policy-knowledge.ts'
import { importsOf, packageOf, wholePath } from './reference-at.ts'
import { fieldsAt } from './schema-fields.ts'

const infoOf = (text: string): Pick<Completion, 'info'> => (text === '' ? {} : { info: text })

const builtinChoices = ({ builtins }: PolicyKnowledge): readonly Completion[] =>
  [...builtins.values()]
    .filter(({ infix }) => infix === null)
    .map((builtin) => ({
      label: builtin.name,
      type: 'function',
      detail: signatureOf(builtin).slice(builtin.name.length),
      ...infoOf(builtin.text),
    }))

const symbolChoice = (symbol: PolicySymbol, label: string): Completion => ({
  label,
  type: symbol.kind === 'function' ? 'function' : 'variable',
  detail: symbol.kind === 'function' ? `(${symbol.args.join(', ')})` : symbol.path,
  ...infoOf(symbol.text ?? ''),
})

/** Names below `path` that rules and packages of the draft have: the next step of each. */
const stepsBelow = (symbols: readonly PolicySymbol[], path: readonly string[]): readonly Completion[] => {
  const before = `${path.join('.')}.`
  const below = symbols.filter(({ name, kind }) => name.startsWith(before) && kind !== 'test')
  const steps = below.map((symbol): readonly [string, Completion] => {
    const [step = '', ...more] = symbol.name.slice(before.length).split('.')
    return [step, more.length === 0 && symbol.kind !== 'package' ? symbolChoice(symbol, step) : { label: step, type: 'namespace' }]
  })
  return [...new Map(steps).values()]
}

const memberChoices = (knowledge: PolicyKnowledge, path: readonly string[], text: string): readonly Completion[] => {
  const whole = wholePath(path, text)
  const [root = '', ...rest] = whole
  const fields = root === 'input' || root === 'data' ? fieldsAt(knowledge.roots[root], rest) : []
  return [
    ...fields.map(({ name, type, text: info }): Completion => ({ label: name, type: 'property', detail: type, ...infoOf(info) })),
    ...stepsBelow(knowledge.symbols, whole),
  ]
}

const wordChoices = (knowledge: PolicyKnowledge, text: string): readonly Completion[] => [
  ...stepsBelow(knowledge.symbols, packageOf(text)),
  ...[...importsOf(text)].map(([label, path]): Completion => ({ label, type: 'namespace', detail: path.join('.') })),
  ...Object.keys(knowledge.roots).map((label): Completion => ({ label, type: 'namespace', boost: 2 })),
  ...knowledge.keywords.map((label): Completion => ({ label, type: 'keyword' })),
  ...builtinChoices(knowledge),
]

/** Completion of Rego: fields behind a dot, else rules of the package, imports, keywords and built-ins. In strings and comments: nothing. */
export const completeRego =
  (known: () => PolicyKnowledge) =>
  (context: CompletionContext): CompletionResult | null => {
    const line = context.state.doc.lineAt(context.pos)
    const before = line.text.slice(0, context.pos - line.from)
    if ((before.match(/(?<!\\)"/gu)?.length ?? 0) % 2 === 1 || /^[^"]*#/u.test(before)) return null
    const text = context.state.doc.toString()
    const member = /(?<path>[A-Za-z_]\w*(?:\.\w+|\[[^\]]*\])*)\.(?<word>\w*)$/u.exec(before)?.groups
    const typed = /\w*$/u.exec(before)?.[0] ?? ''
    const from = context.pos - typed.length
    if (member !== undefined) {
      const path = (member['path'] ?? '').split(/\.|\[|\]\.?/u).filter((step) => step !== '')
      const dotted = builtinChoices(known()).filter(({ label }) => label.startsWith(`${path.join('.')}.`))
      const short = dotted.map((choice) => ({ ...choice, label: choice.label.slice(path.join('.').length + 1) }))
      return { from, options: [...memberChoices(known(), path, text), ...short], validFor: /^\w*$/u }
    }
    if (typed === '' && !context.explicit) return null
    return { from, options: [...wordChoices(known(), text)], validFor: /^\w*$/u }
  }
