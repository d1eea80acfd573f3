import { addressBlock } from './address-block.ts'
import type { Clock } from './clock.ts'
import { CodedError } from './coded-error.ts'
import { TokenBuckets, type TokenBucket } from './token-bucket.ts'

export interface RequestPaceFigures {
  /** Requests a second of one address by those who have not shown who they are. */
  readonly strangerRequestsPerSecond: number
  /** Requests a second of one person to the portal and its API. */
  readonly portalRequestsPerSecond: number
  /** Requests a second of one person to machines, all his sessions together. */
  readonly machineRequestsPerSecond: number
}

/** A quiet asker may have so many seconds' worth at once: a page and everything on it, a shift that begins. */
export const burstSeconds = 10
/** Behind a TLS front on this machine that does not say who connects, everybody comes from loopback. */
export const loopbackFactor = 20
/** Addresses, and persons, that are remembered; whoever was silent for longest is forgotten. */
const maxRemembered = 20_000

/** How often anybody may ask. Who is signed in is never counted by his address: a whole plant may stand behind one. */
export interface RequestPaces {
  /** Counts a request of somebody unknown; false: too many have come from there. */
  stranger(address: string | undefined): boolean
  /** Counts a request to the portal. */
  person(id: string): boolean
  /** What counts this person's requests to machines; to be kept while a service is open, so that each of them costs no look-up. */
  machines(id: string): Pick<TokenBucket, 'take'>
}

export function createRequestPaces(clock: Clock, figures: RequestPaceFigures): RequestPaces {
  const pace = (perSecond: number) => ({ perSecond, burst: perSecond * burstSeconds })
  const strangers = new TokenBuckets(clock, maxRemembered)
  const persons = new TokenBuckets(clock, maxRemembered)
  const machines = new TokenBuckets(clock, maxRemembered)
  const remote = pace(figures.strangerRequestsPerSecond)
  const loopback = pace(figures.strangerRequestsPerSecond * loopbackFactor)
  const atPortal = pace(figures.portalRequestsPerSecond)
  const atMachines = pace(figures.machineRequestsPerSecond)
  return {
    stranger: (address) => {
      const block = addressBlock(address)
      return strangers.of(block, isLoopback(block) ? loopback : remote).take()
    },
    person: (id) => persons.of(id, atPortal).take(),
    machines: (id) => machines.of(id, atMachines),
  }
}

const isLoopback = (block: string): boolean => block === '0:0:0:0::/64' || block.startsWith('127.')

export const tooManyFromAddress = (): CodedError =>
  new CodedError({
    code: 'too_many_requests_from_address',
    message: 'Too many requests came from your network by somebody who is not signed in. Wait a few seconds, then try again.',
    remedy: 'retry',
    details: { status: 429 },
  })

export const tooManyOfPerson = (): CodedError =>
  new CodedError({
    code: 'too_many_requests',
    message: 'You send more requests a second than one person may. Wait a moment, then try again.',
    remedy: 'retry',
    details: { status: 429 },
  })
