import type { FieldProblem } from '../basics/agent-error.ts'
import { readFields } from '../settings/field-reader.ts'
import { isPlainText } from '../wire/plain-text.ts'
import type { Operator } from './operator.ts'
import { isPinHash } from './pin-hash.ts'

const mostOperators = 200
const mostNameLength = 120

/** A list of names, or of objects with `name`, `pin` and `mayLoosen`. */
export function readOperators(found: readonly unknown[], path: string, problems: FieldProblem[]): readonly Operator[] {
  const problem = (at: string, message: string): void => void problems.push({ path: at, message })
  if (found.length === 0) problem(path, 'must name at least one person')
  if (found.length > mostOperators) problem(path, `must not have more than ${mostOperators} names`)
  const operators: Operator[] = []
  for (const [index, one] of found.slice(0, mostOperators).entries()) {
    const at = `${path}[${index}]`
    const operator = typeof one === 'string' ? { name: one, pinHash: null, mayLoosen: false } : readOperator(one, at, problems)
    if (operator === null) continue
    const { name } = operator
    if (name.trim() === '') problem(at, 'must be a name')
    else if (name.length > mostNameLength) problem(at, `must not be longer than ${mostNameLength} characters`)
    else if (!isPlainText(name)) problem(at, 'must not contain control characters')
    else if (operators.some((other) => other.name === name)) problem(at, 'is there twice')
    else operators.push(operator)
  }
  return operators
}

function readOperator(value: unknown, at: string, problems: FieldProblem[]): Operator | null {
  if (typeof value !== 'object' || value === null) {
    problems.push({ path: at, message: 'must be a name, or an object with name and pin' })
    return null
  }
  const fields = readFields(value, at, problems)
  const name = fields.text('name', { maxLength: mostNameLength })
  const pinHash = fields.optionalText('pin')
  const mayLoosen = fields.flag('mayLoosen', false)
  fields.noOthers()
  if (pinHash !== null && pinHash !== '' && !isPinHash(pinHash))
    fields.problem('pin', 'must be a hash as `operator set NAME` writes it, never the PIN itself')
  return name === '' ? null : { name, pinHash, mayLoosen }
}
