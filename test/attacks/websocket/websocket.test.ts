import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTarget, type Target } from '../target.ts'
import { frame, opcode } from './frame.ts'
import { accept, agreed, closeOpened, handshake, isOver, key, openWebSocket, switching, text } from './open-websocket.ts'

/*
 * WebSockets as tunnels and as floods (security.md E5: upgrade smuggling, http-proxy-3 passes any 101; CWE-1385 cross-site WebSocket hijacking; RFC 6455
 * sections 4.1, 5.1, 5.4, 5.5; ASVS 4.4.2-4.4.4).
 */

let target: Target
beforeAll(async () => {
  target = await startTarget()
})
afterAll(() => target[Symbol.asyncDispose]())
afterEach(() => {
  target.machine.answer = null
  closeOpened()
})

describe('a handshake', () => {
  it.each<readonly [string, readonly string[]]>([
    ['without an Origin', []],
    ['from nowhere', ['Origin: null']],
    ['from the portal', ['Origin: PORTAL']],
    ['from another machine', [`Origin: http://web-${'a'.repeat(26)}.machines.localhost`]],
    ['from an origin that begins like ours', ['Origin: OWN.evil.example']],
    ['from two origins', ['Origin: OWN', 'Origin: http://evil.example']],
    ['from ours with a path', ['Origin: OWN/']],
  ])('is refused %s', async (_name, lines) => {
    const origins = lines.map((line) => line.replace('OWN', target.origin).replace('PORTAL', target.portal.origin))
    const { heard, requests } = await target.attack(target.request('GET /live HTTP/1.1', [...origins, ...handshake]))
    expect([heard.status, requests]).toEqual([403, []])
  })

  it.each<readonly [string, readonly string[]]>([
    ['with another version', ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 8', `Sec-WebSocket-Key: ${key}`]],
    ['without a key', ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13']],
    ['with a key that is too short', ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: QQ==']],
    ['with two keys', [...handshake, `Sec-WebSocket-Key: ${key}`]],
    ['with a body', [...handshake, 'Content-Length: 5']],
    ['with a chunked body', [...handshake, 'Transfer-Encoding: chunked']],
  ])('is refused %s', async (_name, lines) => {
    const bytes = `${target.request('GET /live HTTP/1.1', [`Origin: ${target.origin}`, ...lines])}abcde`
    const { heard, requests } = await target.attack(bytes)
    expect(heard.status, heard.text).toBeGreaterThanOrEqual(400)
    expect([heard.closed, requests.filter(({ fields }) => fields.some(([name]) => name === 'upgrade'))]).toEqual([true, []])
  })

  it.each<readonly [string, string]>([
    ['a wrong Accept', switching('Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=')],
    ['no Accept', switching()],
    ['two Accepts', switching(`Sec-WebSocket-Accept: ${accept}`, 'Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=')],
    ['another protocol', agreed.replace('Upgrade: websocket', 'Upgrade: h2c')],
    ['a subprotocol that was not offered', switching(`Sec-WebSocket-Accept: ${accept}`, 'Sec-WebSocket-Protocol: admin')],
    ['an extension that was not offered', switching(`Sec-WebSocket-Accept: ${accept}`, 'Sec-WebSocket-Extensions: x-webkit-deflate-frame')],
    ['compression that was not offered', switching(`Sec-WebSocket-Accept: ${accept}`, 'Sec-WebSocket-Extensions: permessage-deflate')],
    ['status 200 and a tunnel all the same', `HTTP/1.1 200 OK\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`],
  ])('makes no tunnel where the machine answers with %s', async (_name, says) => {
    const said = new WeakSet<Socket>()
    target.machine.answer = (socket, requests) => {
      if (requests.length === 0 || said.has(socket)) return
      said.add(socket)
      socket.write(says)
    }
    const bytes = target.request('GET /live HTTP/1.1', [`Origin: ${target.origin}`, ...handshake])
    const { heard } = await target.attack(bytes, { firstMs: 1_500 })
    expect(heard.status).not.toBe(101)
    target.machine.answer = null
    await target.stillAnswersRightly()
  })

  it('brings nothing but itself: no cookies, no fields of the machine', async () => {
    const { heard } = await (async () => {
      target.machine.answer = (socket, requests) => {
        if (requests.length > 0)
          socket.write(
            switching(`Sec-WebSocket-Accept: ${accept}`, 'Set-Cookie: __Host-sallyport=x; Domain=machines.localhost', 'X-Mine: 1'),
          )
      }
      return target.attack(target.request('GET /live HTTP/1.1', [`Origin: ${target.origin}`, ...handshake]))
    })()
    expect([heard.status, /set-cookie|x-mine/i.test(heard.text)]).toEqual([101, false])
  })
})

describe('frames of the browser', () => {
  const bad: readonly (readonly [string, () => Buffer])[] = [
    ['a second HTTP request through the tunnel', () => Buffer.from(target.request('GET /smuggled HTTP/1.1'))],
    ['a frame that is not masked', () => text('not masked', false)],
    ['reserved bits', () => frame({ opcode: opcode.text, payload: Buffer.from('x'), masked: true, reserved: 4 })],
    ['a Ping in two frames', () => frame({ opcode: opcode.ping, payload: Buffer.from('x'), masked: false, fin: false })],
    ['a continuation of nothing', () => frame({ opcode: opcode.continuation, payload: Buffer.from('x'), masked: false })],
    ['a length that is longer than it must be', () => Buffer.from([0x81, 126, 0, 1, 0x78])],
    ['an unknown opcode', () => frame({ opcode: 3, payload: Buffer.from('x'), masked: true })],
    ['an unknown control opcode', () => frame({ opcode: 11, payload: Buffer.from('x'), masked: true })],
    ['a Ping of 126 bytes', () => frame({ opcode: opcode.ping, payload: Buffer.alloc(126), masked: true })],
    ['a Ping in two frames', () => frame({ opcode: opcode.ping, payload: Buffer.from('x'), masked: true, fin: false })],
    ['a continuation of nothing', () => frame({ opcode: opcode.continuation, payload: Buffer.from('x'), masked: true })],
    [
      'a message in a message',
      () => Buffer.concat([frame({ opcode: opcode.text, payload: Buffer.from('x'), masked: true, fin: false }), text('y', true)]),
    ],
    ['a length with the highest bit', () => Buffer.from([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4])],
    ['a length that is longer than it must be', () => Buffer.from([0x82, 0xfe, 0, 1, 1, 2, 3, 4, 0])],
    ['a Close with one byte', () => frame({ opcode: opcode.close, payload: Buffer.from([3]), masked: true })],
    [
      'a compressed frame that was not agreed on',
      () => frame({ opcode: opcode.text, payload: Buffer.from('x'), masked: true, reserved: 4 }),
    ],
  ]
  it.each(bad)('end the WebSocket where they are none: %s', async (_name, bytes) => {
    const live = await openWebSocket(target)
    live.browser.write(bytes())
    await vi.waitFor(() => expect(isOver(live)).toBe(true))
    expect(live.toMachine().toString('latin1')).not.toContain('HTTP/1.1')
  })

  it('that are whole reach the machine as they are, in pieces too', async () => {
    const live = await openWebSocket(target)
    const whole = Buffer.concat([
      text('hello', true),
      frame({ opcode: opcode.ping, payload: Buffer.from('p'), masked: true }),
      text('ü'.repeat(70_000), true),
    ])
    for (let at = 0; at < 40; at += 1) {
      live.browser.write(whole.subarray(at, at + 1))
      await new Promise(setImmediate)
    }
    live.browser.write(whole.subarray(40))
    await vi.waitFor(() => expect(live.toMachine().equals(whole)).toBe(true))
  })
})

describe('frames of the machine', () => {
  it.each<readonly [string, () => Buffer]>([
    ['an HTTP answer instead', () => Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello')],
    ['a masked frame', () => text('masked', true)],
    ['reserved bits', () => frame({ opcode: opcode.text, payload: Buffer.from('x'), masked: false, reserved: 2 })],
    ['a Ping of a megabyte', () => frame({ opcode: opcode.ping, payload: Buffer.alloc(1_000_000), masked: false })],
    ['an unknown opcode', () => frame({ opcode: 7, payload: Buffer.alloc(0), masked: false })],
  ])('end the WebSocket where they are none: %s', async (_name, bytes) => {
    const live = await openWebSocket(target)
    live.machine.write(bytes())
    await vi.waitFor(() => expect(isOver(live)).toBe(true))
    expect(live.toBrowser().toString('latin1')).not.toMatch(/HTTP\/1\.1|masked/)
  })

  it('without end, in one message, cost no memory and nobody else', async () => {
    const before = await target.gatewayMiB()
    const live = await openWebSocket(target)
    const piece = frame({ opcode: opcode.continuation, payload: Buffer.alloc(64 * 1024), masked: false, fin: false })
    live.machine.write(frame({ opcode: opcode.binary, payload: Buffer.from('x'), masked: false, fin: false }))
    for (let sent = 0; sent < 1_024; sent += 1) if (!live.machine.write(piece)) await once(live.machine, 'drain')
    await vi.waitFor(() => expect(live.bytesToBrowser()).toBeGreaterThan(60_000_000))
    expect((await target.gatewayMiB()) - before).toBeLessThan(96)
  })

  it('that nobody reads hold the machine back', async () => {
    const before = await target.gatewayMiB()
    const live = await openWebSocket(target)
    live.browser.pause()
    const piece = frame({ opcode: opcode.binary, payload: Buffer.alloc(64 * 1024), masked: false })
    let held = false
    for (let sent = 0; sent < 2_048 && !held; sent += 1) {
      if (live.machine.write(piece)) continue
      held = !(await Promise.race([
        once(live.machine, 'drain').then(() => true),
        new Promise<boolean>((resolve) => setTimeout(resolve, 1_500, false)),
      ]))
    }
    expect(held).toBe(true)
    expect((await target.gatewayMiB()) - before).toBeLessThan(64)
    await target.nobodyElseHarmed()
  })
})

describe('ten thousand Pings', () => {
  it('pass, and harm nobody else', async () => {
    const live = await openWebSocket(target)
    const ping = frame({ opcode: opcode.ping, payload: Buffer.alloc(125), masked: true })
    live.browser.write(Buffer.concat(Array.from({ length: 10_000 }, () => ping)))
    await vi.waitFor(() => expect(live.toMachine().length).toBe(10_000 * ping.length))
    await target.nobodyElseHarmed()
  })
})
