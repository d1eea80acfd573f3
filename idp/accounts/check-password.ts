import type { Random } from '../../gateway/basics/random.ts'
import type { Account } from './account.ts'
import type { AccountStore, CredentialStore } from './account-store.ts'
import { hashPassword, isOutdatedHash, verifyPassword } from './password-hash.ts'
import { maxPasswordLength } from './password-rules.ts'
import type { SignInLimits } from './sign-in-limits.ts'

export type PasswordCheck =
  | { readonly outcome: 'right'; readonly account: Account }
  | { readonly outcome: 'wrong'; readonly sub: string | undefined }
  | { readonly outcome: 'wait'; readonly seconds: number }

export interface PasswordAttempt {
  readonly username: string
  readonly password: string
  readonly ip: string
}

export type CheckPassword = (attempt: PasswordAttempt) => Promise<PasswordCheck>

/**
 * Checks a user name and a password. The work is the same for an unknown name, a disabled account and one without a password, and so
 * is the answer: neither tells which names exist.
 */
export async function createPasswordCheck(options: {
  readonly accounts: AccountStore
  readonly credentials: CredentialStore
  readonly limits: SignInLimits
  readonly random: Random
}): Promise<CheckPassword> {
  const { accounts, credentials, limits, random } = options
  const hashOfNobody = await hashPassword(random.token(24), random)
  return async ({ username, password, ip }) => {
    const seconds = await limits.admit(username, ip)
    if (seconds > 0) return { outcome: 'wait', seconds }
    const account = await accounts.findByUsername(username)
    const hash = account === undefined ? undefined : await credentials.passwordHash(account.sub)
    const matches = await verifyPassword(password.slice(0, maxPasswordLength * 2), hash ?? hashOfNobody)
    if (!matches || account === undefined || hash === undefined || account.status !== 'active')
      return { outcome: 'wrong', sub: account?.sub }
    await limits.succeeded(username, ip)
    if (isOutdatedHash(hash)) await credentials.replacePasswordHash(account.sub, hash, await hashPassword(password, random))
    await credentials.recordSignIn(account.sub)
    return { outcome: 'right', account }
  }
}
