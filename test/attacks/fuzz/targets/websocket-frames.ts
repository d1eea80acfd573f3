import type { Writable } from 'node:stream'
import * as ws from 'ws'
import { createFrameParser, WebSocketFrameError, type WebSocketFrame } from '../../../../agent/wire/websocket-frames.ts'
import { type FuzzTarget, holds } from '../fuzz-target.ts'

/** Exported by the package and not by its types. */
const { Receiver } = ws as unknown as { readonly Receiver: new (options: object) => Writable }

interface Seen {
  readonly frames: readonly WebSocketFrame[]
  readonly code: string | undefined
  readonly closed: boolean
  readonly atBoundary: boolean
}

function watch(chunks: readonly Uint8Array[], fromClient: boolean): Seen {
  const frames: WebSocketFrame[] = []
  const parser = createFrameParser({ fromClient, maxFrameBytes: 1_000_000, onFrame: (frame) => frames.push(frame) })
  let code: string | undefined
  try {
    for (const chunk of chunks) parser.push(chunk)
  } catch (error) {
    if (!(error instanceof WebSocketFrameError)) throw error
    code = error.code
  }
  return { frames, code, closed: parser.closed, atBoundary: parser.atBoundary }
}

/** What the receiver of `ws` finds wrong; it looks into payloads too, which the watcher never does. */
function faultOfWs(bytes: Buffer, fromClient: boolean): string | undefined {
  const receiver = new Receiver({ isServer: fromClient, maxPayload: 1_000_000, allowSynchronousEvents: true })
  receiver.on('message', () => {})
  let fault: string | undefined
  // What `write` calls: only so the fault is there at once.
  receiver._write(Buffer.from(bytes), 'binary', (error) => {
    if (error instanceof Error) fault = 'code' in error ? String(error.code) : error.message
  })
  return fault
}

/** Faults of frames, which the watcher must find too; the others are of payloads and of sizes. */
const faultsOfFrames =
  /_(?:EXPECTED_FIN|EXPECTED_MASK|UNEXPECTED_MASK|INVALID_CONTROL_PAYLOAD_LENGTH|INVALID_OPCODE|UNEXPECTED_RSV_1|UNEXPECTED_RSV_2_3)$/

/** The watcher also refuses what RFC 6455 forbids and `ws` lets pass, or what `ws` no longer reads after a Close frame. */
const stricter = new Set(['bad_length', 'too_large', 'after_close'])

/** RFC 6455, section 5: the same frames however the bytes are cut; no fault where an independent receiver has none. */
export const target: FuzzTarget = {
  name: 'websocket-frames',
  covers: ['agent/wire/websocket-frames.ts'],
  mostBytes: 8 * 1024,
  seeds: [
    Buffer.from('810548656c6c6f', 'hex'),
    Buffer.from('818537fa213d7f9f4d5158', 'hex'),
    Buffer.from('01034865 6c80026c6f'.replace(' ', ''), 'hex'),
    Buffer.from('890548656c6c6f880203e8', 'hex'),
    Buffer.concat([Buffer.from('827e0100', 'hex'), Buffer.alloc(256)]),
    Buffer.concat([Buffer.from('827f0000000000010000', 'hex'), Buffer.alloc(200)]),
  ],
  attempt(bytes) {
    for (const fromClient of [true, false]) {
      const whole = watch([bytes], fromClient)
      const pieces = watch(
        Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)),
        fromClient,
      )
      holds(JSON.stringify(pieces) === JSON.stringify(whole), 'cut into bytes it is another')
      if (whole.code === undefined) {
        holds(!faultsOfFrames.test(faultOfWs(bytes, fromClient) ?? ''), 'ws refuses a frame that we take')
      } else if (!stricter.has(whole.code)) {
        // The watcher judges a first byte alone, `ws` waits for the second.
        holds(faultOfWs(Buffer.concat([bytes, Buffer.alloc(1)]), fromClient) !== undefined, `ws takes what we refuse as ${whole.code}`)
      }
    }
  },
}
