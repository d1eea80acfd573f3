import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import type { PersonId } from '../basics/ids.ts'
import type { SignIn } from '../sign-in/sign-in-store.ts'
import { PersonalStream } from './event-stream.ts'

const signIn = (tokenHash: string): SignIn => ({
  tokenHash,
  client: 'browser',
  personId: 'per_1' as PersonId,
  createdAt: 0,
  expiresAt: 1e9,
  lastSeenAt: 0,
  authenticatedAt: 0,
  methods: [],
  idToken: '',
  providerSession: null,
  address: null,
})

let clock: FakeClock
let good: Set<string>
let stream: PersonalStream
let server: Server

beforeEach(async () => {
  clock = new FakeClock()
  good = new Set(['a', 'b'])
  stream = new PersonalStream({
    clock,
    epoch: 'e',
    stillSignedIn: async ({ tokenHash }) => {
      if (tokenHash === 'broken') throw new Error('the store is gone')
      return good.has(tokenHash)
    },
  })
  server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => {
  stream.close()
  server.closeAllConnections()
  server.close()
})

interface Browser {
  readonly socket: Socket
  readonly response: ServerResponse
  /** What came so far. */
  received(): string
  until(text: string): Promise<string>
  readonly closed: Promise<unknown>
}

/** A real connection whose other end is held by the test. */
async function browser(by = signIn('a'), lastSeen: string | null = null): Promise<Browser> {
  const asked = once(server, 'request') as Promise<[unknown, ServerResponse]>
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString())).on('error', () => {})
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  const [, response] = await asked
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  stream.add(response, by, lastSeen)
  const until = async (wanted: string): Promise<string> => {
    while (!text.includes(wanted)) await once(socket, 'data', { signal: AbortSignal.timeout(5_000) })
    return text
  }
  return { socket, response, received: () => text, until, closed: once(socket, 'close') }
}

/** Fills what the kernel takes, until bytes wait in the process. */
function fillUntilWaiting(reader: Browser): void {
  const big = { text: 'x'.repeat(100_000) }
  for (let sent = 0; reader.response.writableLength === 0 && sent < 1_000; sent += 1) stream.send('session', big)
}

describe('a personal event stream', () => {
  it('begins with an id, so that whoever loses the connection before the first event misses nothing', async () => {
    const first = await browser()
    expect(await first.until('id: e-0\n\n')).toMatch(/: connected\n/)
    stream.send('session', { n: 1 })
    const again = await browser(signIn('a'), 'e-0')
    expect(await again.until('data: {"n":1}')).toMatch(/id: e-1\nevent: session\ndata: \{"n":1\}\n\n/)
  })

  it('sends what was missed once and in order, then what comes', async () => {
    await browser()
    for (const n of [1, 2, 3]) stream.send('session', { n })
    const again = await browser(signIn('a'), 'e-1')
    stream.send('session', { n: 4 })
    const text = await again.until('{"n":4}')
    expect([...text.matchAll(/data: \{"n":(\d)\}/g)].map(([, n]) => n)).toEqual(['2', '3', '4'])
  })

  it.each([
    ['of another start of the gateway', 'f-1'],
    ['from the future', 'e-9'],
    ['without a number', 'e-'],
    ['that is no id', 'x'.repeat(5_000)],
    ['with more parts', 'e-1-1e3'],
    ['of a number too large', 'e-1e400'],
    ['below zero', 'e--1'],
    ['empty', ''],
  ])('tells whoever comes with an id %s to read everything again', async (_what, id) => {
    stream.send('session', { n: 1 })
    const again = await browser(signIn('a'), id)
    const text = await again.until('event: resync')
    expect(text).not.toContain('"n":1')
  })

  it('says resync once it has forgotten, and keeps no more than 1,000 events or half a MiB', async () => {
    for (let n = 0; n < 1_001; n += 1) stream.send('machine', {})
    const tooLate = await browser(signIn('a'), 'e-0')
    await tooLate.until('event: resync')
    const inTime = await browser(signIn('a'), 'e-1')
    expect(await inTime.until('id: e-1001\nevent')).not.toContain('resync')
    for (let n = 0; n < 20; n += 1) stream.send('session', { text: 'y'.repeat(100_000) })
    const big = await browser(signIn('a'), 'e-1002')
    await big.until('event: resync')
    stream.forget()
    const forgotten = await browser(signIn('a'), 'e-1020')
    await forgotten.until('event: resync')
  })

  it('sends a sign of life every 15 s, and none when nobody is there', async () => {
    const reader = await browser()
    clock.advance(14_999)
    expect(reader.received()).not.toContain('still here')
    clock.advance(1)
    await reader.until(': still here\n\n')
    clock.advance(15_000)
    await expect.poll(() => reader.received().match(/still here/g)?.length).toBe(2)
    reader.socket.destroy()
    await expect.poll(() => stream.size).toBe(0)
    const next = await browser()
    clock.advance(15_000)
    await next.until('still here')
    expect(next.received().match(/still here/g)).toHaveLength(1)
  })

  it.each([
    ['is over', 'a'],
    ['cannot be looked up', 'broken'],
  ])('ends at the next sign of life when the sign-in %s', async (_what, token) => {
    const reader = await browser(signIn(token))
    good.clear()
    clock.advance(15_000)
    await reader.closed
    expect(reader.received()).toMatch(/event: signed_out\ndata: \{\}\n\n/)
  })

  it('ends those whose sign-in is over and no others', async () => {
    const out = await browser(signIn('a'))
    const stays = await browser(signIn('b'))
    stream.signOut(({ tokenHash }) => tokenHash === 'a')
    await out.closed
    expect(out.received()).toMatch(/event: signed_out/)
    stream.send('session', { n: 1 })
    await stays.until('"n":1')
    expect(out.received()).not.toContain('"n":1')
    expect(stream.size).toBe(1)
  })

  it('cuts off a reader that stops, and its memory with it', async () => {
    const stopped = await browser()
    const reads = await browser(signIn('b'))
    stopped.socket.pause()
    for (let n = 0; n < 200 && !stopped.response.destroyed; n += 1) {
      stream.send('session', { text: 'z'.repeat(100_000) })
      await reads.until(`id: e-${n + 1}\n`)
    }
    expect(stopped.response.destroyed).toBe(true)
    await expect.poll(() => stream.size).toBe(1)
    stream.send('session', { n: 'still' })
    await reads.until('"n":"still"')
  })

  it('lets go of a reader that stopped when he is signed out, and goes on for the others', async () => {
    const stopped = await browser(signIn('a'))
    stopped.socket.pause()
    fillUntilWaiting(stopped)
    const reads = await browser(signIn('b'))
    stream.signOut(({ tokenHash }) => tokenHash === 'a')
    // Nothing is written behind the end: that error would be nobody's, and end the gateway.
    stream.send('session', { n: 1 })
    clock.advance(15_000)
    await reads.until('"n":1')
    await expect.poll(() => stopped.response.destroyed).toBe(true)
    expect(stream.size).toBe(1)
  })

  it('ends every connection when it closes, also of a reader that stopped', async () => {
    const reads = await browser()
    stream.close()
    await reads.closed
    stream.send('session', { n: 1 })
    expect(reads.received()).not.toContain('"n":1')
  })
})
