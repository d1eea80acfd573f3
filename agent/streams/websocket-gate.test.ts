import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createConduct } from './session-conduct.ts'
import { createWebSocketGate } from './websocket-gate.ts'

/** A masked frame (RFC 6455, section 5.2), payload below 126 bytes or in the 16-bit form. */
const frame = (opcode: number, payload: Buffer, fin = true): Buffer => {
  const key = Buffer.from([1, 2, 3, 4])
  const masked = Buffer.from(payload.map((byte, at) => byte ^ (key[at % 4] ?? 0)))
  const first = (fin ? 0x80 : 0) | opcode
  const length = payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 255]
  return Buffer.concat([Buffer.from([first, ...length]), key, masked])
}
const text = (words: string, fin = true): Buffer => frame(1, Buffer.from(words), fin)
const ping = frame(9, Buffer.from('still there?'))
const pong = frame(10, Buffer.from('yes'))
const close = frame(8, Buffer.from([3, 232]))

describe('a WebSocket of a session that may only look', () => {
  it('passes every byte while it may act', () => {
    const gate = createWebSocketGate(createConduct(), false)
    const all = Buffer.concat([text('start'), ping, text('x'.repeat(300))])
    expect(gate.pass(all).equals(all)).toBe(true)
    expect(gate.isBroken).toBe(false)
  })

  it('passes control frames and holds messages back, however the bytes are cut', () => {
    const sent = [text('start'), ping, text('half', false), frame(0, Buffer.from('rest')), pong, frame(2, Buffer.alloc(300)), close]
    const all = Buffer.concat(sent)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60 }), (sizes) => {
        const conduct = createConduct()
        conduct.set({ viewOnly: true })
        const gate = createWebSocketGate(conduct, false)
        const passed: Buffer[] = []
        for (let at = 0, turn = 0; at < all.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1
          passed.push(gate.pass(all.subarray(at, at + size)))
          at += size
        }
        expect(Buffer.concat(passed).equals(Buffer.concat([ping, pong, close]))).toBe(true)
        expect(gate.isBroken).toBe(true)
      }),
    )
  })

  it('is whole still when nothing was held back', () => {
    const conduct = createConduct()
    const gate = createWebSocketGate(conduct, false)
    gate.pass(text('start'))
    conduct.set({ viewOnly: true })
    expect(gate.pass(ping).equals(ping)).toBe(true)
    expect(gate.isBroken).toBe(false)
    conduct.set({ viewOnly: false })
    const more = text('more')
    // It goes on frame by frame: what it held back it could not take back.
    expect(gate.pass(more).equals(more)).toBe(true)
  })

  it.each([
    ['inside a frame', text('start').subarray(0, 8)],
    ['inside a header', text('start').subarray(0, 3)],
    ['between the frames of a message', text('start', false)],
  ])('cannot become one %s: neither half a message nor half a frame may reach the machine', (_where, begun) => {
    const conduct = createConduct()
    const gate = createWebSocketGate(conduct, false)
    gate.pass(begun)
    conduct.set({ viewOnly: true })
    expect(() => gate.pass(ping)).toThrow('a message was under way')
  })

  it('still breaks at the first byte that breaks the protocol', () => {
    const conduct = createConduct()
    conduct.set({ viewOnly: true })
    const gate = createWebSocketGate(conduct, false)
    expect(() => gate.pass(Buffer.from([0x83, 0x80, 1, 2, 3, 4]))).toThrow('opcode 3 is not defined')
    const other = createWebSocketGate(conduct, false)
    other.pass(close)
    expect(() => other.pass(ping)).toThrow('bytes follow a Close frame')
  })
})
