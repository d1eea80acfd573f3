import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFrameParser, WebSocketFrameError } from './websocket-frames.ts'
import type { FrameParserOptions, WebSocketFrame } from './websocket-frames.ts'

interface Sketch {
  readonly first: number
  readonly payload: number
  readonly masked: boolean
}

function frame({ first, payload, masked }: Sketch): Buffer {
  const mask = masked ? 0x80 : 0
  const length =
    payload < 126
      ? Buffer.from([mask | payload])
      : payload < 65_536
        ? Buffer.from([mask | 126, payload >> 8, payload & 0xff])
        : Buffer.concat([Buffer.from([mask | 127, 0, 0, 0, 0]), uint32(payload)])
  return Buffer.concat([Buffer.from([first]), length, masked ? Buffer.from([1, 2, 3, 4]) : Buffer.alloc(0), Buffer.alloc(payload, 0xff)])
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32BE(value)
  return buffer
}

function parse(options: FrameParserOptions, bytes: Uint8Array, pieces = bytes.length): WebSocketFrame[] {
  const frames: WebSocketFrame[] = []
  const parser = createFrameParser({ ...options, onFrame: (seen) => frames.push(seen) })
  for (let at = 0; at < bytes.length; at += pieces) parser.push(bytes.subarray(at, at + pieces))
  return frames
}

function codeOf(options: FrameParserOptions, bytes: Uint8Array): string {
  try {
    parse(options, bytes, 1)
  } catch (error) {
    if (error instanceof WebSocketFrameError) return error.code
    throw error
  }
  return 'accepted'
}

describe('a WebSocket frame parser', () => {
  it('reports the same frames however the bytes are cut', () => {
    const sketch = fc.record({
      opcode: fc.constantFrom(1, 2, 9, 10),
      payload: fc.oneof(fc.integer({ min: 0, max: 125 }), fc.constantFrom(126, 65_535, 65_536)),
    })
    fc.assert(
      fc.property(
        fc.array(sketch, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 4096 }),
        fc.boolean(),
        (sketches, pieces, masked) => {
          const legal = sketches.map(({ opcode, payload }) => ({ opcode, payload: opcode > 8 ? Math.min(payload, 125) : payload }))
          const bytes = Buffer.concat(legal.map(({ opcode, payload }) => frame({ first: 0x80 | opcode, payload, masked })))
          expect(
            parse({ fromClient: masked }, bytes, pieces).map(({ opcode, payloadBytes }) => ({ opcode, payload: payloadBytes })),
          ).toEqual(legal)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('allows control frames between the fragments of a message', () => {
    const bytes = Buffer.concat([0x01, 0x89, 0x00, 0x80].map((first) => frame({ first, payload: 3, masked: true })))
    expect(parse({ fromClient: true }, bytes).map(({ opcode }) => opcode)).toEqual([1, 9, 0, 0])
  })

  it.each<[string, FrameParserOptions, Uint8Array]>([
    ['bad_mask', { fromClient: true }, frame({ first: 0x81, payload: 1, masked: false })],
    ['bad_mask', { fromClient: false }, frame({ first: 0x81, payload: 1, masked: true })],
    ['bad_opcode', { fromClient: false }, frame({ first: 0x83, payload: 1, masked: false })],
    ['bad_opcode', { fromClient: true }, Buffer.from('GET /admin HTTP/1.1\r\n\r\n')],
    ['bad_rsv', { fromClient: false }, frame({ first: 0xc1, payload: 1, masked: false })],
    ['bad_rsv', { fromClient: false, permessageDeflate: true }, frame({ first: 0xc9, payload: 1, masked: false })],
    ['bad_rsv', { fromClient: false, permessageDeflate: true }, frame({ first: 0xa1, payload: 1, masked: false })],
    ['bad_control', { fromClient: false }, frame({ first: 0x09, payload: 1, masked: false })],
    ['bad_control', { fromClient: false }, frame({ first: 0x89, payload: 126, masked: false })],
    ['bad_control', { fromClient: false }, frame({ first: 0x88, payload: 1, masked: false })],
    ['bad_fragment', { fromClient: false }, frame({ first: 0x80, payload: 1, masked: false })],
    [
      'bad_fragment',
      { fromClient: false },
      Buffer.concat([frame({ first: 0x01, payload: 1, masked: false }), frame({ first: 0x81, payload: 1, masked: false })]),
    ],
    ['bad_length', { fromClient: false }, Buffer.from([0x82, 126, 0, 125])],
    ['bad_length', { fromClient: false }, Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff])],
    ['too_large', { fromClient: false }, Buffer.from([0x82, 127, 0xff, 0, 0, 0, 0, 0, 0, 0])],
    ['too_large', { fromClient: false, maxFrameBytes: 1000 }, frame({ first: 0x82, payload: 1001, masked: false })],
    [
      'after_close',
      { fromClient: false },
      Buffer.concat([frame({ first: 0x88, payload: 2, masked: false }), Buffer.from('HTTP/1.1 200 OK')]),
    ],
  ])('refuses with %s (%o)', (code, options, bytes) => {
    expect(codeOf(options, bytes)).toBe(code)
  })

  it('knows where a stream may end', () => {
    const parser = createFrameParser({ fromClient: false })
    const bytes = frame({ first: 0x88, payload: 2, masked: false })
    parser.push(bytes.subarray(0, 3))
    expect([parser.atBoundary, parser.closed]).toEqual([false, false])
    parser.push(bytes.subarray(3))
    expect([parser.atBoundary, parser.closed]).toEqual([true, true])
  })
})
