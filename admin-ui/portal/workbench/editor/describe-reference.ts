import { signatureOf } from './policy-knowledge.ts'
import type { PolicyKnowledge } from './policy-knowledge.ts'
import { referenceAt, wholePath } from './reference-at.ts'
import { schemasAt, typeOf } from './schema-fields.ts'

export interface Description {
  readonly from: number
  readonly to: number
  /** Signature or type: code. */
  readonly title: string
  readonly text: string
}

/** Where a rule is written. */
export interface Definition {
  readonly path: string
  readonly line: number
  readonly column: number
}

/** What stands at `column` of a line: built-in with its signature, field with its type, rule with its comment; null: nothing that is known. */
export const describeReference = (knowledge: PolicyKnowledge, line: string, column: number, text: string): Description | null => {
  const found = referenceAt(line, column)
  if (found === null) return null
  const { from, to, path } = found
  const builtin = knowledge.builtins.get(path.join('.'))
  if (builtin !== undefined) {
    const args = builtin.args.filter((arg) => arg.text !== '').map((arg) => `${arg.name}: ${arg.text}`)
    return { from, to, title: signatureOf(builtin), text: [builtin.text, ...args].join('\n') }
  }
  const whole = wholePath(path, text)
  const symbol = knowledge.symbols.find(({ name }) => name === whole.join('.'))
  if (symbol !== undefined) {
    const args = symbol.kind === 'function' ? `(${symbol.args.join(', ')})` : ''
    return {
      from,
      to,
      title: `${symbol.name}${args}`,
      text: [symbol.text ?? '', `${symbol.path}:${symbol.line}`].filter(Boolean).join('\n'),
    }
  }
  const [root = '', ...rest] = whole
  if (root !== 'input' && root !== 'data') return null
  const schemas = schemasAt(knowledge.roots[root], rest)
  const [first] = schemas
  if (first === undefined || rest.length === 0) return null
  return { from, to, title: `${whole.join('.')}: ${schemas.map(typeOf).join(' or ')}`, text: first.description ?? '' }
}

/** Where that which stands at `column` is defined: a rule of the draft, or the module of a package. */
export const definitionAt = (knowledge: PolicyKnowledge, line: string, column: number, text: string): Definition | null => {
  const found = referenceAt(line, column)
  if (found === null) return null
  const whole = wholePath(found.path, text)
  // Behind a rule's own name come members of its value: the longest name that is a rule is meant.
  for (let length = whole.length; length > 1; length -= 1) {
    const name = whole.slice(0, length).join('.')
    const symbol = knowledge.symbols.find((one) => one.name === name)
    if (symbol !== undefined) return { path: symbol.path, line: symbol.line, column: symbol.column }
  }
  return null
}
