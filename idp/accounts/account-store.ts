import type { Account, AccountStatus } from './account.ts'
import type { SetupLink } from './setup-link.ts'

export interface AccountQuery {
  /** Part of user name, name or email, in any case. */
  readonly search?: string | undefined
  /** The whole user name, in any case. */
  readonly username?: string | undefined
  readonly status?: AccountStatus | undefined
  readonly limit: number
  /** `sub` of the last account of the page before. */
  readonly after?: string | undefined
}

export interface AccountPatch {
  readonly name?: string | undefined
  readonly email?: string | null | undefined
  readonly status?: AccountStatus | undefined
}

export interface Photo {
  readonly jpeg: Uint8Array
  readonly sha256: string
}

/** Every method that changes something appends its feed entry in the same transaction. */
export interface AccountStore {
  /** @throws username_taken */
  create(account: Account, passwordHash: string | null, link: SetupLink | null): Promise<void>
  find(sub: string): Promise<Account | undefined>
  findByUsername(username: string): Promise<Account | undefined>
  list(query: AccountQuery): Promise<{ readonly items: readonly Account[]; readonly next: string | null }>
  /** Disabling removes every session, grant and token of the account. @throws account_not_found */
  update(sub: string, patch: AccountPatch): Promise<Account>
  photo(sub: string): Promise<Photo | undefined>
  setPhoto(sub: string, photo: Photo | null): Promise<Account>
}

export interface CredentialStore {
  passwordHash(sub: string): Promise<string | undefined>
  /** The same password with stronger parameters: no change that others must hear of. */
  replacePasswordHash(sub: string, from: string, to: string): Promise<void>
  recordSignIn(sub: string): Promise<void>
  /** A new link voids the one before. */
  putSetupLink(sub: string, link: SetupLink): Promise<void>
  findSetupLink(tokenHash: string): Promise<(SetupLink & { readonly sub: string; readonly usedAt: number | null }) | undefined>
  /** Sets the password, uses the link up, ends the account's sessions. False where the link is not usable (any more). */
  redeemSetupLink(tokenHash: string, passwordHash: string): Promise<boolean>
}
