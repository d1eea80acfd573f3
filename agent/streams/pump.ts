import type { Readable, Writable } from 'node:stream'
import type { Clock, Timer } from '../basics/clock.ts'
import { receivedBytes } from '../wire/received-bytes.ts'
import type { SessionConduct } from './session-conduct.ts'

export interface PumpOptions {
  readonly from: Readable
  readonly to: Writable
  readonly clock: Clock
  /** While it is paused nothing passes, and nobody is cut for it. */
  readonly conduct: Pick<SessionConduct, 'paused' | 'follow'>
  /** Called with each chunk before it is passed on; what it gives back passes in its place. When it throws, nothing more passes. */
  readonly onChunk: (chunk: Buffer) => Buffer | void
  /** Nothing could be passed on for {@link stallMs}, or `onChunk` threw: destroy both sides. */
  readonly onFailure: (error: unknown) => void
}

/** A reader that takes nothing for so long is cut: it holds a window of memory (performance.md). */
const stallMs = 60_000

/** Passes bytes one way by plain handlers and waits when the other side is full; an end is passed on, a close is the caller's. */
export function pump({ from, to, clock, conduct, onChunk, onFailure }: PumpOptions): void {
  let stall: Timer | undefined
  let failed = false
  let full = false
  const fail = (error: unknown): void => {
    if (failed) return
    failed = true
    over()
    onFailure(error)
  }
  const watch = (unsent: number): void => {
    stall = clock.after(stallMs, () => (to.writableLength < unsent ? watch(to.writableLength) : fail(new Error('stalled'))))
  }
  const flow = (): void => {
    stall?.cancel()
    if (failed) return
    if (full && !conduct.paused) watch(to.writableLength)
    if (full || conduct.paused) from.pause()
    else from.resume()
  }
  const stopFollowing = conduct.follow(flow)
  const over = (): void => {
    stall?.cancel()
    stopFollowing()
  }
  from.on('data', (chunk: Buffer) => {
    if (failed) return
    receivedBytes(chunk.length)
    let passing: Buffer
    try {
      passing = onChunk(chunk) ?? chunk
    } catch (error) {
      return fail(error)
    }
    if (passing.length === 0 || to.write(passing)) return
    full = true
    flow()
  })
  to.on('drain', () => {
    full = false
    flow()
  })
  to.on('close', over)
  from.on('close', over)
  from.on('end', () => {
    if (!failed) to.end()
  })
  if (conduct.paused) from.pause()
}
