/**
 * Watches one direction of a WebSocket connection (RFC 6455, section 5) while its bytes pass: it keeps no payload. A relay that only looked
 * for "101" would be a tunnel for anything (security.md, E5).
 *
 * Give every chunk to `push` before passing it on; when `push` throws, pass nothing on and destroy both sides.
 */
export interface FrameParser {
  /** @throws WebSocketFrameError at the first byte that breaks the protocol */
  push(chunk: Uint8Array): void
  /** True after the first frame of a message and before its last one. */
  readonly midMessage: boolean
  /** True between frames: an end of the stream here tears no frame apart. */
  readonly atBoundary: boolean
  /** True after a Close frame: nothing may follow. */
  readonly closed: boolean
}

export interface WebSocketFrame {
  readonly fin: boolean
  /** 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
  readonly opcode: number
  readonly payloadBytes: number
  readonly compressed: boolean
}

export interface FrameParserOptions {
  /** Frames of a client are masked, frames of a server are not (section 5.1). */
  readonly fromClient: boolean
  /** Largest payload of one frame; without it, what a JavaScript number can count. */
  readonly maxFrameBytes?: number
  /** Whether the answer agreed on `permessage-deflate` (RFC 7692), which uses RSV1. */
  readonly permessageDeflate?: boolean
  /** Called when a frame's header is complete, before its payload has passed. */
  readonly onFrame?: (frame: WebSocketFrame) => void
}

export type WebSocketFrameErrorCode =
  | 'bad_mask'
  | 'bad_opcode'
  | 'bad_rsv'
  | 'bad_control'
  | 'bad_fragment'
  | 'bad_length'
  | 'too_large'
  | 'after_close'

export class WebSocketFrameError extends Error {
  readonly code: WebSocketFrameErrorCode

  constructor(code: WebSocketFrameErrorCode, message: string) {
    super(message)
    this.name = 'WebSocketFrameError'
    this.code = code
  }
}

/** FIN, RSV, opcode; mask, length 7; length 64; masking key. */
const longestHeader = 2 + 8 + 4

export function createFrameParser(options: FrameParserOptions): FrameParser {
  const maxFrameBytes = options.maxFrameBytes ?? Number.MAX_SAFE_INTEGER
  const header = new Uint8Array(longestHeader)
  let headerBytes = 0
  let payloadLeft = 0
  let fragmented = false
  let closing = false
  let closed = false

  const firstByte = (byte: number): void => {
    if (closing) throw new WebSocketFrameError('after_close', 'bytes follow a Close frame')
    const opcode = byte & 0x0f
    const control = opcode >= 8
    if (!(opcode <= 2 || (opcode >= 8 && opcode <= 10))) throw new WebSocketFrameError('bad_opcode', `opcode ${opcode} is not defined`)
    if ((byte & 0x30) !== 0) throw new WebSocketFrameError('bad_rsv', 'RSV2 or RSV3 is set')
    const startsMessage = opcode === 1 || opcode === 2
    if ((byte & 0x40) !== 0 && !(options.permessageDeflate === true && startsMessage))
      throw new WebSocketFrameError('bad_rsv', 'RSV1 is set without an extension')
    if (control && (byte & 0x80) === 0) throw new WebSocketFrameError('bad_control', 'a control frame is fragmented')
    if (opcode === 0 && !fragmented) throw new WebSocketFrameError('bad_fragment', 'a continuation without a beginning')
    if (startsMessage && fragmented) throw new WebSocketFrameError('bad_fragment', 'a new message inside a fragmented one')
  }

  const secondByte = (byte: number): void => {
    if (((byte & 0x80) !== 0) !== options.fromClient) {
      throw new WebSocketFrameError('bad_mask', options.fromClient ? 'a client frame is not masked' : 'a server frame is masked')
    }
    const control = (header[0]! & 0x0f) >= 8
    if (control && (byte & 0x7f) > 125) throw new WebSocketFrameError('bad_control', 'a control frame is longer than 125 bytes')
    if ((header[0]! & 0x0f) === 8 && (byte & 0x7f) === 1)
      throw new WebSocketFrameError('bad_control', 'a Close frame has half a status code')
  }

  const headerLength = (): number => {
    const short = header[1]! & 0x7f
    return 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + (options.fromClient ? 4 : 0)
  }

  const headerComplete = (): void => {
    const first = header[0]!
    const opcode = first & 0x0f
    const payloadBytes = payloadLength(header)
    if (payloadBytes > maxFrameBytes)
      throw new WebSocketFrameError('too_large', `a frame of ${payloadBytes} bytes is longer than ${maxFrameBytes}`)
    const fin = (first & 0x80) !== 0
    if (opcode < 8) fragmented = !fin
    if (opcode === 8) closing = true
    payloadLeft = payloadBytes
    headerBytes = 0
    options.onFrame?.({ fin, opcode, payloadBytes, compressed: (first & 0x40) !== 0 })
    if (closing && payloadLeft === 0) closed = true
  }

  return {
    push(chunk) {
      let at = 0
      while (at < chunk.length) {
        if (payloadLeft > 0) {
          const passed = Math.min(payloadLeft, chunk.length - at)
          payloadLeft -= passed
          at += passed
          if (closing && payloadLeft === 0) closed = true
          continue
        }
        const byte = chunk[at++]!
        header[headerBytes++] = byte
        if (headerBytes === 1) firstByte(byte)
        else if (headerBytes === 2) secondByte(byte)
        if (headerBytes >= 2 && headerBytes === headerLength()) headerComplete()
      }
    },
    get midMessage() {
      return fragmented
    },
    get atBoundary() {
      return headerBytes === 0 && payloadLeft === 0
    },
    get closed() {
      return closed
    },
  }
}

function payloadLength(header: Uint8Array): number {
  const short = header[1]! & 0x7f
  if (short < 126) return short
  const view = new DataView(header.buffer, header.byteOffset)
  const long = short === 126 ? BigInt(view.getUint16(2)) : view.getBigUint64(2)
  // Section 5.2: the shortest form must be used, and the highest bit of the long one is 0.
  if (long < (short === 126 ? 126n : 65_536n)) throw new WebSocketFrameError('bad_length', 'a length is not in its shortest form')
  if (long > BigInt(Number.MAX_SAFE_INTEGER)) throw new WebSocketFrameError('too_large', 'a frame is longer than a number can count')
  return Number(long)
}
