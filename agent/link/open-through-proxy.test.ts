import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { systemClock } from '../basics/clock.ts'
import { selfSigned } from '../testing/self-signed.ts'
import { createTestAuthority } from '../testing/test-authority.ts'
import type { TestAuthority } from '../testing/test-authority.ts'
import { dialGateway } from './dial-gateway.ts'

let authority: TestAuthority
let folder: string
let proxy: Server
let heads: string[]
const gateway = { host: 'localhost', port: 0 }
let tls: ReturnType<typeof createTlsServer>

beforeAll(async () => {
  authority = createTestAuthority()
  folder = mkdtempSync(join(tmpdir(), 'proxy-'))
  tls = createTlsServer({ ...authority.server(), ALPNProtocols: ['rh2'] }, (socket) => socket.on('error', () => {}).pipe(socket))
  tls.on('tlsClientError', () => {})
  await once(tls.listen(0, '127.0.0.1'), 'listening')
  gateway.port = (tls.address() as AddressInfo).port
})
afterAll(() => {
  tls.close()
  authority.remove()
  rmSync(folder, { recursive: true, force: true })
})
afterEach(() => proxy.close())

/** A proxy by raw bytes: it reads a head, then does as it likes. */
async function listen(answer: (client: Socket) => void): Promise<number> {
  heads = []
  proxy = createServer((client) => {
    client.on('error', () => {})
    client.once('data', (head) => {
      heads.push(head.toString())
      answer(client)
    })
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  return (proxy.address() as AddressInfo).port
}

const carry = (client: Socket): void => {
  const far = connect(gateway.port, '127.0.0.1').on('error', () => {})
  client.pipe(far).pipe(client)
}

function dial(port: number, change: object = {}, clock = systemClock) {
  const own = { tunnel: [gateway], est: [gateway], caFile: authority.caFile, trustDomain: 'x', serverName: null, environmentProxy: null }
  const way = { address: { host: '127.0.0.1', port }, user: null, password: null, ...change }
  return dialGateway({ gateway: { ...own, proxy: way }, target: gateway, clock, alpn: 'rh2' })
}

describe('the way through the proxy of the network', () => {
  it('leads to the gateway, whose certificate is checked as ever, with user and password where they are set', async () => {
    writeFileSync(join(folder, 'password'), 'öffne dich\n')
    const port = await listen((client) => {
      client.write('HTTP/1.1 200 Connection established\r\nX-Proxy: y\r\n\r\n')
      carry(client)
    })
    const socket = await dial(port, { user: 'press', password: { file: join(folder, 'password') } })
    const basic = Buffer.from('press:öffne dich').toString('base64')
    const to = `localhost:${gateway.port}`
    expect(heads).toEqual([`CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\nProxy-Authorization: Basic ${basic}\r\n\r\n`])
    expect(socket.authorized).toBe(true)
    socket.write('ping')
    expect(String((await once(socket, 'data'))[0])).toBe('ping')
    socket.destroy()
  })

  it('is found also where the answer comes byte by byte', async () => {
    const port = await listen((client) => {
      const bytes = Array.from('HTTP/1.0 200\r\n\r\n')
      const next = (): void => {
        const byte = bytes.shift()
        if (byte === undefined) return carry(client)
        client.write(byte, () => setImmediate(next))
      }
      next()
    })
    const socket = await dial(port)
    expect(socket.authorized).toBe(true)
    socket.destroy()
  })

  it.each<[string, string, string]>([
    ['that wants a password', 'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n', 'proxy_wants_password'],
    ['that takes another password', 'HTTP/1.0 401 Unauthorized\r\n\r\n', 'proxy_wants_password'],
    ['that forbids it', 'HTTP/1.1 403 Forbidden\r\n\r\n', 'proxy_refused'],
    ['that says what is no status', 'HTTP/1.1 2000 OK\r\n\r\n', 'proxy_refused'],
    ['that is none', 'SSH-2.0-OpenSSH\r\n\r\n', 'proxy_refused'],
    ['that never ends its answer', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`, 'proxy_unreachable'],
  ])('ends with a word at a proxy %s', async (_what, answer, code) => {
    const port = await listen((client) => client.write(answer))
    await expect(dial(port)).rejects.toMatchObject({ code })
  })

  it('ends with a word at a proxy that is not there, that closes, that breaks TLS off, or whose password is not there', async () => {
    const port = await listen((client) => client.end())
    await expect(dial(port)).rejects.toMatchObject({ code: 'proxy_unreachable' })
    await expect(dial(port, { user: 'u', password: { file: join(folder, 'none') } })).rejects.toMatchObject({
      code: 'proxy_password_unreadable',
    })
    proxy.close()
    await once(proxy, 'close')
    await expect(dial(port)).rejects.toMatchObject({ code: 'proxy_unreachable' })
    const torn = await listen((client) => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      client.once('data', () => client.resetAndDestroy())
    })
    await expect(dial(torn)).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  it('does not wait for a proxy that is silent', async () => {
    const clock = new FakeClock()
    const port = await listen(() => clock.advance(10_001))
    await expect(dial(port, {}, clock)).rejects.toMatchObject({ code: 'dial_timeout' })
  })

  it('tells who opens TLS behind the proxy’s own answer', async () => {
    const filter = createTlsServer(selfSigned('/CN=Corp Filter')).on('tlsClientError', () => {})
    await once(filter.listen(0, '127.0.0.1'), 'listening')
    const port = await listen((client) => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      const far = connect((filter.address() as AddressInfo).port, '127.0.0.1').on('error', () => {})
      client.pipe(far).pipe(client)
    })
    await expect(dial(port)).rejects.toMatchObject({ code: 'tls_inspected', stranger: { issuer: 'Corp Filter' } })
    expect(heads).toHaveLength(2)
    filter.close()
  })
})
