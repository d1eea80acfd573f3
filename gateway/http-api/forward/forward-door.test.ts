import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { WebSocket } from 'ws'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SessionId } from '../../basics/ids.ts'
import { silentLogger } from '../../basics/logger.ts'
import { burstSeconds, createRequestPaces } from '../../basics/request-paces.ts'
import { systemRandom } from '../../basics/random.ts'
import { hmi, sessionsWorld, type SessionsWorld } from '../../sessions/testing/sessions-world.ts'
import { createSignInPace } from '../../sign-in/sign-in-pace.ts'
import { tokenHash, type SignInRoom } from '../../sign-in/sign-in-room.ts'
import { exampleSignIn, personId } from '../../storage/testing/example-records.ts'
import { rawBrowser } from '../../proxy/testing/raw-browser.ts'
import { createForwardDoor, type ForwardDoor } from './forward-door.ts'

const token = 'a'.repeat(43)

/** A frame of a client (RFC 6455, section 5.2), masked with zeros. */
function frame(first: number, payload: Buffer): Buffer {
  const length = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10)
  length[0] = first
  if (payload.length < 126) length[1] = 0x80 | payload.length
  else if (payload.length < 65_536) length.writeUInt16BE(payload.length, (length.writeUInt8(0xfe, 1), 2))
  else length.writeBigUInt64BE(BigInt(payload.length), (length.writeUInt8(0xff, 1), 2))
  return Buffer.concat([length, Buffer.alloc(4), payload])
}

