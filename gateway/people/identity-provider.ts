import type { Page } from '../basics/page.ts'

/** What the gateway asks of an identity provider beyond OpenID: accounts and their changes. Our own `idp` answers it; without one, accounts are made there by hand. */
export interface IdentityProvider {
  readonly issuer: string
  /**
   * A disabled account: neither it nor its link can be used before `changeAccount` enables it.
   * Errors: `username_taken` (conflict), `identity_provider_unreachable` (retry), `bad_input`.
   */
  createAccount(account: { readonly username: string; readonly name: string; readonly initialPassword?: string }): Promise<CreatedAccount>
  changeAccount(subject: string, change: { readonly name?: string; readonly status?: 'active' | 'disabled' }): Promise<ProviderAccount>
  account(subject: string): Promise<ProviderAccount>
  /** By the whole user name, in any case of letters. */
  findAccount(username: string): Promise<ProviderAccount | undefined>
  /** A page of all accounts; `after` is the `next` of the page before, null for the first. */
  accounts(after: string | null, signal: AbortSignal): Promise<Page<ProviderAccount>>
  /** A new one-time link with which the person sets his password; it voids the one before. */
  newSetupLink(subject: string): Promise<SetupLink>
  photo(subject: string): Promise<Buffer | null>
  putPhoto(subject: string, jpeg: Buffer): Promise<void>
  deletePhoto(subject: string): Promise<void>
  /**
   * Waits up to `waitS` for changes after number `after`, which acknowledges all up to it; after 0 acknowledges nothing.
   * Error: `feed_rewound` (conflict) where the provider never gave that number, or forgot what came after it.
   */
  changes(after: number, waitS: number, signal: AbortSignal): Promise<Feed>
}

export interface SetupLink {
  readonly url: string
  /** Unix seconds. */
  readonly expiresAt: number
}

export interface CreatedAccount {
  readonly account: ProviderAccount
  readonly setupLink: SetupLink
}

/** What the provider says of an account. */
export interface ProviderAccount {
  readonly subject: string
  readonly username: string
  readonly name: string
  readonly status: 'active' | 'disabled'
  readonly photoSha256: string | null
  /** It has a password, or somebody signed in with it. */
  readonly used: boolean
}

export interface Feed {
  readonly changes: readonly AccountChange[]
  /** The last number that was given; 0 for none. */
  readonly last: number
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
