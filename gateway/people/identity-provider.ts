/** What the gateway asks of an identity provider beyond OpenID: accounts and their changes. Our own `idp` answers it; without one, accounts are made there by hand. */
export interface IdentityProvider {
  readonly issuer: string
  /** Errors: `username_taken` (conflict), `identity_provider_unreachable` (retry), `bad_input`. */
  createAccount(account: { readonly username: string; readonly name: string; readonly initialPassword?: string }): Promise<CreatedAccount>
  changeAccount(subject: string, change: { readonly name?: string; readonly status?: 'active' | 'disabled' }): Promise<void>
  /** A new one-time link with which the person sets his password; it voids the one before. */
  newSetupLink(subject: string): Promise<SetupLink>
  photo(subject: string): Promise<Buffer | null>
  putPhoto(subject: string, jpeg: Buffer): Promise<void>
  deletePhoto(subject: string): Promise<void>
  /** Waits up to `waitS` for changes after number `after`, which acknowledges all up to it. */
  changes(after: number, waitS: number, signal: AbortSignal): Promise<readonly AccountChange[]>
}

export interface SetupLink {
  readonly url: string
  /** Unix seconds. */
  readonly expiresAt: number
}

export interface CreatedAccount {
  readonly subject: string
  readonly setupLink: SetupLink
}

export interface AccountChange {
  readonly n: number
  /** Unix seconds. */
  readonly time: number
  readonly type: 'account.created' | 'account.status' | 'account.profile' | 'account.photo' | 'account.credentials' | 'account.signed_out'
  readonly sub: string
  readonly status?: 'active' | 'disabled'
  readonly name?: string
  readonly photo_sha256?: string | null
  /** Of `account.signed_out`: the session that ended. */
  readonly sid?: string
}
