import type { ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../basics/clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { rawBrowser } from '../proxy/testing/raw-browser.ts'
import { maxHeaderFields } from './check-request.ts'
import { maxWaiting } from './in-turn.ts'
import { startFront, type Front, type FrontHandler } from './start-front.ts'

/** Paths that were handed on, and answers that a test gives itself. */
const atWork: string[] = []
const held: ServerResponse[] = []

const portal: FrontHandler = {
  handles: (host) => host === 'portal.test:8080',
  request: (request, response) => {
    atWork.push(request.url ?? '')
    if (request.url?.startsWith('/waits') === true) held.push(response)
    else response.end(`portal ${request.url}`)
  },
}
const machines: FrontHandler = {
  handles: (host) => host === 'machine.test',
  request: (_request, response) => void response.end('machine'),
  upgrade: (_request, socket) => void socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nup'),
}
const broken: FrontHandler = {
  handles: (host) => host === 'broken.test',
  request: () => {
    throw new TypeError('a mistake of ours')
  },
}

const upgradeOf = (host: string): string => `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`

/** More than any test opens. */
const limits = { connections: 1_000, connectionsPerAddress: 1_000 }

/** Bounds that the log names. */
const named: unknown[] = []
const logger = { ...silentLogger, warn: (fields: object) => void named.push('bound' in fields ? fields.bound : fields) }

let front: Front
beforeAll(async () => {
  front = await startFront({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    limits,
    handlers: [portal, machines, broken],
    clock: systemClock,
    logger,
  })
})
afterAll(() => front.close())

/** Sends exactly these bytes; everything that came until the end of the connection. */
async function exchange(bytes: string): Promise<string> {
  const browser = await rawBrowser(front.address.port)
  browser.send(Buffer.from(bytes, 'latin1'))
  return browser.closed()
}

const get = (target: string, ...headers: string[]): Promise<string> =>
  exchange([`GET ${target} HTTP/1.1`, ...headers, 'Connection: close', '', ''].join('\r\n'))

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1])

describe('the public port', () => {
  it('hands a request to whoever serves the name', async () => {
    expect(await get('/a?b', 'Host: portal.test:8080')).toMatch(/portal \/a\?b$/)
    expect(await get('/', 'Host: machine.test')).toMatch(/machine$/)
  })

  it.each([
    ['another name', 'evil.test'],
    ['the right name without its port', 'portal.test'],
    ['another port', 'portal.test:80'],
    ['a dot at the end', 'portal.test.:8080'],
    ['another case', 'PORTAL.test:8080'],
    ['a user before it', 'admin@portal.test:8080'],
    ['another name before it', 'portal.test:8080@evil.test'],
    ['nothing', ''],
    ['IPv6', '[::1]:8080'],
    ['IPv6 with a zone', '[fe80::1%25eth0]:8080'],
    ['the address of the gateway', '127.0.0.1:8080'],
    ['an underscore', 'portal_.test:8080'],
    ['a name below', 'x.portal.test:8080'],
    ['a name that ends alike', 'xportal.test:8080'],
    ['two names', 'portal.test:8080, evil.test'],
    ['a name of 8 KB', 'a'.repeat(8_000)],
    ['an ideographic full stop', Buffer.from('portal。test:8080').toString('latin1')],
  ])('serves nobody for %s', async (_what, host) => {
    const answer = await get('/', `Host: ${host}`)
    expect(statusOf(answer)).toBe(421)
    expect(answer).toMatch(/^content-security-policy: default-src 'none'; frame-ancestors 'none'\r$/m)
  })

  it('refuses a request without a name, and one with a control character in it, in the parser', async () => {
    expect(statusOf(await get('/'))).toBe(400)
    expect(statusOf(await get('/', 'Host: portal.test:8080\0'))).toBe(400)
    expect(statusOf(await exchange('GET / HTTP/1.0\r\n\r\n'))).toBe(421)
  })

  it('refuses two names, also where both are the same or the second is hidden by its case', async () => {
    expect(statusOf(await get('/', 'Host: portal.test:8080', 'Host: machine.test'))).toBe(400)
    expect(statusOf(await get('/', 'Host: portal.test:8080', 'hOST: portal.test:8080'))).toBe(400)
  })

  it('takes an absolute address of the same name as its path, and refuses every other one', async () => {
    expect(await get('http://portal.test:8080/a?b', 'Host: portal.test:8080')).toMatch(/portal \/a\?b$/)
    expect(await get('HTTP://portal.test:8080', 'Host: portal.test:8080')).toMatch(/portal \/$/)
    expect(await get('http://portal.test:8080?q', 'Host: portal.test:8080')).toMatch(/portal \/\?q$/)
    for (const target of [
      'http://machine.test/',
      'http://u@portal.test:8080/',
      'http://[',
      'ftp://portal.test:8080/',
      'javascript:1',
      '*',
      'a/b',
    ]) {
      expect(statusOf(await get(target, 'Host: portal.test:8080')), target).toBe(400)
    }
  })

  it('survives an error of ours in a handler and serves on', async () => {
    expect(await get('/', 'Host: broken.test')).toBe('')
    expect(statusOf(await get('/', 'Host: portal.test:8080'))).toBe(200)
  })

  it('refuses framing that two readers could read differently', async () => {
    const post = (...headers: string[]) => exchange(['POST / HTTP/1.1', 'Host: portal.test:8080', ...headers, '', '0', '', ''].join('\r\n'))
    expect(statusOf(await post('Transfer-Encoding: chunked', 'Content-Length: 5'))).toBe(400)
    expect(statusOf(await post('Content-Length: 5', 'Content-Length: 6'))).toBe(400)
    expect(statusOf(await post('Transfer-Encoding: xchunked'))).toBe(400)
    expect(statusOf(await post('Transfer-Encoding: chunked, identity'))).toBe(400)
    expect(statusOf(await post('Content-Length: +5'))).toBe(400)
    expect(statusOf(await post('Content-Length : 5'))).toBe(400)
    expect(statusOf(await post('X: a\rb'))).toBe(400)
  })

  it('refuses headers of more than 32 KB', async () => {
    expect(statusOf(await get('/', 'Host: portal.test:8080', `X: ${'a'.repeat(40_000)}`))).toBe(431)
  })
})

