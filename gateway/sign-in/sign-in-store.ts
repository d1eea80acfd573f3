import type { PersonId } from '../basics/ids.ts'
import type { NewEvent } from '../ledger/event.ts'

/** A person at a browser. The browser holds a random token, we hold its SHA-256. Instants are Unix seconds. */
export interface SignIn {
  /** SHA-256 of the cookie's value, hex. */
  readonly tokenHash: string
  readonly personId: PersonId
  readonly createdAt: number
  /** Absolute end. */
  readonly expiresAt: number
  readonly lastSeenAt: number
  /** `auth_time` and `amr` of the ID token. */
  readonly authenticatedAt: number
  readonly methods: readonly string[]
  /** Needed as `id_token_hint` when signing out. */
  readonly idToken: string
  /** `sid` of the provider's session, where it gave one. */
  readonly providerSession: string | null
  readonly address: string | null
}

/** An authorisation request under way: from leaving for the provider to coming back. */
export interface PendingSignIn {
  /** SHA-256 of the value of the browser's pre-session cookie, hex: binds `state` to this browser. */
  readonly tokenHash: string
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
  /** Path at the portal to go to afterwards. */
  readonly returnTo: string
  readonly expiresAt: number
}

export interface SignInsOfPerson {
  /** Only those whose person proved himself at or before this instant: a newer one happened after the change. */
  readonly authenticatedUntil?: number
  /** Only those of this session at the provider. */
  readonly providerSession?: string
}

export interface SignInStore {
  insert(signIn: SignIn, events: readonly NewEvent[]): Promise<void>
  find(tokenHash: string): Promise<SignIn | undefined>
  touch(tokenHash: string, lastSeenAt: number): Promise<void>
  delete(tokenHash: string, events: readonly NewEvent[]): Promise<void>
  /** Sign-ins of a person end (status, credentials, signed out at the provider): all, or those that `which` names. Returns how many. */
  deleteOfPerson(personId: PersonId, which?: SignInsOfPerson): Promise<number>
  deleteExpired(now: number): Promise<void>
  insertPending(pending: PendingSignIn): Promise<void>
  /** Reads and deletes in one step: a callback is answered once. */
  takePending(tokenHash: string): Promise<PendingSignIn | undefined>
}
