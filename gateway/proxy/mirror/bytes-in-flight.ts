import type { WebSocket } from 'ws'
import { mostBatchBytes } from '../../../agent/wire/mirror.ts'

export interface BytesInFlightBounds {
  /** `AccessLimits.maxRecorderBytes`. */
  readonly most: number
  /** `AccessLimits.maxRecorderBytesPerPerson`. */
  readonly mostOfPerson: number
}

/**
 * What all recorders of this gateway together have it hold: messages that are not complete, and batches that their machines have not taken. Past a bound the
 * largest one of the person who holds most is given up, whoever it was that grew: nobody blinds the operators of others.
 */
export interface BytesInFlight {
  /** `giveUp` is called once at most. */
  open(person: string, giveUp: () => void): FlightShare
}

/** Of one recorder. */
export interface FlightShare {
  /** It holds so many now. What is given up counts no more, and is gone a moment later. */
  holds(bytes: number): void
  close(): void
}

interface Share {
  bytes: number
  readonly giveUp: () => void
}

/** Oldest first. */
interface Holder {
  bytes: number
  readonly shares: Set<Share>
}

export function createBytesInFlight({ most, mostOfPerson }: BytesInFlightBounds): BytesInFlight {
  let total = 0
  const holders = new Map<string, Holder>()

  const set = (holder: Holder, share: Share, bytes: number): void => {
    total += bytes - share.bytes
    holder.bytes += bytes - share.bytes
    share.bytes = bytes
  }
  const drop = (person: string, holder: Holder, share: Share): void => {
    set(holder, share, 0)
    holder.shares.delete(share)
    if (holder.shares.size === 0 && holders.get(person) === holder) holders.delete(person)
  }
  const giveUpLargest = (person: string, holder: Holder): void => {
    const share = largest(holder.shares)
    if (share === undefined) return
    drop(person, holder, share)
    share.giveUp()
  }

  const isTooMuch = (): boolean => total > most

  return {
    open(person, giveUp) {
      const holder = holders.get(person) ?? { bytes: 0, shares: new Set() }
      holders.set(person, holder)
      const share: Share = { bytes: 0, giveUp }
      holder.shares.add(share)
      return {
        holds(bytes) {
          if (!holder.shares.has(share)) return
          const grows = bytes > share.bytes
          set(holder, share, bytes)
          if (!grows) return
          while (holder.bytes > mostOfPerson) giveUpLargest(person, holder)
          while (isTooMuch()) {
            const [heaviest, held] = [...holders].reduce((one, other) => (other[1].bytes > one[1].bytes ? other : one))
            giveUpLargest(heaviest, held)
          }
        },
        close: () => drop(person, holder, share),
      }
    },
  }
}

/** Of equal ones the one that is there for longest. */
function largest(shares: Iterable<Share>): Share | undefined {
  let found: Share | undefined
  for (const share of shares) if (found === undefined || share.bytes > found.bytes) found = share
  return found
}

/**
 * Of the message that is not complete yet: its parts, inflated, and what waits for the rest of its frame. `ws` tells that to nobody; in a version that keeps it elsewhere each
 * recorder counts with the most that it may hold, and the test says so.
 */
export function unfinishedBytes(socket: WebSocket): number {
  const { _receiver: receiver } = socket as unknown as { readonly _receiver?: Readonly<Record<string, unknown>> }
  const [parts, waiting] = [receiver?.['_messageLength'], receiver?.['_bufferedBytes']]
  return typeof parts === 'number' && typeof waiting === 'number' ? parts + waiting : mostBatchBytes
}
