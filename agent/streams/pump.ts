import type { Readable, Writable } from 'node:stream'
import type { Clock, Timer } from '../basics/clock.ts'
import { receivedBytes } from '../wire/received-bytes.ts'

export interface PumpOptions {
  readonly from: Readable
  readonly to: Writable
  readonly clock: Clock
  /** Called with each chunk before it is passed on. When it throws, nothing more passes. */
  readonly onChunk: (chunk: Buffer) => void
  /** Nothing could be passed on for {@link stallMs}, or `onChunk` threw: destroy both sides. */
  readonly onFailure: (error: unknown) => void
}

/** A reader that takes nothing for so long is cut: it holds a window of memory (performance.md). */
const stallMs = 60_000

/** Passes bytes one way by plain handlers and waits when the other side is full; an end is passed on, a close is the caller's. */
export function pump({ from, to, clock, onChunk, onFailure }: PumpOptions): void {
  let stall: Timer | undefined
  let failed = false
  const fail = (error: unknown): void => {
    if (failed) return
    failed = true
    stall?.cancel()
    onFailure(error)
  }
  const watch = (unsent: number): void => {
    stall = clock.after(stallMs, () => (to.writableLength < unsent ? watch(to.writableLength) : fail(new Error('stalled'))))
  }
  from.on('data', (chunk: Buffer) => {
    if (failed) return
    receivedBytes(chunk.length)
    try {
      onChunk(chunk)
    } catch (error) {
      return fail(error)
    }
    if (to.write(chunk)) return
    from.pause()
    watch(to.writableLength)
  })
  to.on('drain', () => {
    stall?.cancel()
    from.resume()
  })
  to.on('close', () => stall?.cancel())
  from.on('close', () => stall?.cancel())
  from.on('end', () => {
    if (!failed) to.end()
  })
}
