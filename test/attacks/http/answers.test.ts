import type { Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startTarget, type Heard, type Target } from '../target.ts'

/*
 * What a hostile machine answers (security.md E4, E5 and 3.3; Node CVE-2026-48931, an answer that waits in the Agent for the next one; response splitting,
 * CWE-113; RFC 9110 section 15.2 on 1xx, RFC 9112 section 6.3 on lengths).
 */

let target: Target
beforeAll(async () => {
  target = await startTarget()
})
afterAll(() => target[Symbol.asyncDispose]())
afterEach(() => {
  target.machine.answer = null
})

/** Asks for a page; the machine says these bytes when it has the whole request, and closes where it is told to. */
async function answered(
  bytes: string | readonly string[],
  options: { readonly method?: string; readonly closes?: boolean } = {},
): Promise<Heard> {
  const said = new WeakSet<Socket>()
  target.machine.answer = (socket, requests) => {
    if (requests.length === 0 || said.has(socket)) return
    said.add(socket)
    for (const piece of typeof bytes === 'string' ? [bytes] : bytes) socket.write(Buffer.from(piece, 'latin1'))
    if (options.closes === true) socket.end()
  }
  const { heard } = await target.attack(target.request(`${options.method ?? 'GET'} /page HTTP/1.1`, ['Connection: close']), {
    firstMs: 6_000,
  })
  target.machine.answer = null
  return heard
}
const ok = (...lines: readonly string[]): string => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n')
const statusLines = (text: string): number => text.match(/HTTP\/1\.1 \d{3} /g)?.length ?? 0

