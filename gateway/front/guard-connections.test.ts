import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { connect as connectTcp, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { makeCertificate } from '../../test/support/make-certificate.ts'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { maxHandshakes, maxHandshakesPerAddress, patienceWhenFullMs, type ConnectionFigures } from './guard-connections.ts'
import { startFront, type Front, type FrontOptions } from './start-front.ts'

let folder: string
let tls: { readonly cert: string; readonly key: string }
let front: Front | undefined
const opened: Socket[] = []
let clock: FakeClock
/** Bounds that the log names. */
const named: unknown[] = []
const logger = { ...silentLogger, warn: (fields: object) => void named.push('bound' in fields ? fields.bound : fields) }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guard-'))
  const { chainFile, keyFile } = makeCertificate(folder, ['portal.test'])
  tls = { cert: await readFile(chainFile, 'utf8'), key: await readFile(keyFile, 'utf8') }
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy()
  named.splice(0)
  await front?.close()
})

const start = async (limits: ConnectionFigures, secure = false, timeouts: FrontOptions['timeouts'] = {}): Promise<void> => {
  clock = new FakeClock()
  const handlers = [{ handles: () => true, request: (_: unknown, response: ServerResponse) => void response.end('served') }]
  front = await startFront({
    host: '127.0.0.1',
    port: 0,
    tls: secure ? tls : null,
    limits,
    timeouts,
    handlers,
    clock,
    logger,
  })
}
/** From an address of this machine's own network 127.0.0.0/8, of which each counts as another one. */
const dial = (localAddress: string): Socket => {
  const socket = connectTcp({ host: '127.0.0.1', port: front?.address.port ?? 0, localAddress })
  socket.on('error', () => {})
  opened.push(socket)
  return socket
}
const open = async (count: number, localAddress: string): Promise<Socket[]> => {
  const sockets = Array.from({ length: count }, () => dial(localAddress))
  await vi.waitFor(() => expect(sockets.filter(({ readyState }) => readyState === 'open')).toHaveLength(count))
  return sockets
}
/** `served`, or nothing when it was closed. */
const answer = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString())).once('close', () => resolve(text.slice(-6)))
    socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  })
const asked = (localAddress: string): Promise<string> => answer(dial(localAddress))
const askedSecurely = (localAddress: string): Promise<string> =>
  answer(connectTls({ socket: dial(localAddress), rejectUnauthorized: false }).on('error', () => {}))

it('holds so many connections of one address, and closes one more; another address is served', async () => {
  await start({ connections: 100, connectionsPerAddress: 3 })
  const [first] = await open(3, '127.0.0.2')
  expect(await asked('127.0.0.2')).toBe('')
  expect(named).toEqual(['connections of one address'])
  expect(await asked('127.0.0.3')).toBe('served')
  first?.destroy()
  await expect.poll(() => asked('127.0.0.2')).toBe('served')
})

it('holds so many connections in all', async () => {
  await start({ connections: 5, connectionsPerAddress: 3 })
  await open(3, '127.0.0.2')
  const [one] = await open(2, '127.0.0.3')
  expect(await asked('127.0.0.4')).toBe('')
  expect(named).toEqual(['connections'])
  one?.destroy()
  await expect.poll(() => asked('127.0.0.4')).toBe('served')
})

it('does not count by address behind a TLS front, from which everybody comes', async () => {
  await start({ connections: 100, connectionsPerAddress: null })
  await open(50, '127.0.0.2')
  expect(await asked('127.0.0.2')).toBe('served')
})

it('holds so many silent handshakes of one address; who had his time makes room there, and another address never waits for him', async () => {
  await start({ connections: 2_000, connectionsPerAddress: 2_000 }, true)
  const [oldest] = await open(maxHandshakesPerAddress, '127.0.0.2')
  expect(await askedSecurely('127.0.0.2')).toBe('')
  expect(named).toEqual(['TLS handshakes under way of one address'])
  expect(await askedSecurely('127.0.0.3')).toBe('served')
  expect(oldest?.closed).toBe(false)
  clock.advance(patienceWhenFullMs)
  expect(await askedSecurely('127.0.0.2')).toBe('served')
  await expect.poll(() => oldest?.closed).toBe(true)
})

it('holds so many silent handshakes in all', async () => {
  await start({ connections: 2_000, connectionsPerAddress: 2_000 }, true)
  for (let n = 0; n < maxHandshakes / maxHandshakesPerAddress; n += 1) await open(maxHandshakesPerAddress, `127.0.0.${10 + n}`)
  expect(await askedSecurely('127.0.0.3')).toBe('')
  expect(named).toEqual(['TLS handshakes under way'])
  clock.advance(patienceWhenFullMs)
  expect(await askedSecurely('127.0.0.3')).toBe('served')
})

it('counts a handshake no longer once it is done', async () => {
  await start({ connections: 2_000, connectionsPerAddress: 2_000 }, true)
  for (let n = 0; n < maxHandshakesPerAddress + 4; n += 1) {
    const socket = connectTls({ socket: dial('127.0.0.2'), rejectUnauthorized: false }).on('error', () => {})
    await new Promise((resolve) => socket.once('secureConnect', resolve).once('close', resolve))
  }
  expect(await askedSecurely('127.0.0.2')).toBe('served')
})

it('closes a handshake that takes too long, and a connection that is idle for too long', async () => {
  await start({ connections: 10, connectionsPerAddress: 10 }, true, { handshakeTimeoutMs: 200, keepAliveTimeoutMs: 200 })
  const [silent] = await open(1, '127.0.0.2')
  const idle = connectTls({ socket: dial('127.0.0.3'), rejectUnauthorized: false }).on('error', () => {})
  let heard = ''
  idle.on('data', (chunk: Buffer) => (heard += chunk.toString())).write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await expect.poll(() => heard).toContain('served')
  silent?.resume()
  await expect.poll(() => [silent?.closed, idle.closed], { timeout: 10_000 }).toEqual([true, true])
})
