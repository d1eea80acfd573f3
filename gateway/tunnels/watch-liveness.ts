import type { ClientHttp2Session } from 'node:http2'
import type { Clock, Timer } from '../basics/clock.ts'

/** Bytes are looked for more often than PINGs are sent: those that came right after a tick count as heard only at the next. */
const ticksPerPing = 5

/**
 * PINGs every `pingIntervalMs` (RFC 9113, section 6.7) and calls `onDead` once when nothing at all was heard for `deadAfterMs`. Bytes count
 * like an answer: on a slow line the answer waits behind them. Gives back the way to stop.
 */
export function watchLiveness(options: {
  readonly session: Pick<ClientHttp2Session, 'ping' | 'destroyed'>
  /** How many bytes the device has sent so far. */
  bytesRead(): number
  readonly clock: Clock
  readonly pingIntervalMs: number
  readonly deadAfterMs: number
  onDead(): void
}): () => void {
  const { session, bytesRead, clock, pingIntervalMs, deadAfterMs, onDead } = options
  const tickMs = pingIntervalMs / ticksPerPing
  let heardAt = clock.monotonicMs()
  let bytes = bytesRead()
  let outstanding = 0
  let ticks = 0
  let timer: Timer | undefined

  function tick(): void {
    const nowMs = clock.monotonicMs()
    if (bytesRead() !== bytes) heard()
    const leftMs = heardAt + deadAfterMs - nowMs
    if (leftMs <= 0) return onDead()
    ticks += 1
    if (ticks % ticksPerPing === 0) ping()
    timer = clock.after(Math.min(tickMs, leftMs), tick)
  }

  function heard(): void {
    bytes = bytesRead()
    heardAt = clock.monotonicMs()
  }

  function ping(): void {
    if (session.destroyed || outstanding > 2) return
    outstanding += 1
    session.ping((error) => {
      outstanding -= 1
      if (error === null) heard()
    })
  }

  timer = clock.after(tickMs, tick)
  return () => timer?.cancel()
}
