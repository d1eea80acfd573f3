import { commonPasswords } from './common-passwords.ts'

const minPasswordLength = 12
export const maxPasswordLength = 256

export type PasswordProblem = 'too_short' | 'too_long' | 'too_common' | 'is_username'

/** Length and a list of the most common ones; no rules of composition (NIST SP 800-63B, 5.1.1.2). Length counts code points. */
export function passwordProblem(password: string, username: string): PasswordProblem | undefined {
  const length = Array.from(password).length
  if (length < minPasswordLength) return 'too_short'
  if (length > maxPasswordLength) return 'too_long'
  if (commonPasswords.has(password.normalize('NFKC').toLowerCase())) return 'too_common'
  if (password.toLowerCase() === username.toLowerCase()) return 'is_username'
  return undefined
}
