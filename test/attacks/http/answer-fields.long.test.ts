import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startTarget, type Heard, type Target } from '../target.ts'

/*
 * What a hostile machine says to the browser in our name, and what it costs (security.md 3.3 and E5: cookie tossing between sibling origins, `__Host-`,
 * Clear-Site-Data; RFC 6265bis sections 5.4 to 5.7 with its nameless cookies; CWE-601; CWE-409; RFC 9112 sections 4 and 7.1.2).
 */

let target: Target
beforeAll(async () => {
  target = await startTarget()
})
afterAll(() => target[Symbol.asyncDispose]())
afterEach(() => {
  target.machine.answer = null
  target.machine.greeting = null
})

const ok = (...lines: readonly string[]): string => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n')
const fieldsOf = ({ text }: Heard): string[] => text.slice(0, text.indexOf('\r\n\r\n')).split('\r\n').slice(1)
const named = (heard: Heard, name: string): string[] =>
  fieldsOf(heard).flatMap((line) => (line.toLowerCase().startsWith(`${name}:`) ? [line.slice(name.length + 1).trim()] : []))

async function answered(bytes: string, method = 'GET'): Promise<Heard> {
  const said = new WeakSet<Socket>()
  target.machine.answer = (socket, requests) => {
    if (requests.length === 0 || said.has(socket)) return
    said.add(socket)
    socket.write(Buffer.from(bytes, 'latin1'))
  }
  const { heard } = await target.attack(target.request(`${method} /page HTTP/1.1`, ['Connection: close']), { firstMs: 6_000 })
  target.machine.answer = null
  return heard
}

