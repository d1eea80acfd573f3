import { CodedError } from '../basics/coded-error.ts'

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
