import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTarget, type Target } from '../target.ts'
import { frame, opcode } from './frame.ts'
import { accept, agreed, closeOpened, handshake, isOver, openWebSocket, switching, text } from './open-websocket.ts'

/*
 * Handshakes that say no, or yes and more; compression; frames in pieces, behind a Close, without end (RFC 6455 sections 4.2, 5.4, 5.5, 7.1; RFC 7692
 * sections 5.1, 6, 8; security.md E5: "a raw second HTTP request went through the tunnel"; CVE-2020-7662 and CVE-2021-32640 on fields of the handshake).
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

const deflate = 'Sec-WebSocket-Extensions: permessage-deflate'
const offered = `${deflate}; client_max_window_bits`
const compressed = switching(`Sec-WebSocket-Accept: ${accept}`, deflate)
const ask = (...lines: readonly string[]): string =>
  target.request('GET /live HTTP/1.1', [`Origin: ${target.origin}`, ...handshake, ...lines])

/** The machine says this once to each who asks. */
function says(bytes: string): void {
  const said = new WeakSet<Socket>()
  target.machine.answer = (socket, requests) => {
    if (requests.length === 0 || said.has(socket)) return
    said.add(socket)
    socket.write(Buffer.from(bytes, 'latin1'))
  }
}

describe('a machine that takes no WebSocket', () => {
  it.each<readonly [string, string]>([
    ['a status below 100', 'HTTP/1.1 099 Early\r\nContent-Length: 0\r\n\r\n'],
    ['status 0', 'HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n'],
    ['a NUL in its reason', 'HTTP/1.1 400 O\0K\r\nContent-Length: 0\r\n\r\n'],
    ['bytes beyond ASCII in its reason', 'HTTP/1.1 400 \xff\xfe\r\nContent-Length: 0\r\n\r\n'],
    ['another protocol', 'HTTP/2.0 400 No\r\nContent-Length: 0\r\n\r\n'],
    ['101 and no upgrade', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['a second answer behind it', 'HTTP/1.1 400 No\r\nContent-Length: 2\r\n\r\nnoHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned'],
    ['a tunnel behind 426', 'HTTP/1.1 426 No\r\nContent-Length: 0\r\n\r\n\x81\x08poisoned'],
    ['interim answers without end', 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'.repeat(5_000)],
    ['no HTTP', '\x81\x05hello'],
  ])('is heard once, and ends nobody: %s', async (_name, bytes) => {
    says(bytes)
    const { heard } = await target.attack(`${ask()}GET /smuggled HTTP/1.1\r\nHost: ${target.host}\r\nCookie: ${target.cookie}\r\n\r\n`, {
      nextMs: 1_500,
    })
    expect([heard.status === 101, /poisoned|\x00|\xff/.test(heard.text), heard.closed]).toEqual([false, false, true])
    expect(heard.text.match(/HTTP\/1\.1 \d{3} /g)?.length).toBe(1)
    for (const bytesSent of target.machine.received()) expect(bytesSent.toString('latin1')).not.toContain('smuggled')
    target.machine.answer = null
    await target.stillAnswersRightly()
  })
})

describe('a handshake', () => {
  it.each<readonly [string, string]>([
    ['POST', 'POST /live HTTP/1.1'],
    ['HEAD', 'HEAD /live HTTP/1.1'],
    ['HTTP/1.0', 'GET /live HTTP/1.0'],
    ['CONNECT', 'CONNECT /live HTTP/1.1'],
  ])('by %s reaches no machine', async (_name, line) => {
    const { heard, requests } = await target.attack(target.request(line, [`Origin: ${target.origin}`, ...handshake]))
    expect([heard.status >= 400, heard.closed, requests]).toEqual([true, true, []])
  })

  it.each<readonly [string, readonly string[]]>([
    ['a subprotocol twice', ['Sec-WebSocket-Protocol: a, a']],
    ['a subprotocol that is no token', ['Sec-WebSocket-Protocol: a b']],
    ['a subprotocol with a quote', ['Sec-WebSocket-Protocol: "a']],
  ])('with %s is refused', async (_name, lines) => {
    const { heard, requests } = await target.attack(ask(...lines))
    expect([heard.status, heard.closed, requests]).toEqual([400, true, []])
  })

  it('with parameters of an extension without end is answered at once (CVE-2020-7662)', async () => {
    says(agreed)
    const odd = `Sec-WebSocket-Extensions: permessage-deflate${'; b="\\c'.repeat(1_500)}`
    const { heard } = await target.attack(ask(odd), { firstMs: 3_000 })
    expect([101, 400, 502]).toContain(heard.status)
    await target.nobodyElseHarmed()
  })

  it('whose yes comes with frames behind it gives the browser both, and nothing else', async () => {
    const live = await openWebSocket(target, [], agreed + text('first', false).toString('latin1'))
    await vi.waitFor(() => expect(live.toBrowser().equals(text('first', false))).toBe(true))
  })
})

describe('compression', () => {
  const bits = (fin: boolean, reserved: number, code: number, masked: boolean) =>
    frame({ opcode: code, payload: Buffer.from('x'), masked, fin, reserved })

  it('that both agreed on passes as it is: nobody unpacks it', async () => {
    const before = await target.gatewayMiB()
    const live = await openWebSocket(target, [offered], compressed)
    const bomb = frame({ opcode: opcode.binary, payload: Buffer.alloc(500_000), masked: false, reserved: 4 })
    live.machine.write(bomb)
    await vi.waitFor(() => expect(live.bytesToBrowser()).toBe(bomb.length))
    expect((await target.gatewayMiB()) - before).toBeLessThan(64)
  })

  it.each<readonly [string, () => Buffer]>([
    ['of a Ping', () => bits(true, 4, opcode.ping, true)],
    ['of a Close', () => bits(true, 4, opcode.close, true)],
    ['of a continuation', () => Buffer.concat([bits(false, 4, opcode.text, true), bits(true, 4, opcode.continuation, true)])],
    ['with another bit', () => bits(true, 6, opcode.text, true)],
  ])('%s ends the WebSocket', async (_name, bytes) => {
    const live = await openWebSocket(target, [offered], compressed)
    live.browser.write(bytes())
    await vi.waitFor(() => expect(isOver(live)).toBe(true))
  })

  it.each([
    'permessage-deflate; server_max_window_bits=99999',
    'permessage-deflate, permessage-deflate',
    'permessage-deflate; x="a',
    'x-webkit-deflate-frame',
  ])('is not agreed where the machine says %j', async (extension) => {
    says(switching(`Sec-WebSocket-Accept: ${accept}`, `Sec-WebSocket-Extensions: ${extension}`))
    const { heard } = await target.attack(ask(offered), { firstMs: 3_000 })
    expect(heard.status).toBe(502)
  })
})

describe('a Close', () => {
  const close = (payload: Buffer, masked: boolean): Buffer => frame({ opcode: opcode.close, payload, masked })
  it.each<readonly [string, () => Buffer]>([
    ['a message', () => text('after', true)],
    ['a Ping', () => frame({ opcode: opcode.ping, payload: Buffer.from('after'), masked: true })],
    ['another Close', () => close(Buffer.from([3, 0xe8]), true)],
    ['HTTP', () => Buffer.from(target.request('GET /smuggled HTTP/1.1'))],
  ])('is the last thing that the machine gets: not %s', async (_name, after) => {
    const live = await openWebSocket(target)
    const last = close(Buffer.from([3, 0xe8]), true)
    live.browser.write(last)
    await vi.waitFor(() => expect(live.toMachine().equals(last)).toBe(true))
    live.browser.write(after())
    await vi.waitFor(() => expect(isOver(live)).toBe(true))
    expect(live.toMachine().equals(last)).toBe(true)
  })

  it.each([[[3, 0xed]], [[3, 0xee]], [[0, 0]], [[0xff, 0xff]], [[3, 0xe8, 0xc3, 0x28]]])(
    'with the bytes %j harms nobody',
    async (bytes) => {
      const live = await openWebSocket(target)
      live.machine.write(close(Buffer.from(bytes), false))
      live.machine.end()
      await vi.waitFor(() => expect(isOver(live)).toBe(true))
      target.machine.answer = null
      await target.stillAnswersRightly()
    },
  )
})

describe('pieces', () => {
  it('that are empty, a hundred thousand of them, cost no memory and nobody else', async () => {
    const before = await target.gatewayMiB()
    const live = await openWebSocket(target)
    const empty = (code: number, fin: boolean): Buffer => frame({ opcode: code, payload: Buffer.alloc(0), masked: true, fin })
    const piece = Buffer.concat(Array.from({ length: 1_000 }, () => empty(opcode.continuation, false)))
    live.browser.write(empty(opcode.text, false))
    for (let sent = 0; sent < 100; sent += 1) if (!live.browser.write(piece)) await once(live.browser, 'drain')
    live.browser.write(empty(opcode.continuation, true))
    await vi.waitFor(() => expect(live.toMachine().length).toBe(100_002 * 6))
    expect((await target.gatewayMiB()) - before).toBeLessThan(64)
    await target.nobodyElseHarmed()
  })

  it('that stop in the middle hold up nobody, and go on when they go on', async () => {
    const whole = frame({ opcode: opcode.text, payload: Buffer.from('half and half'), masked: true })
    const live = await openWebSocket(target)
    live.browser.write(whole.subarray(0, 9))
    await vi.waitFor(() => expect(live.toMachine().length).toBe(9))
    await target.nobodyElseHarmed()
    live.browser.write(whole.subarray(9))
    await vi.waitFor(() => expect(live.toMachine().equals(whole)).toBe(true))
  })

  it.each<readonly [string, number]>([
    ['its length', 1],
    ['its mask', 4],
    ['its payload', 8],
  ])('that end before %s are torn: the machine sees no whole frame', async (_name, at) => {
    const live = await openWebSocket(target)
    live.browser.end(text('torn', true).subarray(0, at))
    await vi.waitFor(() => expect(isOver(live)).toBe(true))
    expect(live.toMachine().length).toBeLessThanOrEqual(at)
  })
})

describe('after all that', () => {
  it('nobody else was harmed', () => target.nobodyElseHarmed())
})
