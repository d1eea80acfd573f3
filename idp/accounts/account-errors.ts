import { CodedError } from '../../gateway/basics/coded-error.ts'

export const accountNotFound = (): CodedError =>
  new CodedError({
    code: 'account_not_found',
    message: 'There is no account with this id. Look it up in the list of accounts.',
    remedy: 'not_found',
  })

export const usernameTaken = (): CodedError =>
  new CodedError({
    code: 'username_taken',
    message: 'Another account has this user name (upper and lower case count as the same). Choose another one.',
    remedy: 'conflict',
    problems: [{ path: 'username', message: 'is taken' }],
  })
