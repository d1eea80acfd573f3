import type { PersonId } from '../basics/ids.ts'
import type { NewEvent } from '../ledger/event.ts'

/** A cookie of one is no bearer token of the other. */
export type SignInClient = 'browser' | 'command_line'

/** A person at a browser or a command line, which holds a random token; we hold its SHA-256. Instants are Unix seconds. */
export interface SignIn {
  /** SHA-256 of the cookie's value or of the bearer token, hex. */
  readonly tokenHash: string
  readonly client: SignInClient
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

/** A browser's word that a command line may act for its person, for whoever shows the verifier of the challenge (RFC 7636). */
export interface CommandLineGrant {
  /** SHA-256 of the one-time code, hex. */
  readonly codeHash: string
  /** `tokenHash` of the browser's sign-in; the grant goes with it. */
  readonly signIn: string
  /** S256: base64url of the SHA-256 of the verifier. */
  readonly codeChallenge: string
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
  /** What was opened under `previous` counts under `next`: the same person signed in again in the same browser. */
  handOver(previous: string, next: string): Promise<void>
  /** Sign-ins of a person end (status, credentials, signed out at the provider): all, or those that `which` names. Returns how many. */
  deleteOfPerson(personId: PersonId, which?: SignInsOfPerson): Promise<number>
  /** Whether the person is signed in anywhere, in a browser or at a command line: not over at `now`, and used after `seenAfter`. */
  isAnywhere(personId: PersonId, now: number, seenAfter: number): Promise<boolean>
  deleteExpired(now: number): Promise<void>
  insertPending(pending: PendingSignIn): Promise<void>
  /** Reads and deletes in one step: a callback is answered once. */
  takePending(tokenHash: string): Promise<PendingSignIn | undefined>
  /** Errors: `unknown_sign_in` when the browser signed out in the meantime. */
  insertGrant(grant: CommandLineGrant): Promise<void>
  /** Reads and deletes in one step: a code is worth one try. */
  takeGrant(codeHash: string): Promise<CommandLineGrant | undefined>
}
