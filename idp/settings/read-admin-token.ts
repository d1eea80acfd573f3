import { readFileSync, statSync } from 'node:fs'
import { CodedError } from '../../gateway/basics/coded-error.ts'

const minTokenLength = 32

/**
 * The bearer token of the admin API, from a file that nobody else may read; where the group is let to the sockets (`socketMode` 0660) it
 * may read, never write, the token too. @throws admin_token_refused
 */
export function readAdminToken(path: string, { groupMayRead }: { readonly groupMayRead: boolean }): string {
  const refuse = (reason: string, cause?: unknown): CodedError =>
    new CodedError({ code: 'admin_token_refused', message: `admin.tokenFile: ${reason}`, remedy: 'fix', details: { path }, cause })
  let mode: number
  let token: string
  try {
    mode = statSync(path).mode
    token = readFileSync(path, 'utf8').trim()
  } catch (cause) {
    throw refuse('cannot be read. Write a random token of at least 32 characters into it, mode 0600.', cause)
  }
  if ((mode & (groupMayRead ? 0o037 : 0o077)) !== 0)
    throw refuse(`is open to others. Set its mode to ${groupMayRead ? '0640' : '0600'} and take a new token.`)
  if (token.length < minTokenLength || /\s/.test(token))
    throw refuse('must hold one random token of at least 32 characters without spaces.')
  return token
}
