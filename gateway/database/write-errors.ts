import { CodedError } from '../basics/coded-error.ts'
import { fatalCauseOf } from './sqlite-errors.ts'

export const databaseFailed = (cause: string): CodedError =>
  new CodedError({
    code: 'database_failed',
    message: 'The database can no longer be written to. Nothing of this change was acknowledged; an administrator must look at the disk.',
    remedy: 'retry',
    details: { cause },
  })

export const databaseClosed = (): CodedError =>
  new CodedError({ code: 'database_closed', message: 'The gateway is shutting down; try again in a moment.', remedy: 'retry' })

export const databaseBusy = (): CodedError =>
  new CodedError({
    code: 'database_busy',
    message: 'Another program holds the database; nothing was changed. Try again in a moment.',
    remedy: 'retry',
  })

export const databaseOverloaded = (): CodedError =>
  new CodedError({
    code: 'database_overloaded',
    message: 'Too many changes are waiting for the disk; nothing was changed. Try again in a moment.',
    remedy: 'retry',
  })

/** The file cannot be opened, locked or migrated. */
export function databaseUnusable(error: unknown, file: string): CodedError {
  const cause = error instanceof Error ? error.message : String(error)
  return new CodedError({
    code: 'database_unusable',
    message: `The database file cannot be used: ${fatalCauseOf(error) ?? cause}. Check the disk and the file's owner, or restore a backup.`,
    remedy: 'fix',
    details: { file, cause },
    cause: error,
  })
}
