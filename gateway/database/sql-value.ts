import { CodedError } from '../basics/coded-error.ts'

/** What SQLite keeps. */
export type SqlValue = string | number | bigint | null | Uint8Array

/**
 * Encodes parameters, or refuses them. `node:sqlite` reads an object in the first place as *named parameters* and would silently store
 * NULL for a Date; it stores NULL for NaN, U+FFFD for a lone surrogate, and PostgreSQL has no U+0000.
 *
 * @throws CodedError `parameter_not_primitive`, `text_not_storable`
 */
export function sqlValues(parameters: readonly unknown[]): SqlValue[] {
  return parameters.map(sqlValue)
}

function sqlValue(value: unknown, index: number): SqlValue {
  if (value === null) return null
  if (typeof value === 'string') return storableText(value, index)
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) === value) return value
  // A copy: a pooled Buffer would take its whole pool along to the worker.
  if (value instanceof Uint8Array) return new Uint8Array(value)
  throw new CodedError({
    code: 'parameter_not_primitive',
    message: 'A value of this change cannot be stored; nothing was changed.',
    remedy: 'bug',
    details: { parameter: index + 1, kind: kindOf(value) },
  })
}

function storableText(text: string, index: number): string {
  if (!text.includes('\0') && text.isWellFormed()) return text
  throw new CodedError({
    code: 'text_not_storable',
    message: 'A text contains a NUL character or half of a surrogate pair; remove it. Nothing was changed.',
    remedy: 'fix',
    details: { parameter: index + 1 },
  })
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `${typeof value} ${String(value)}`.slice(0, 40)
  return value.constructor?.name ?? 'object'
}
