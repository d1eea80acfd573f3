import type { Random } from '../../gateway/basics/random.ts'
import { CodedError } from '../../gateway/basics/coded-error.ts'
import type { Account, AccountStatus, Locale } from './account.ts'
import type { AccountStore } from './account-store.ts'
import { hashPassword } from './password-hash.ts'
import { passwordProblem } from './password-rules.ts'
import { newSetupLink } from './setup-link.ts'

export interface NewAccount {
  readonly username: string
  readonly name: string
  readonly email: string | null
  readonly locale: Locale | null
  readonly status: AccountStatus
  /** Demo only: everywhere else a person sets his own password by the link. */
  readonly initialPassword?: string | undefined
}

export interface AccountWork {
  readonly accounts: AccountStore
  readonly random: Random
  readonly nowS: () => number
  readonly issuer: string
}

/** @throws username_taken, password_refused */
export async function createAccount(
  input: NewAccount,
  { accounts, random, nowS, issuer }: AccountWork,
): Promise<{ readonly account: Account; readonly setupUrl: string; readonly setupExpiresAt: number }> {
  const { initialPassword, ...person } = input
  const problem = initialPassword === undefined ? undefined : passwordProblem(initialPassword, input.username)
  if (problem !== undefined) throw passwordRefused(problem)
  const passwordHash = initialPassword === undefined ? null : await hashPassword(initialPassword, random)
  const { url, link } = newSetupLink({ random, nowS: nowS(), issuer })
  const account: Account = {
    ...person,
    sub: random.hex(16),
    photoSha256: null,
    hasPassword: passwordHash !== null,
    createdAt: nowS(),
    updatedAt: nowS(),
    lastSignInAt: null,
  }
  await accounts.create(account, passwordHash, link)
  return { account, setupUrl: url, setupExpiresAt: link.expiresAt }
}

const passwordRefused = (problem: string): CodedError =>
  new CodedError({
    code: 'password_refused',
    message: 'The password is refused. Take 12 to 256 characters, not one of the most common passwords and not the user name.',
    remedy: 'fix',
    problems: [{ path: 'initial_password', message: problem.replaceAll('_', ' ') }],
  })
