import type { Duplex } from 'node:stream'
import { receivedBytes } from '../../agent/wire/received-bytes.ts'
import { createFrameParser, type FrameParser } from '../../agent/wire/websocket-frames.ts'
import type { Clock } from '../basics/clock.ts'
import type { Random } from '../basics/random.ts'
import type { CutReason, LiveExchange } from './live-exchange.ts'
import { clientCloseFrame, serverCloseFrame } from './websocket-close-frame.ts'
import type { MachineWebSocket } from './websocket-handshake.ts'

export interface WebSocketExchangeOptions {
  readonly browser: Duplex
  /** What the browser sent behind its handshake. */
  readonly head: Buffer
  readonly machine: MachineWebSocket
  readonly clock: Clock
  readonly random: Random
  /** Until a Close frame of ours must have left. */
  readonly closeFrameGraceMs: number
  /** Until the other side must have closed too, once one has. */
  readonly lingerMs: number
  /** Called once, when both sides are closed or cut. */
  readonly settle: (outcome: { readonly up: number; readonly down: number }) => void
}

/** One direction: bytes pass only after the parser has seen that they are frames; whoever reads slowly pauses the other side. */
interface Direction {
  readonly from: Duplex
  readonly to: Duplex
  readonly frames: FrameParser
  /** Whether what has passed ends between two frames, none of them a Close: only there fits a Close frame of ours. */
  closable: boolean
  bytes: number
  blockedAt: number | null
}

/** Carries the frames of an agreed WebSocket both ways until one side closes, breaks the protocol (1002) or it is cut (1001). */
export function websocketExchange(options: WebSocketExchangeOptions): LiveExchange {
  const { browser, clock } = options
  const machine = options.machine.stream
  const permessageDeflate = options.machine.agreement.deflate !== undefined
  const up = direction(browser, machine, createFrameParser({ fromClient: true, permessageDeflate }))
  const down = direction(machine, browser, createFrameParser({ fromClient: false, permessageDeflate }))
  let over = false

  const destroyAfter = (ms: number): void =>
    void clock.after(ms, () => {
      browser.destroy()
      machine.destroy()
    })
  const finish = (): void => {
    if (over) return
    over = true
    options.settle({ up: up.bytes, down: down.bytes })
  }
  const closeBoth = (code: number, reason: string): void => {
    if (over) return
    end(browser, down.closable, serverCloseFrame(code, reason))
    end(machine, up.closable, clientCloseFrame(code, reason, options.random))
    destroyAfter(options.closeFrameGraceMs)
    finish()
  }
  const pump = (side: Direction, chunk: Buffer): void => {
    if (over) return
    try {
      side.frames.push(chunk)
    } catch {
      return closeBoth(1002, 'not a WebSocket frame')
    }
    side.closable = side.frames.atBoundary && !side.frames.closed
    side.bytes += chunk.length
    receivedBytes(chunk.length)
    if (side.to.write(chunk)) return
    side.blockedAt = clock.monotonicMs()
    side.from.pause()
  }

  for (const side of [up, down]) {
    side.from.on('data', (chunk: Buffer) => pump(side, chunk))
    side.to.on('drain', () => {
      side.blockedAt = null
      side.from.resume()
    })
    side.from.on('error', () => {})
    side.from.on('end', () => {
      side.to.end()
      destroyAfter(options.lingerMs)
    })
    side.from.on('close', () => {
      // Torn is passed on as torn.
      if (side.from.readableEnded) side.to.end()
      else if (!over) side.to.destroy()
      if (side.to.closed || side.to.destroyed) finish()
    })
  }
  if (options.head.length > 0) pump(up, options.head)
  if (options.machine.head.length > 0) pump(down, options.machine.head)

  return {
    cut(why: CutReason) {
      // No further byte to the machine, not even a Close frame.
      machine.destroy()
      if (!over) end(browser, down.closable, serverCloseFrame(why.code === 'stalled' ? 1013 : 1001, why.text))
      destroyAfter(options.closeFrameGraceMs)
      finish()
    },
    stalledSinceMs: () => up.blockedAt ?? down.blockedAt,
    unansweredSinceMs: () => null,
  }
}

const direction = (from: Duplex, to: Duplex, frames: FrameParser): Direction => ({
  from,
  to,
  frames,
  closable: true,
  bytes: 0,
  blockedAt: null,
})

function end(stream: Duplex, closable: boolean, frame: Buffer): void {
  if (stream.destroyed || stream.writableEnded) return
  if (closable) stream.end(frame)
  else stream.destroy()
}