describe('the door for native tools', () => {
  let world: SessionsWorld
  let door: ForwardDoor
  let server: Server
  let signIns: SignInRoom
  let session: SessionId

  beforeEach(async () => {
    world = await sessionsWorld({ connected: false })
    world.machine.services = world.machine.services.map((service) => ({ ...service, kind: 'tcp' }))
    await world.changePerson({ permissions: ['remote_access', 'service_http', 'service_tcp'] })
    world.connect()
    await world.settle()
    session = await world.approved()
    const { storage, clock } = world
    const nowS = clock.nowS()
    const ofTom = { personId: personId('Tom'), createdAt: nowS, lastSeenAt: nowS, expiresAt: nowS + 36_000 }
    await storage.signIns.insert(exampleSignIn('cli', { tokenHash: tokenHash(token), client: 'command_line', ...ofTom }), [])
    const logger = silentLogger
    signIns = {
      store: storage.signIns,
      people: storage.people,
      events: storage.events,
      issuer: 'https://id.example',
      settings: { lifetimeS: 36_000, idleS: 7_200 },
      pace: createSignInPace(clock),
      client: {
        start: () => Promise.reject(new Error('nobody signs in here')),
        finish: () => Promise.reject(new Error('nobody signs in here')),
        endSessionUrl: async () => new URL('https://id.example/session/end'),
      },
      clock,
      random: systemRandom,
      logger,
    }
    const paces = createRequestPaces(clock, { strangerRequestsPerSecond: 1, portalRequestsPerSecond: 20, machineRequestsPerSecond: 20 })
    door = createForwardDoor({ sessions: world.room, signIns, paces, addressOf: () => '192.0.2.9', clock, random: systemRandom, logger })
    server = createServer().listen(0, '127.0.0.1')
    server.on('upgrade', door.upgrade)
    await once(server, 'listening')
  }, 30_000)
  afterEach(async () => {
    await door.close()
    server.closeAllConnections()
    server.close()
    await world[Symbol.asyncDispose]()
  })

  const port = (): number => (server.address() as AddressInfo).port
  const path = (): string => `/api/v1/sessions/${session}/services/${hmi}/stream`
  /** `open`, or the status of the refusal. */
  const dial = (): { socket: WebSocket; answer: Promise<string | number | undefined> } => {
    const socket = new WebSocket(`ws://127.0.0.1:${port()}${path()}`, { headers: { authorization: `Bearer ${token}` } })
    const answer = new Promise<string | number | undefined>((resolve) => {
      socket.on('error', () => resolve('torn'))
      socket.on('open', () => resolve('open'))
      socket.on('unexpected-response', (_request, { statusCode }) => {
        resolve(statusCode)
        socket.terminate()
      })
    })
    return { socket, answer }
  }
  /** The machine answers nobody before `let` is called. */
  const holdStreams = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    world.machine.beforeStream = () => promise
    return resolve
  }

  it('counts connections that are still being opened', async () => {
    const letThem = holdStreams()
    const dialled = Array.from({ length: 80 }, dial)
    await expect.poll(() => world.machine.streams.length).toBeGreaterThanOrEqual(64)
    await world.turns(50)
    expect(world.machine.streams.length).toBe(64)
    letThem()
    const answers = await Promise.all(dialled.map(({ answer }) => answer))
    expect(answers.filter((answer) => answer === 'open')).toHaveLength(64)
    expect(answers.filter((answer) => answer === 429)).toHaveLength(16)
    for (const { socket } of dialled) socket.terminate()
    await expect.poll(() => world.machine.streams.every((stream) => stream.destroyed)).toBe(true)
    world.machine.beforeStream = async () => {}
    const next = dial()
    expect(await next.answer).toBe('open')
    next.socket.terminate()
  })

  it('tells a stranger so only so often, and a person who asks too often too; neither stands in the other’s way', async () => {
    const refused = async (bearer: string): Promise<string> => {
      const browser = await rawBrowser(port())
      const upgrade =
        'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=='
      browser.send(`GET ${path().replace(hmi, 'nobody')} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${bearer}\r\n${upgrade}\r\n\r\n`)
      return browser.closed()
    }
    for (let n = 0; n < burstSeconds; n += 1)
      expect(await refused('x'.repeat(43))).toMatch(/^HTTP\/1\.1 401 .*www-authenticate: Bearer .*invalid_token.*not_signed_in/s)
    expect(await refused('x'.repeat(43))).toMatch(/^HTTP\/1\.1 429 .*retry-after: 1.*too_many_requests_from_address/s)
    for (let n = 0; n < 20 * burstSeconds; n += 1) expect(await refused(token)).toMatch(/^HTTP\/1\.1 403 /)
    expect(await refused(token)).toMatch(/^HTTP\/1\.1 429 .*retry-after: 1.*"too_many_requests"/s)
    world.clock.advance(1_000)
    expect(await refused(token)).toMatch(/^HTTP\/1\.1 403 /)
  })

  it('ends every connection when the gateway stops, also those that were opened at once', async () => {
    const letThem = holdStreams()
    const dialled = Array.from({ length: 3 }, dial)
    await expect.poll(() => world.machine.streams.length).toBe(3)
    letThem()
    expect(await Promise.all(dialled.map(({ answer }) => answer))).toEqual(['open', 'open', 'open'])
    const codes = dialled.map(async ({ socket }) => ((await once(socket, 'close')) as [number])[0])
    await door.drain()
    expect(await Promise.all(codes)).toEqual([4000, 4000, 4000])
  })

  it('opens none that was on its way when the gateway stops', async () => {
    const letThem = holdStreams()
    const { answer } = dial()
    await expect.poll(() => world.machine.streams.length).toBe(1)
    await door.drain()
    letThem()
    expect(await answer).toBe(503)
    await expect.poll(() => world.machine.streams.every((stream) => stream.destroyed)).toBe(true)
  })

  it('ends a connection with the sign-in that opened it', async () => {
    const { socket, answer } = dial()
    expect(await answer).toBe('open')
    const closed = once(socket, 'close') as Promise<[number, Buffer]>
    await world.storage.signIns.delete(tokenHash(token), [])
    world.clock.advance(15_000)
    const [code, reason] = await closed
    expect([code, reason.toString()]).toEqual([4000, 'signed out'])
  })

  it('keeps a connection of a tool that reads nothing for half a minute, and drops a peer that is gone', async () => {
    const { socket, answer } = dial()
    expect(await answer).toBe('open')
    let closed = false
    socket.on('close', () => (closed = true))
    // Neither it nor its pongs: the socket of a tool that stands at a breakpoint.
    socket.pause()
    for (let n = 0; n < 4; n += 1) {
      world.clock.advance(15_000)
      await world.turns(20)
    }
    expect(world.machine.streams.every((stream) => stream.destroyed)).toBe(false)
    socket.resume()
    await world.turns(20)
    expect(closed).toBe(false)
    socket.pause()
    for (let n = 0; n < 6; n += 1) {
      world.clock.advance(15_000)
      await world.turns(20)
    }
    await expect.poll(() => world.machine.streams.every((stream) => stream.destroyed)).toBe(true)
    socket.terminate()
  })

  it.each<[string, readonly Buffer[]]>([
    ['a message of 2 MiB', [frame(0x82, Buffer.alloc(2 * 1024 * 1024))]],
    ['a length that is only announced', [Buffer.from('82ff7fffffffffffffff00000000', 'hex')]],
    ['fragments without end', [frame(0x02, Buffer.alloc(65_000)), ...Array.from({ length: 40 }, () => frame(0x00, Buffer.alloc(65_000)))]],
    ['a compressed frame that nobody agreed on', [frame(0xc2, Buffer.alloc(10))]],
    ['a ping of 126 bytes', [frame(0x89, Buffer.alloc(126))]],
    ['a frame that is not masked', [Buffer.from('820161', 'hex')]],
  ])('cuts a connection that sends %s, its stream with it, and no other', async (_what, frames) => {
    const other = dial()
    expect(await other.answer).toBe('open')
    const socket = connect(port(), '127.0.0.1').on('error', () => {})
    const head = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==']
    socket.write(`GET ${path()} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n${head.join('\r\n')}\r\n\r\n`)
    await once(socket, 'data')
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.resume()
    for (const bytes of frames) socket.write(bytes)
    await closed
    expect(other.socket.readyState).toBe(WebSocket.OPEN)
    // Only the other one's place is taken.
    await expect.poll(() => world.room.get(session)?.openStreams(hmi)).toBe(1)
    other.socket.terminate()
  })

  it('lets a refused connection go, also one whose client does not', async () => {
    const client = connect({ port: port(), host: '127.0.0.1', allowHalfOpen: true })
    client.write(`GET ${path()} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
    const [answer] = (await once(client, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /)
    const held = (): Promise<number> => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))
    await expect.poll(held).toBe(0)
    client.destroy()
  })
})