describe('a head', () => {
  const fields = (count: number): string[] => Array.from({ length: count }, (_, n) => `X-${n}: y`)

  it(`of ${maxHeaderFields} fields is handed on, of one more refused by its name, also where Node would drop what is too many`, async () => {
    // Host and Connection are two of them.
    expect(statusOf(await get('/', 'Host: portal.test:8080', ...fields(maxHeaderFields - 2)))).toBe(200)
    const tooMany = 'HTTP/1.1 431 '
    for (const count of [maxHeaderFields - 1, 2_500]) {
      const refused = await get('/', 'Host: portal.test:8080', ...fields(count))
      expect(refused.startsWith(tooMany), refused).toBe(true)
      expect(refused).toMatch(/more than 128 fields.*mehr als 128 Felder/s)
    }
    const upgrade = upgradeOf('machine.test').replace('\r\n\r\n', `\r\n${fields(maxHeaderFields).join('\r\n')}\r\n\r\n`)
    expect((await exchange(upgrade)).startsWith(tooMany)).toBe(true)
  })
})

describe('a connection that is no request', () => {
  it('is handed on only where somebody takes upgrades', async () => {
    expect(await exchange(upgradeOf('machine.test'))).toMatch(/^HTTP\/1\.1 101 /)
    expect(statusOf(await exchange(upgradeOf('portal.test:8080')))).toBe(404)
    expect(statusOf(await exchange(upgradeOf('evil.test')))).toBe(404)
    expect(statusOf(await exchange(upgradeOf('machine.test\r\nHost: portal.test:8080')))).toBe(400)
  })

  it('is refused as CONNECT, and let go also by a client that keeps its half open', async () => {
    expect(statusOf(await exchange('CONNECT 10.0.0.1:22 HTTP/1.1\r\nHost: portal.test:8080\r\n\r\n'))).toBe(405)
    const stays = await rawBrowser(front.address.port)
    stays.socket.allowHalfOpen = true
    // Only who goes on writing learns that the other end is gone.
    const insist = (): void => void stays.socket.write('still here', (error) => error ?? setImmediate(insist))
    stays.socket.on('end', insist)
    stays.send('CONNECT 10.0.0.1:22 HTTP/1.1\r\nHost: portal.test:8080\r\n\r\n')
    await stays.closed()
  })

  it.each([
    ['CONNECT', 'CONNECT 10.0.0.1:22 HTTP/1.1\r\nHost: portal.test:8080\r\n\r\n'],
    ['an upgrade', upgradeOf('portal.test:8080')],
  ])('cannot end the gateway by a reset after %s', async (_what, bytes) => {
    // An error that nobody hears ends the process, and so this test.
    for (let round = 0; round < 20; round += 1) {
      const client = await rawBrowser(front.address.port)
      await new Promise<void>((resolve) => client.socket.write(bytes, () => resolve()))
      client.socket.resetAndDestroy()
    }
    expect(statusOf(await get('/', 'Host: portal.test:8080'))).toBe(200)
  })
})

