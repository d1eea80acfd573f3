import { createHash } from 'node:crypto'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import type { EventLog } from '../ledger/event-log.ts'
import type { PeopleStore } from '../people/people-store.ts'
import type { OidcClient } from './oidc-client.ts'
import type { SignInPace } from './sign-in-pace.ts'
import type { SignInStore } from './sign-in-store.ts'

export interface SignInRoom {
  readonly store: SignInStore
  readonly people: PeopleStore
  readonly events: EventLog
  readonly client: OidcClient
  readonly issuer: string
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly pace: SignInPace
  readonly settings: {
    /** Absolute end of a sign-in, seconds. */
    readonly lifetimeS: number
    /** Without a request for this long it ends, seconds. */
    readonly idleS: number
  }
}

/** What is kept of a cookie's value: knowing the database does not sign anybody in. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Sent by our pages with every request that changes something; a page of another origin cannot know it. */
export const csrfToken = (token: string): string => createHash('sha256').update(`csrf ${token}`).digest('base64url')