describe('an answer that could be read in two ways', () => {
  it.each<readonly [string, string]>([
    ['two lengths', `${ok('Content-Length: 3', 'Content-Length: 5')}abcde`],
    ['a list of lengths', `${ok('Content-Length: 3, 3')}abc`],
    ['a length and a coding', `${ok('Content-Length: 3', 'Transfer-Encoding: chunked')}3\r\nabc\r\n0\r\n\r\n`],
    ['a length with a sign', `${ok('Content-Length: +3')}abc`],
    ['a negative length', `${ok('Content-Length: -3')}abc`],
    ['a space before the colon', `${ok('Content-Length : 3')}abc`],
    ['a bare LF in a field', `${ok('X: y\nContent-Length: 3')}abc`],
    ['a bare CR in a field', `${ok('X: y\rContent-Length: 3')}abc`],
    ['a NUL in a field', `${ok('X: y\0', 'Content-Length: 3')}abc`],
    ['a folded field', `${ok('X: y\r\n z', 'Content-Length: 3')}abc`],
    ['a field without a colon', `${ok('Nothing', 'Content-Length: 3')}abc`],
    ['status 0', 'HTTP/1.1 0 Zero\r\nContent-Length: 0\r\n\r\n'],
    ['status 99', 'HTTP/1.1 099 Early\r\nContent-Length: 0\r\n\r\n'],
    ['four digits', 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n'],
    ['another protocol', 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a TLS alert', '\x15\x03\x01\x00\x02\x02\x28'],
    [
      '101 that nobody asked for',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nGET / HTTP/1.1\r\n\r\n',
    ],
    ['an upgrade to h2c', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nPRI * HTTP/2.0\r\n\r\n'],
    ['a head of a megabyte', ok(`X: ${'a'.repeat(1_000_000)}`, 'Content-Length: 0')],
    ['ten thousand fields', ok(...Array.from({ length: 10_000 }, (_, n) => `X-${n}: y`), 'Content-Length: 0')],
  ])('becomes a page of ours, and nothing of it reaches the browser: %s', async (_name, bytes) => {
    const heard = await answered(bytes, { closes: true })
    expect([heard.status, statusLines(heard.text)], heard.text.slice(0, 300)).toEqual([502, 1])
    await target.stillAnswersRightly()
  })

  it.each<readonly [string, string]>([
    ['a chunk that is longer than its size', `${ok('Transfer-Encoding: chunked')}3\r\nabcdef\r\n0\r\n\r\n`],
    ['a size that overflows', `${ok('Transfer-Encoding: chunked')}3\r\nabc\r\n10000000000000003\r\nabc\r\n0\r\n\r\n`],
    ['an LF in a chunk extension', `${ok('Transfer-Encoding: chunked')}3;\nx\r\nabc\r\n0\r\n\r\n`],
    ['a body that is shorter than its length', `${ok('Content-Length: 50')}abc`],
    ['chunks without an end', `${ok('Transfer-Encoding: chunked')}3\r\nabc\r\n`],
  ])('never looks whole where its body is torn: %s', async (_name, bytes) => {
    const heard = await answered(bytes, { closes: true })
    const whole = heard.text.endsWith('\r\n0\r\n\r\n') || /Content-Length: 3\r\n/i.test(heard.text)
    expect([heard.closed, heard.status === 200 && whole], heard.text).toEqual([true, false])
    await target.stillAnswersRightly()
  })
})

describe('an answer that is more than one', () => {
  const second = 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\nX-Poison: yes\r\n\r\npoisoned'
  it.each<readonly [string, string | readonly string[]]>([
    ['a second one behind it (CVE-2026-48931)', `${ok('Content-Length: 3')}abc${second}`],
    ['a second one a moment later', [`${ok('Content-Length: 3')}abc`, second]],
    ['a second one behind a 204', `HTTP/1.1 204 No Content\r\n\r\n${second}`],
    ['a second one behind a 304', `HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n${second}`],
    ['more bytes than its length', `${ok('Content-Length: 3')}abcdef`],
    ['a body to a 204', 'HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc'],
  ])('gives the next one who asks only his own: %s', async (_name, bytes) => {
    const heard = await answered(bytes)
    expect(heard.text).not.toContain('poisoned')
    expect(statusLines(heard.text)).toBe(1)
    for (let round = 0; round < 3; round += 1) await target.stillAnswersRightly()
  })

  it('is not the one to a HEAD whose body came nevertheless', async () => {
    const heard = await answered(`${ok('Content-Length: 3')}abc${second}`, { method: 'HEAD' })
    expect([statusLines(heard.text), heard.text.includes('poisoned'), heard.text.endsWith('\r\n\r\n')]).toEqual([1, false, true])
    for (let round = 0; round < 3; round += 1) await target.stillAnswersRightly()
  })

  it('is not one that was sent before anybody asked', async () => {
    let sent = 0
    target.machine.answer = (socket, requests) => {
      if (requests.length > 0 && sent++ === 0) socket.write(`${ok('Content-Length: 3')}abc`)
    }
    await target.attack(target.request('GET /first HTTP/1.1'), { firstMs: 4_000 })
    for (const socket of target.machine.open) socket.write(second)
    target.machine.answer = null
    for (let round = 0; round < 3; round += 1) await target.stillAnswersRightly()
  })
})

describe('interim answers', () => {
  const early = 'HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\nSet-Cookie: early=1\r\n\r\n'
  it('do not reach the browser', async () => {
    const heard = await answered(`HTTP/1.1 100 Continue\r\n\r\n${early}${ok('Content-Length: 3')}abc`)
    expect([heard.status, heard.text.endsWith('abc'), /103|early/i.test(heard.text)]).toEqual([200, true, false])
  })

  it('without end are ended', async () => {
    const before = await target.gatewayMiB()
    const heard = await answered(early.repeat(20_000))
    expect([heard.status, statusLines(heard.text)]).toEqual([502, 1])
    expect((await target.gatewayMiB()) - before).toBeLessThan(64)
    await target.stillAnswersRightly()
  })
})

describe('fields of an answer', () => {
  it('that tell the browser about other origins, or speak for us, do not reach it', async () => {
    const heard = await answered(
      ok(
        'Content-Length: 0',
        'Set-Cookie: wide=1; Domain=machines.localhost',
        'Set-Cookie: __Host-sallyport=stolen; Path=/; Secure',
        'Set-Cookie: sid=1; Path=/; HttpOnly',
        'Strict-Transport-Security: max-age=31536000; includeSubDomains; preload',
        'Clear-Site-Data: "*"',
        'Alt-Svc: h3="evil.example:443"',
        'Sallyport-Agent-Error: service_unreachable',
        'sallyport_agent_error: no_approval',
        'Proxy-Authenticate: Basic',
        'Connection: close, X-Hop',
        'X-Hop: 1',
        'Keep-Alive: timeout=1000',
        'Upgrade: h2c',
      ),
    )
    expect(heard.status).toBe(200)
    const fields = heard.text.toLowerCase()
    for (const gone of [
      'domain=',
      '__host-sallyport=stolen',
      'includesubdomains',
      'alt-svc',
      'sallyport-agent',
      'sallyport_agent',
      'proxy-auth',
      'x-hop',
      'h2c',
    ])
      expect(fields, gone).not.toContain(gone)
    expect(fields).toContain('set-cookie: sid=1')
  })

  it('lead nobody to the machine by the name that only the agent knows', async () => {
    const own = `http://127.0.0.1:${target.machine.port}`
    const heard = await answered(`HTTP/1.1 302 Found\r\nLocation: ${own}/next\r\nContent-Length: 0\r\n\r\n`)
    expect(heard.text).toMatch(/location: \/next\r\n/i)
    const split = await answered(`HTTP/1.1 302 Found\r\nLocation: /x%0d%0aSet-Cookie:%20a=b\r\nContent-Length: 0\r\n\r\n`)
    expect(split.text).not.toMatch(/^set-cookie/im)
  })
})

describe('an answer that takes its time', () => {
  it('to nobody: a machine that keeps silent, or dribbles, harms nobody else', async () => {
    target.machine.answer = () => {}
    const silent = Array.from({ length: 20 }, (_, n) => target.raw(target.request(`GET /never/${n} HTTP/1.1`), { firstMs: 1_500 }))
    await target.nobodyElseHarmed()
    for (const heard of await Promise.all(silent)) expect(heard.text).toBe('')
    target.machine.answer = null
    await target.stillAnswersRightly()
  })
})

describe('after all that', () => {
  it('nobody else was harmed', () => target.nobodyElseHarmed())
})