describe('requests that are sent without waiting for answers', () => {
  const one = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: portal.test:8080\r\n\r\n`
  const statuses = (text: string): number[] => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
  const begin = async (bytes: string) => {
    atWork.splice(0)
    held.splice(0)
    const browser = await rawBrowser(front.address.port)
    browser.send(one('/waits') + bytes)
    await vi.waitFor(() => expect(held).toHaveLength(1))
    return { browser, answer: () => held[0]?.end('at last') }
  }

  it('are handed on one after the other', async () => {
    const { browser, answer } = await begin(one('/2') + one('/3'))
    expect(atWork).toEqual(['/waits'])
    answer()
    expect(await browser.until('portal /3')).toMatch(/at last.*portal \/2.*portal \/3/s)
    expect(atWork).toEqual(['/waits', '/2', '/3'])
  })

  it(`lose the connection when more than ${maxWaiting} wait`, async () => {
    const { browser } = await begin(one('/ahead').repeat(maxWaiting + 1))
    expect(await browser.closed()).toBe('')
    expect(named).toEqual(['requests of one connection that wait'])
    expect(atWork).toEqual(['/waits'])
    const { browser: other, answer } = await begin(one('/ahead').repeat(maxWaiting))
    answer()
    await vi.waitFor(() => expect(atWork).toHaveLength(1 + maxWaiting))
    other.socket.destroy()
  })

  it.each([
    ['what cannot be read', 'nonsense\r\n\r\n'],
    ['CONNECT', 'CONNECT 10.0.0.1:22 HTTP/1.1\r\nHost: portal.test:8080\r\n\r\n'],
    ['an upgrade', upgradeOf('portal.test:8080')],
    ['an upgrade that somebody takes', upgradeOf('machine.test')],
  ])('get no answer in the place of one that is owed: %s', async (_what, bytes) => {
    const { browser } = await begin(bytes)
    expect(await browser.closed()).toBe('')
  })

  it('are not read behind an upgrade that is not taken, where the parser would begin in the middle', async () => {
    const h2c = one('/first').replace('\r\n\r\n', '\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n')
    const browser = await rawBrowser(front.address.port)
    browser.send(h2c + one('/second'))
    expect(statuses(await browser.closed())).toEqual([200])
  })
})

it('says which port is taken', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as { port: number }
  const starting = startFront({ host: '127.0.0.1', port, tls: null, limits, handlers: [], clock: systemClock, logger: silentLogger })
  await expect(starting).rejects.toMatchObject({ code: 'EADDRINUSE', port })
  other.close()
})

it('lets what is under way finish when it drains, and closes connections that wait', async () => {
  const { promise: handed, resolve: hand } = Promise.withResolvers<ServerResponse>()
  const slow: FrontHandler = {
    handles: () => true,
    request: ({ url }, response) => (url === '/slow' ? hand(response) : void response.end('at once')),
  }
  const draining = await startFront({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    limits,
    handlers: [slow],
    clock: systemClock,
    logger: silentLogger,
  })
  const idle = await rawBrowser(draining.address.port)
  idle.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await idle.until('at once')
  const busy = await rawBrowser(draining.address.port)
  busy.send('GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  const response = await handed
  const drained = draining.drain()
  await idle.closed()
  response.end('finished')
  expect(await busy.closed()).toMatch(/finished/)
  await drained
  await draining.close()
})
