import { createFrameParser } from '../wire/websocket-frames.ts'
import type { WebSocketFrame } from '../wire/websocket-frames.ts'
import type { SessionConduct } from './session-conduct.ts'

/** What of a technician's WebSocket goes on to the machine. */
export interface WebSocketGate {
  /** The bytes that pass. @throws WebSocketFrameError, or Error where a message is cut in its middle; then pass nothing on and destroy both sides */
  pass(chunk: Buffer): Buffer
  /**
   * Messages were held back: the page believes that they arrived, and what it sent compressed may lean on them (RFC 7692, section 7.1.1). When
   * the machine may be changed again, the connection has to end, so that the page begins anew.
   */
  readonly isBroken: boolean
}

/** Under *view only* control frames pass (RFC 6455, section 5.5), and messages do not: one can act. */
export function createWebSocketGate(conduct: Pick<SessionConduct, 'viewOnly'>, permessageDeflate: boolean): WebSocketGate {
  let frame: WebSocketFrame | null = null
  let broken = false
  const parser = createFrameParser({ fromClient: true, permessageDeflate, onFrame: (begun) => void (frame = begun) })

  /** Frame by frame; a header that came in two chunks waits for its rest. */
  let head: Buffer[] = []
  let left = 0
  let keeps = false
  const filter = (chunk: Buffer): Buffer => {
    const passing: Buffer[] = []
    let at = 0
    while (at < chunk.length) {
      const until = left > 0 ? Math.min(chunk.length, at + left) : at + 1
      const part = chunk.subarray(at, until)
      parser.push(part)
      at = until
      if (left > 0) {
        left -= part.length
        if (keeps) passing.push(part)
        continue
      }
      head.push(part)
      const begun = takeFrame()
      if (begun === null) continue
      keeps = passes(begun)
      broken ||= !keeps
      left = begun.payloadBytes
      if (keeps) passing.push(...head)
      head = []
    }
    return Buffer.concat(passing)
  }
  /** Whether the message under way does. */
  let messagePasses = true
  const passes = ({ opcode }: WebSocketFrame): boolean => {
    if (opcode >= 8) return true
    if (opcode !== 0) messagePasses = !conduct.viewOnly
    if (messagePasses && conduct.viewOnly) throw inTheMiddle()
    return messagePasses
  }
  const takeFrame = (): WebSocketFrame | null => {
    const begun = frame
    frame = null
    return begun
  }

  let filtering = false
  return {
    pass: (chunk) => {
      if (!conduct.viewOnly && !filtering) {
        parser.push(chunk)
        return chunk
      }
      if (!filtering) {
        if (parser.midMessage || !parser.atBoundary) throw inTheMiddle()
        filtering = true
        frame = null
      }
      return filter(chunk)
    },
    get isBroken() {
      return broken
    },
  }
}

const inTheMiddle = (): Error => new Error('a message was under way')
