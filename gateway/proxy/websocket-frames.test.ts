import { hash } from 'node:crypto'
import type { Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import type { RawBrowser } from './testing/raw-browser.ts'
import { proxyWorld, type ProxyWorld } from './testing/proxy-world.ts'

const key = 'dGhlIHNhbXBsZSBub25jZQ=='
const accept = hash('sha1', `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`, 'base64')
const switched = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`

/** A machine that agrees and then hands over its end. */
function machine(): { raw: (socket: Socket) => void; end: () => Socket; received: () => string } {
  let socket: Socket | undefined
  const chunks: Buffer[] = []
  return {
    raw(accepted) {
      accepted.on('error', () => {})
      accepted.once('data', () => {
        socket = accepted
        accepted.write(switched)
        accepted.on('data', (chunk) => chunks.push(chunk))
      })
    },
    end: () => socket!,
    received: () => Buffer.concat(chunks).toString('latin1'),
  }
}

async function opened(world: ProxyWorld): Promise<RawBrowser> {
  const browser = await world.raw()
  browser.send(
    `${world.head('GET /live HTTP/1.1')}Origin: ${world.origin}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  )
  await browser.until('\r\n\r\n')
  return browser
}
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
/** A frame of a client; masked with zeros, so that the payload can be read. */
const masked = (first: number, payload: string): Buffer =>
  Buffer.concat([Buffer.from([first, 0x80 | payload.length]), Buffer.alloc(4), latin1(payload)])
const close1002 = '\x88\x17\x03\xeanot a WebSocket frame'

test.each([
  ['a Ping in two fragments', masked(0x09, 'half')],
  ['a Close in two fragments', masked(0x08, '')],
  ['a Ping of 126 bytes', Buffer.concat([Buffer.from([0x89, 0xfe, 0, 126]), Buffer.alloc(4 + 126)])],
  ['a Close with half a code', masked(0x88, '\x03')],
  ['a frame without a mask', Buffer.from([0x82, 0x01, 0x41])],
  ['an opcode of nobody', masked(0x83, 'x')],
  ['compression that was not agreed', masked(0xc1, 'x')],
  ['a continuation of nothing', masked(0x80, 'x')],
  ['a length with its highest bit set', Buffer.from([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])],
])('%s of the browser closes both sides with 1002 and goes no further', async (_, frame) => {
  const far = machine()
  await using world = await proxyWorld({ raw: far.raw })
  const browser = await opened(world)
  browser.send(Buffer.concat([masked(0x81, 'good'), frame]))
  expect(await browser.closed()).toContain(close1002)
  await vi.waitFor(() => expect(far.end().destroyed || far.end().readableEnded).toBe(true))
  expect(far.received().length).toBeLessThan(2 + 4 + 2 + close1002.length)
})

test('Ping, Pong and fragments with a Ping between them pass both ways as they came, and a Close with its code', async () => {
  const far = machine()
  await using world = await proxyWorld({ raw: far.raw })
  const browser = await opened(world)
  const up = [masked(0x89, 'up?'), masked(0x01, 'fr'), masked(0x8a, 'pong'), masked(0x80, 'ag')]
  browser.send(Buffer.concat(up))
  await vi.waitFor(() => expect(far.received()).toBe(Buffer.concat(up).toString('latin1')))
  const down = '\x89\x05down?\x02\x01a\x8a\x00\x80\x01b'
  far.end().write(latin1(down))
  expect(await browser.until(down)).toContain(down)
  far.end().end(latin1('\x88\x06\x0f\xa0bye!'))
  browser.send(masked(0x88, '\x0f\xa0'))
  expect(await browser.closed()).toMatch(/\x88\x06\x0f\xa0bye!$/)
})

test('a machine that stops reading pauses the browser, and everything arrives when it reads again', async () => {
  const far = machine()
  await using world = await proxyWorld({ raw: far.raw })
  const browser = await opened(world)
  far.end().removeAllListeners('data').pause()
  const frame = Buffer.concat([Buffer.from([0x82, 0xfe, 0xff, 0xff]), Buffer.alloc(4 + 65_535)])
  const total = 64
  const mib = 1024 * 1024
  let taken = 0
  let pushing = true
  const push = (): void => {
    if (!pushing) return
    browser.socket.write(frame, (error) => {
      if (error) return
      taken += frame.length
      push()
    })
  }
  push()
  let before = -1
  await vi.waitFor(
    () => {
      const still = before === taken
      before = taken
      expect(still && taken > 0).toBe(true)
    },
    { timeout: 10_000, interval: 300 },
  )
  expect(world.authority.streams[0]!.writableLength).toBeLessThan(mib)
  expect(taken).toBeLessThan(total * mib)
  pushing = false
  let arrived = 0
  far.end().on('data', (chunk: Buffer) => (arrived += chunk.length))
  far.end().resume()
  // One frame more was being written.
  await vi.waitFor(() => expect(arrived).toBe(taken), { timeout: 10_000 })
})
