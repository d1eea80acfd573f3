import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { receivedBytes } from '../../../agent/wire/received-bytes.ts'
import type { Clock, Timer } from '../../basics/clock.ts'
import type { CutReason, LiveExchange } from '../live-exchange.ts'
import { unfinishedBytes, type FlightShare } from './bytes-in-flight.ts'
import { createMessagePace } from './message-pace.ts'
import { readOrders } from './read-orders.ts'

/** The recorder understands `unwanted` as: for good. After all others it comes back with a full picture. */
export const closeCodes = { over: 1001, noText: 1003, notOurs: 1008, broken: 1011, tooMuch: 1013, unwanted: 4001 } as const

export interface CarryRecording {
  readonly socket: WebSocket
  /** To the agent. */
  readonly stream: Duplex
  readonly clock: Clock
  /** Below the WebSocket. */
  readonly raw: Duplex
  readonly openShare: (giveUp: () => void) => FlightShare
  /** Called once, when recorders together hold too much and this one is given up. */
  readonly onFull: () => void
  /** Called once, with its first batch. */
  readonly onReport: () => void
  /** Called once, when the browser's side is closed. */
  readonly settle: () => void
}

/** What one page may send: a full picture of a large page at once, and on average what a busy one sends. */
const burstBytes = 32 * 1024 * 1024
const bytesPerSecond = 2 * 1024 * 1024
const messagesPerSecond = 100
const burstMessages = 1_000
const pingMs = 30_000
/** For the agent, to end its half; for the browser, to answer a Close frame. */
const farewellMs = 5_000
/** What comes is inflated beside us: how much that is shows a moment later. */
const inflatedMs = 50
const mostLooks = 20
/** For a Close frame to leave. */
const flushedMs = 250
const [lineFeed, openBrace, closeBrace] = [0x0a, 0x7b, 0x7d]

/**
 * Carries the batches of one page to the agent, a line each, and the agent's orders back. Nobody here looks into a batch: what holds is that one message is one
 * line. Its end is never cut where it can be ended, since agents count cuts against their gateway.
 */
export function carryRecording({ socket, raw, stream, clock, openShare, onFull, onReport, settle }: CarryRecording): LiveExchange {
  const allowance = createAllowance(clock)
  let blockedAt: number | null = null
  let hasReported = false
  let isAlive = true
  let timer: Timer | undefined

  const close = (code: number, reason: string): void => {
    socket.resume()
    socket.close(code, reason)
    void clock.after(farewellMs, () => socket.terminate())
  }
  let isGivenUp = false
  const giveUp = (why: string): void => {
    isGivenUp = true
    pace.stop()
    socket.close(closeCodes.tooMuch, why)
    // What is there is kept until the socket is gone: nothing more is taken.
    raw.pause()
    void clock.after(flushedMs, () => socket.terminate())
  }
  const pace = createMessagePace(clock, () => giveUp('a message did not become whole in time'))
  const share = openShare(() => {
    onFull()
    giveUp('the gateway holds too much at once')
  })
  const look = (): void => {
    if (isGivenUp) return
    const unfinished = unfinishedBytes(socket)
    // While the machine takes nothing, neither do we.
    if (blockedAt === null) pace.holds(unfinished)
    share.holds(unfinished + stream.writableLength)
  }
  let inflated: Timer | undefined
  let looksLeft = 0
  const lookAgain = (): void => {
    look()
    looksLeft -= 1
    inflated = looksLeft > 0 ? clock.after(inflatedMs, lookAgain) : undefined
  }
  const onBytes = (): void => {
    look()
    // Nobody says when a frame is inflated, and on a busy machine that takes a while.
    looksLeft = mostLooks
    inflated ??= clock.after(inflatedMs, lookAgain)
  }
  raw.on('data', onBytes)
  const orders = readOrders({
    clock,
    onOrder: (order) => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ order }))
    },
  })
  const ping = (): void => {
    if (!isAlive) return socket.terminate()
    isAlive = false
    look()
    socket.ping()
    timer = clock.after(pingMs, ping)
  }

  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (stream.destroyed || stream.writableEnded) return
    if (isBinary) return close(closeCodes.noText, 'text only')
    receivedBytes(data.length)
    pace.anew()
    if (!isOneLine(data)) return close(closeCodes.notOurs, 'not a batch')
    if (!allowance.take(data.length)) return close(closeCodes.tooMuch, 'too much at once')
    if (!hasReported) {
      hasReported = true
      onReport()
    }
    stream.cork()
    stream.write(data)
    const hasRoom = stream.write('\n')
    stream.uncork()
    look()
    if (hasRoom) return
    blockedAt = clock.monotonicMs()
    pace.anew()
    socket.pause()
  })
  socket.on('pong', () => (isAlive = true))
  socket.on('error', () => {})
  socket.once('close', () => {
    timer?.cancel()
    raw.off('data', onBytes)
    inflated?.cancel()
    pace.stop()
    share.close()
    orders.stop()
    settle()
    sayFarewell(stream, clock)
  })
  stream.on('drain', () => {
    look()
    if (isGivenUp) return
    blockedAt = null
    socket.resume()
  })
  stream.on('data', (chunk: Buffer) => {
    if (!orders.read(chunk)) close(closeCodes.broken, 'the machine said something else')
  })
  stream.on('error', () => {})
  stream.once('end', () => close(closeCodes.tooMuch, 'the machine takes no more'))
  stream.once('close', () => close(closeCodes.broken, 'the way to the machine is gone'))
  timer = clock.after(pingMs, ping)
  stream.resume()

  return {
    cut(why: CutReason) {
      stream.destroy()
      close(why.code === 'stalled' ? closeCodes.tooMuch : closeCodes.over, why.text)
    },
    stalledSinceMs: () => blockedAt,
    unansweredSinceMs: () => null,
  }
}

/** The page is gone: the agent is told so, and has a moment to end its half. */
export function sayFarewell(stream: Duplex, clock: Clock): void {
  if (stream.destroyed) return
  stream.end()
  stream.resume()
  const timer = clock.after(farewellMs, () => stream.destroy())
  stream.once('close', () => timer.cancel())
}

/** JSON of an object, as far as its ends say: whether it is any is for the agent to see. */
const isOneLine = (data: Buffer): boolean => data[0] === openBrace && data.at(-1) === closeBrace && !data.includes(lineFeed)

function createAllowance(clock: Clock): { take(bytes: number): boolean } {
  let [bytesLeft, messagesLeft, filledAtMs] = [burstBytes, burstMessages, clock.monotonicMs()]
  return {
    take(bytes) {
      const nowMs = clock.monotonicMs()
      const seconds = (nowMs - filledAtMs) / 1_000
      filledAtMs = nowMs
      bytesLeft = Math.min(burstBytes, bytesLeft + seconds * bytesPerSecond) - bytes
      messagesLeft = Math.min(burstMessages, messagesLeft + seconds * messagesPerSecond) - 1
      return bytesLeft >= 0 && messagesLeft >= 0
    },
  }
}
