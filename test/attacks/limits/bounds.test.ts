import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { defaultAccessLimits } from '../../../gateway/proxy/access-settings.ts'
import { maxWaiting } from '../../../gateway/front/in-turn.ts'
import { startTarget, type Target } from '../target.ts'

/* Each bound of docs/limits.md that one technician, or a stranger, can run into at the public port: at it, and past it (CWE-770, CWE-400; security.md E11, R16). */

let target: Target
const opened: Socket[] = []
beforeAll(async () => {
  target = await startTarget()
})
afterAll(() => target[Symbol.asyncDispose]())
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy()
  target.machine.answer = null
  target.machine.forget()
  await target.nobodyElseHarmed()
})

/** A connection that stays: what it has heard so far. */
function begin(bytes: string): { readonly socket: Socket; heard(): string } {
  const socket = connect({ host: '127.0.0.1', port: Number(target.portal.port) })
  opened.push(socket)
  let text = ''
  socket.on('error', () => {}).on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
  socket.write(Buffer.from(bytes, 'latin1'))
  return { socket, heard: () => text }
}
const page = (path: string, lines: readonly string[] = ['Connection: close']): string => target.request(`GET ${path} HTTP/1.1`, lines)
const portal = (line: string, lines: readonly string[], body = ''): string =>
  `${[line, `Host: ${target.portal.host}`, ...lines, '', ''].join('\r\n')}${body}`

describe('of one request', () => {
  const { maxTargetBytes, maxHeaderBytes, maxHeaderPairs } = defaultAccessLimits

  it(`a path of ${maxTargetBytes} bytes passes, one more is refused by its name`, async () => {
    expect((await target.attack(page(`/${'a'.repeat(maxTargetBytes - 1)}`))).heard.status).toBe(200)
    const { heard, requests } = await target.attack(
      page(`/${'a'.repeat(maxTargetBytes)}`, ['Connection: close', 'Accept: application/json']),
    )
    expect([heard.status, requests]).toEqual([414, []])
    expect(heard.text).toContain('target_too_long')
  })

  it(`a head of ${maxHeaderBytes} bytes passes, one that is longer is refused`, async () => {
    const padded = (bytes: number): string => page('/padded', [`X: ${'a'.repeat(bytes)}`, 'Connection: close'])
    expect((await target.attack(padded(maxHeaderBytes - 1_024))).heard.status).toBe(200)
    const { heard, requests } = await target.attack(padded(maxHeaderBytes))
    expect([heard.status, heard.closed, requests]).toEqual([431, true, []])
  })

  it(`${maxHeaderPairs} fields pass, more are refused`, async () => {
    const fields = (count: number): string[] => [...Array.from({ length: count }, (_, n) => `X-${n}: y`), 'Connection: close']
    expect((await target.attack(page('/fields', fields(maxHeaderPairs - 8)))).heard.status).toBe(200)
    const { heard, requests } = await target.attack(page('/fields', fields(maxHeaderPairs + 8)))
    expect([heard.status, requests]).toEqual([431, []])
  })
})

describe('of one connection', () => {
  it(`${maxWaiting} requests may wait behind the one that is being answered, one more ends it`, async () => {
    target.machine.answer = () => {}
    const ask = (count: number): string => Array.from({ length: count }, (_, n) => page(`/wait/${n}`, [])).join('')
    const at = begin(ask(1 + maxWaiting))
    await expect.poll(() => target.machine.open.size).toBeGreaterThan(0)
    expect(at.socket.destroyed).toBe(false)
    const past = begin(ask(1 + maxWaiting + 1))
    await vi.waitFor(() => expect(past.socket.closed).toBe(true))
    expect(at.socket.destroyed).toBe(false)
  })

  it('a head that comes byte by byte is given up, and so is a connection that says nothing', async () => {
    const slow = begin('GET /slow HTTP/1.1\r\n')
    const drip = setInterval(() => slow.socket.write('X'), 500)
    const silent = Array.from({ length: 200 }, () => begin(''))
    await target.nobodyElseHarmed()
    // `headersTimeout` of 10 s, looked for each 5 s.
    await vi.waitFor(() => expect(slow.socket.closed).toBe(true), { timeout: 25_000 })
    clearInterval(drip)
    await vi.waitFor(() => expect(silent.filter(({ socket }) => !socket.closed)).toHaveLength(0), { timeout: 15_000 })
  })
})

describe('of one session', () => {
  const { maxConcurrentRequests, maxWebSockets } = defaultAccessLimits

  it(`${maxConcurrentRequests} requests at once pass, the next one is told so, and there is room again when one is over`, async () => {
    target.machine.answer = () => {}
    const held = Array.from({ length: maxConcurrentRequests }, (_, n) => begin(page(`/held/${n}`)))
    await expect.poll(() => target.machine.requests().length).toBe(maxConcurrentRequests)
    const past = await target.raw(page('/one-more', ['Accept: application/json', 'Connection: close']))
    expect([past.status, past.text.includes('too_many_requests')]).toEqual([429, true])
    held[0]?.socket.destroy()
    await expect.poll(async () => (await target.raw(page('/again'), { firstMs: 300 })).status).not.toBe(429)
  })

  it(`${maxWebSockets} WebSockets at once pass, the next one is told so`, async () => {
    target.machine.answer = () => {}
    const handshake = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ]
    const ask = (n: number): string => page(`/socket/${n}`, [`Origin: ${target.origin}`, 'Accept: application/json', ...handshake])
    for (let n = 0; n < maxWebSockets; n += 1) begin(ask(n))
    await expect.poll(() => target.machine.requests().length).toBe(maxWebSockets)
    const past = await target.raw(ask(maxWebSockets))
    expect(past.status, past.text).toBe(429)
    expect(past.text).toContain('too_many_websockets')
  })
})

describe('before anybody has signed in', () => {
  const length = 1024 * 1024 * 1024
  it('a body of a gigabyte is refused by its length, and read by nobody (GHSA-q8g9-jc4c-jp6q)', async () => {
    const json = ['Content-Type: application/json', `Content-Length: ${length}`]
    for (const path of ['/api/v1/sessions', '/api/v1/command-line/token', '/nowhere']) {
      const heard = await target.raw(portal(`POST ${path} HTTP/1.1`, json))
      expect([401, 403, 404, 413], `${path} ${heard.text}`).toContain(heard.status)
    }
  })

  it('a body without a length is read up to its bound and no further', async () => {
    const before = await target.gatewayMiB()
    const chunk = `10000\r\n${'a'.repeat(65_536)}\r\n`
    const { socket, heard } = begin(
      portal('POST /api/v1/sessions HTTP/1.1', ['Content-Type: application/json', 'Transfer-Encoding: chunked']),
    )
    for (let sent = 0; sent < 512 && !socket.destroyed; sent += 1) {
      if (!socket.write(chunk)) await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve).once('end', resolve))
      if (socket.readableEnded) break
    }
    // The connection is cut behind the answer, and a reset may overtake it on its way to whoever goes on sending.
    await vi.waitFor(() => expect(socket.closed || heard() !== '').toBe(true))
    if (heard() !== '') expect(heard()).toMatch(/^HTTP\/1\.1 (401|403|413)/)
    expect((await target.gatewayMiB()) - before).toBeLessThan(64)
  })
})
