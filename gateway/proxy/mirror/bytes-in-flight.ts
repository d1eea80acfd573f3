import type { WebSocket } from 'ws'
import { mostBatchBytes } from '../../../agent/wire/mirror.ts'

/** What all recorders of this gateway together have it hold: messages that are not complete, and batches that their machines have not taken. */
export interface BytesInFlight {
  open(): FlightShare
}

/** Of one recorder. */
export interface FlightShare {
  /** It holds so many now. False: together that is too much. They count all the same, until they are given up. */
  holds(bytes: number): boolean
  close(): void
}

export function createBytesInFlight(most: number): BytesInFlight {
  let total = 0
  return {
    open() {
      let own = 0
      const set = (bytes: number): void => {
        total += bytes - own
        own = bytes
      }
      return {
        holds(bytes) {
          const grows = bytes > own
          set(bytes)
          return !grows || total <= most
        },
        close: () => set(0),
      }
    },
  }
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