describe('a cookie of the machine', () => {
  it.each([
    '__Host-sallyport=x; Path=/; Secure',
    '__host-SALLYPORT=x; Path=/; Secure',
    '=__Host-sallyport=x; Path=/; Secure',
    '__Host-sallyport',
    ' __Host-sallyport=x; Secure; Path=/',
    '\t__Host-sallyport=x; Secure; Path=/',
    '__Host-sallyport-sign-in=x; Secure; Path=/',
    '__Secure-sallyport=x; Secure',
    'a,__Host-sallyport=x',
    'a=1\x0b; __Host-sallyport=x',
    '"__Host-sallyport"=x',
  ])('%j is none of ours', async (cookie) => {
    const set = named(await answered(ok('Content-Length: 0', `Set-Cookie: ${cookie}`)), 'set-cookie')
    // A reader that takes the nameless form apart at its second sign would see ours.
    for (const value of set) expect(value).not.toMatch(/^[=\s"]*__(?:host|secure)-sallyport/i)
  })

  it.each([
    'sid=1; Domain=machines.localhost',
    'sid=1; domain=.machines.localhost; Path=/',
    'sid=1; DOMAIN = localhost',
    'sid=1;Domain=machines.localhost;Domain=',
    'sid=1; Domain',
    'sid=1; \tDomain=machines.localhost',
  ])('%j stays with its own origin', async (cookie) => {
    const [set = '', ...more] = named(await answered(ok('Content-Length: 0', `Set-Cookie: ${cookie}`)), 'set-cookie')
    expect([set.startsWith('sid=1'), /domain/i.test(set), more]).toEqual([true, false, []])
  })
})

describe('a field of the machine', () => {
  it.each(['"*"', '"cookies"', '"cookies", "*"', '"COOKIES"', '"cache", "cookies"', '"cookies" ,"storage"', 'cookies', '*'])(
    'Clear-Site-Data: %s clears nothing of anybody else',
    async (value) => {
      for (const types of named(await answered(ok('Content-Length: 0', `Clear-Site-Data: ${value}`)), 'clear-site-data'))
        expect(types).not.toMatch(/cookies|\*/i)
    },
  )

  it.each([
    '/page',
    '/page#x',
    'page',
    '?x',
    '',
    '//evil.example',
    'https://evil.example/',
    'javascript:alert(1)',
    '/\\evil.example',
    '/x\ty',
  ])('Location: %j is followed by nobody but the browser', async (location) => {
    const heard = await answered(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`)
    expect([heard.status, target.machine.requests().length]).toEqual([302, 1])
  })

  it.each(['GET', 'HEAD'])('that stands in a trailer reaches nobody (%s)', async (method) => {
    const trailers = 'Set-Cookie: late=1\r\nContent-Length: 0\r\nLocation: //evil.example\r\nSallyport-Agent-Error: no_approval\r\n'
    const heard = await answered(
      `${ok('Transfer-Encoding: chunked', 'Trailer: Set-Cookie, Location')}3\r\nabc\r\n0\r\n${trailers}\r\n`,
      method,
    )
    expect([heard.status, /late=1|evil\.example|no_approval/.test(heard.text)]).toEqual([200, false])
    await target.stillAnswersRightly()
  })

  it('named in Connection takes no length from under the answer', async () => {
    const heard = await answered(`${ok('Content-Length: 3', 'Connection: content-length, transfer-encoding, date')}abc`)
    expect([heard.status, heard.text.endsWith('\r\n\r\nabc'), named(heard, 'content-length')]).toEqual([200, true, ['3']])
    await target.stillAnswersRightly()
  })
})

describe('a status', () => {
  it.each([200, 204, 205, 226, 299, 304, 399, 407, 421, 444, 499, 511, 599])('%i has one end', async (status) => {
    const heard = await answered(`HTTP/1.1 ${status} X\r\nContent-Length: 3\r\n\r\nabc`)
    expect(heard.closed && heard.text.match(/HTTP\/1\.1 \d{3} /g)?.length).toBe(1)
    for (let round = 0; round < 2; round += 1) await target.stillAnswersRightly()
  })

  it.each(['600', '999', '1000', '20', '2x0', '-200', '+200', ' 200', ''])(
    '%j is a page of ours, or what it says; nobody is confused',
    async (status) => {
      const heard = await answered(`HTTP/1.1 ${status} X\r\nContent-Length: 3\r\n\r\nabc`)
      expect([502, Number(status)]).toContain(heard.status)
      await target.stillAnswersRightly()
    },
  )

  it.each(['O\x00K', 'OK\rX-Split: 1', 'OK\nX-Split: 1', '\xff\xfe', 'a'.repeat(100_000)])(
    'with the reason %j says nothing of it',
    async (reason) => {
      const heard = await answered(`HTTP/1.1 200 ${reason}\r\nContent-Length: 0\r\n\r\n`)
      expect([200, 502]).toContain(heard.status)
      expect(heard.text).not.toMatch(/x-split|\x00|\xff|a{1000}/i)
      await target.stillAnswersRightly()
    },
  )
})

describe('an answer before the question', () => {
  const early = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly'
  it('is at most the one to it: nothing is left for the next one', async () => {
    target.machine.forget()
    target.machine.greeting = early.repeat(3)
    const { heard } = await target.attack(target.request('GET /first HTTP/1.1', ['Connection: close']))
    expect([heard.text.match(/HTTP\/1\.1 \d{3} /g)?.length, heard.text.match(/early/g)?.length ?? 0].every((n) => (n ?? 2) <= 1)).toBe(true)
    target.machine.greeting = null
    target.machine.forget()
    for (let round = 0; round < 3; round += 1) await target.stillAnswersRightly()
  })
})

describe('what costs memory', () => {
  it.each<readonly [string, string, string]>([
    ['a head without end', 'HTTP/1.1 200 OK\r\n', `X: ${'a'.repeat(1_000)}\r\n`],
    ['a status line without end', 'HTTP/1.1 200 ', 'a'.repeat(1_000)],
    ['a chunk extension without end', `${ok('Transfer-Encoding: chunked')}3;`, 'a'.repeat(1_000)],
    ['trailers without end', `${ok('Transfer-Encoding: chunked')}0\r\n`, `X: ${'a'.repeat(1_000)}\r\n`],
  ])('is ended: %s', async (_name, begin, piece) => {
    const before = await target.gatewayMiB()
    let taken = 0
    target.machine.answer = (socket, requests) => {
      if (requests.length === 0) return
      target.machine.answer = () => {}
      socket.write(begin)
      const more = (): void => {
        while (!socket.destroyed && taken < 256 * 1024 * 1024) {
          taken += piece.length * 64
          if (!socket.write(piece.repeat(64))) return void socket.once('drain', more)
        }
      }
      more()
    }
    const { heard } = await target.attack(target.request('GET /page HTTP/1.1', ['Connection: close']), { firstMs: 6_000, nextMs: 6_000 })
    expect([heard.closed, taken < 64 * 1024 * 1024, heard.text.endsWith('\r\n0\r\n\r\n')]).toEqual([true, true, false])
    expect((await target.gatewayMiB()) - before).toBeLessThan(64)
    target.machine.answer = null
    await target.stillAnswersRightly()
  })

  it('is not a size of a chunk without end, which is read for ever: it ends with its browser', async () => {
    const before = await target.gatewayMiB()
    target.machine.forget()
    target.machine.answer = (socket, requests) => {
      if (requests.length === 0) return
      target.machine.answer = () => {}
      socket.write(ok('Transfer-Encoding: chunked'))
      const more = (): void => void (socket.destroyed || socket.write('0'.repeat(10_000), () => setImmediate(more)))
      more()
    }
    const leaving = target.raw(target.request('GET /zeros HTTP/1.1'), { firstMs: 1_500 })
    await target.nobodyElseHarmed()
    await leaving
    await expect.poll(() => target.machine.open.size).toBe(0)
    expect((await target.gatewayMiB()) - before).toBeLessThan(64)
    target.machine.answer = null
    await target.stillAnswersRightly()
  })

  it('is not a body without end that nobody reads: the machine is held back', async () => {
    const before = await target.gatewayMiB()
    let [sent, held] = [0, false]
    target.machine.forget()
    target.machine.answer = (socket, requests) => {
      if (requests.length === 0) return
      target.machine.answer = () => {}
      socket.write(ok('Transfer-Encoding: chunked'))
      const piece = Buffer.from(`10000\r\n${'a'.repeat(65_536)}\r\n`)
      const more = (): void => {
        held = false
        while (!socket.destroyed) {
          sent += piece.length
          if (socket.write(piece)) continue
          held = true
          return void socket.once('drain', more)
        }
      }
      more()
    }
    const browser = connect({ host: '127.0.0.1', port: Number(target.portal.port) })
    browser.on('error', () => {}).write(target.request('GET /endless HTTP/1.1'))
    await once(browser, 'readable')
    // It stands still when nothing more was taken over a while in which somebody else was served.
    let last = -1
    await expect
      .poll(async () => {
        const now = sent
        await target.nobodyElseHarmed()
        const still = held && now === last && sent === now
        last = sent
        return still
      })
      .toBe(true)
    expect([sent < 64 * 1024 * 1024, (await target.gatewayMiB()) - before < 64]).toEqual([true, true])
    browser.destroy()
    target.machine.answer = null
    await target.stillAnswersRightly()
  })

  it('is not what it would be unpacked: compressed bytes pass as they are', async () => {
    const before = await target.gatewayMiB()
    const packed = Buffer.alloc(100_000, 7).toString('latin1')
    const heard = await answered(ok('Content-Encoding: gzip, br, gzip', `Content-Length: ${packed.length}`) + packed)
    expect([heard.status, heard.text.endsWith(packed)]).toEqual([200, true])
    expect((await target.gatewayMiB()) - before).toBeLessThan(64)
  })
})

describe('after all that', () => {
  it('nobody else was harmed', () => target.nobodyElseHarmed())
})
