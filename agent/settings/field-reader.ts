import type { FieldProblem } from '../basics/agent-error.ts'
import { isPlainText } from '../wire/plain-text.ts'

/** Reads members of one JSON object, notes every problem with its path, and goes on with a stand-in, so that all are reported at once. */
export interface FieldReader {
  text(name: string, options?: TextOptions): string
  optionalText(name: string, options?: TextOptions): string | null
  /** The member must be there; null is a value. */
  nullableText(name: string, options?: TextOptions): string | null
  integer(name: string, options: { readonly min: number; readonly max: number; readonly otherwise?: number }): number
  flag(name: string, otherwise: boolean): boolean
  choice<T extends string>(name: string, values: readonly T[], otherwise?: T): T
  object(name: string, options?: { readonly optional: boolean }): FieldReader | null
  list(name: string): readonly unknown[]
  /** Whatever it is; its reader checks it. */
  value(name: string): unknown
  has(name: string): boolean
  names(): readonly string[]
  problem(name: string, message: string): void
  /** Notes each member that nobody asked for: a misspelt setting must not be ignored. */
  noOthers(): void
}

export interface TextOptions {
  readonly maxLength?: number
  readonly pattern?: RegExp
  /** What the pattern means, for people. */
  readonly meaning?: string
  /** Line feeds and tabs are welcome. */
  readonly lines?: boolean
}

/** Looking for what was meant takes time, and a gateway may send a body full of names: the operator's End must not wait for them. */
const mostOthersNamed = 20

export function readFields(value: unknown, path: string, problems: FieldProblem[]): FieldReader {
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`)
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isObject) problems.push({ path: path === '' ? '(whole file)' : path, message: 'must be an object' })
  const members = new Map<string, unknown>(isObject ? Object.entries(value) : [])
  const asked = new Set<string>()
  const take = (name: string): unknown => (asked.add(name), members.get(name))
  const problem = (name: string, message: string): void => void problems.push({ path: at(name), message })
  const missing = (name: string): void => (isObject ? problem(name, 'is missing') : undefined)

  const checkText = (name: string, found: unknown, options: TextOptions): string => {
    if (typeof found !== 'string') return (problem(name, 'must be text'), '')
    if (found.trim() === '') return (problem(name, 'must not be empty'), '')
    if (!isPlainText(options.lines === true ? found.replaceAll(/\r?\n|\t/g, ' ') : found))
      return (problem(name, 'must not contain control characters'), '')
    if (found.length > (options.maxLength ?? 4096))
      return (problem(name, `must not be longer than ${options.maxLength ?? 4096} characters`), '')
    if (options.pattern !== undefined && !options.pattern.test(found))
      return (problem(name, `must be ${options.meaning ?? String(options.pattern)}`), '')
    return found
  }

  return {
    text: (name, options = {}) => {
      const found = take(name)
      return found === undefined ? (missing(name), '') : checkText(name, found, options)
    },
    optionalText: (name, options = {}) => {
      const found = take(name)
      return found === undefined ? null : checkText(name, found, options)
    },
    nullableText: (name, options = {}) => {
      const found = take(name)
      if (found === undefined) return (missing(name), null)
      return found === null ? null : checkText(name, found, options)
    },
    integer: (name, { min, max, otherwise }) => {
      const found = take(name)
      if (found === undefined && otherwise !== undefined) return otherwise
      if (found === undefined) return (missing(name), min)
      if (typeof found === 'number' && Number.isInteger(found) && found >= min && found <= max) return found
      return (problem(name, `must be a whole number from ${min} to ${max}`), min)
    },
    flag: (name, otherwise) => {
      const found = take(name)
      if (found === undefined) return otherwise
      if (typeof found === 'boolean') return found
      return (problem(name, 'must be true or false'), otherwise)
    },
    choice: (name, values, otherwise) => {
      const found = take(name)
      if (found === undefined && otherwise !== undefined) return otherwise
      const chosen = values.find((one) => one === found)
      if (chosen !== undefined) return chosen
      if (found === undefined) missing(name)
      else problem(name, `must be one of ${values.join(', ')}`)
      return values[0]!
    },
    object: (name, options = { optional: false }) => {
      const found = take(name)
      if (found === undefined) return options.optional ? null : (missing(name), null)
      return readFields(found, at(name), problems)
    },
    list: (name) => {
      const found = take(name)
      if (Array.isArray(found)) return found
      if (found === undefined) missing(name)
      else problem(name, 'must be a list')
      return []
    },
    value: take,
    has: (name) => members.has(name),
    names: () => [...members.keys()],
    problem,
    noOthers: () => {
      const others = [...members.keys()].filter((name) => !asked.has(name))
      for (const name of others.slice(0, mostOthersNamed)) problem(name, `is not a setting here${nearest(name, asked)}`)
      if (others.length > mostOthersNamed) problem('(all)', `${others.length - mostOthersNamed} more are not settings here`)
    },
  }
}

function nearest(name: string, known: ReadonlySet<string>): string {
  const close = [...known].find((other) => distance(name.toLowerCase(), other.toLowerCase()) <= 2)
  return close === undefined ? `; known are ${[...known].join(', ')}` : `; did you mean ${close}?`
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= Math.min(a.length, 64); i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}
