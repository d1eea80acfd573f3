import type { WriteRefusal, WriteStatement } from './database.ts'

/** https://sqlite.org/rescode.html: primary codes after which nothing that this process believes about the file can be trusted. */
const fatalCodes = new Map([
  [7, 'out of memory'],
  [8, 'read only'],
  [10, 'input/output error'],
  [11, 'corrupt'],
  [13, 'disk full'],
  [14, 'cannot be opened'],
  [26, 'not a database'],
])

const busy = 5
const constraint = 19
/** Extended codes of SQLITE_CONSTRAINT. */
const constraintKinds = new Map([
  [275, 'check'],
  [787, 'foreign_key'],
  [1299, 'not_null'],
  [1555, 'primary_key'],
  [1811, 'trigger'],
  [2067, 'unique'],
  [2579, 'rowid'],
  [3091, 'datatype'],
])

/** The extended result code, or undefined when the error is not SQLite's. */
function resultCodeOf(error: unknown): number | undefined {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined
  return typeof code === 'number' ? code : undefined
}

/** What is wrong with the file or the disk, or undefined when the error concerns one statement alone. */
export function fatalCauseOf(error: unknown): string | undefined {
  const code = resultCodeOf(error)
  return code === undefined ? undefined : fatalCodes.get(code & 0xff)
}

export const isBusy = (error: unknown): boolean => ((resultCodeOf(error) ?? 0) & 0xff) === busy

export interface StatementRefusal extends WriteRefusal {
  readonly details: Readonly<Record<string, string | number>>
}

/** What the caller of one statement is told. SQL and values stay out of the public message. */
export function refusalOf(error: unknown, statement: WriteStatement): StatementRefusal {
  const text = error instanceof Error ? error.message : String(error)
  const details = { sql: statement.query.sql.slice(0, 500), sqlite: text.slice(0, 500) }
  const code = resultCodeOf(error) ?? 0
  if ((code & 0xff) !== constraint) return { ...statementFailed, details }
  const kind = constraintKinds.get(code) ?? 'constraint'
  const named = namedRefusal(kind, statement)
  if (named !== undefined) return { ...named, details: { ...details, constraint: kind } }
  // The text of a trigger is a sentence of ours.
  const reason = kind === 'trigger' ? text : `a rule of kind ${kind} stands against it.`
  return {
    code: 'constraint_violated',
    message: `The database refused the change: ${reason} Nothing was changed.`,
    remedy: 'bug',
    details: { ...details, constraint: kind },
  }
}

const statementFailed: WriteRefusal = {
  code: 'statement_failed',
  message: 'A statement of this change failed; nothing was changed.',
  remedy: 'bug',
}

function namedRefusal(kind: string, statement: WriteStatement): WriteRefusal | undefined {
  if (kind === 'unique' || kind === 'primary_key' || kind === 'rowid') return statement.unique
  if (kind === 'foreign_key' || kind === 'not_null') return statement.missing
  return undefined
}
