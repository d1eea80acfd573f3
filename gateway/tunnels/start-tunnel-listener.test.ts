import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { expect, it, vi } from 'vitest'
import { openCable } from '../../test/support/cable.ts'
import type { Cable } from '../../test/support/cable.ts'
import type { TestDoor } from '../../test/support/test-door.ts'
import { peerCertificate } from '../../agent/wire/peer-certificate.ts'
import { openTestDoor } from '../../test/support/test-door.ts'
import { FakeClock } from '../basics/fake-clock.ts'
import type { DeviceId, ServiceName, SessionId } from '../basics/ids.ts'
import type { DeviceLink } from '../devices/device-link.ts'

const press = 'press-1' as DeviceId
const session = `ses_${'1'.repeat(32)}` as SessionId
const hmi = 'hmi' as ServiceName

const cables: Cable[] = []

const linkOf = (door: TestDoor, id: DeviceId = press): Promise<DeviceLink> =>
  vi.waitUntil(() => door.listener.links.get(id), { timeout: 5_000, interval: 5 })

it('makes a link of an enrolled device, asks it over HTTP/2, and its password is dead from then on', async () => {
  await using door = await openTestDoor()
  const credentials = await door.enrol()
  const device = await door.dial(credentials)
  const link = await linkOf(door)
  expect(link).toMatchObject({
    deviceId: press,
    remoteAddress: '127.0.0.1',
    certificateFingerprint: credentials.fingerprint,
    certificatePem: credentials.certificatePem,
  })
  expect(await link.info()).toMatchObject({ device: 'press-1', services: [{ name: 'hmi' }] })
  expect(await link.snapshot()).toMatchObject({ live: [], last_event: 0 })
  expect(device.socket.getProtocol()).toBe('TLSv1.3')
  expect((await door.store.find(press))?.firstTunnelAt).toBeGreaterThan(0)
})

it('lets the newest tunnel of a device take over before the older one is told that it was replaced', async () => {
  await using door = await openTestDoor()
  const credentials = await door.enrol()
  const heard: string[] = []
  const names = new Map<DeviceLink, string>()
  door.listener.links.onConnected((link) => heard.push(`${names.set(link, String(names.size + 1)).get(link)} connected`))
  door.listener.links.onDisconnected((link, reason) => heard.push(`${names.get(link)} ${reason}`))
  const older = await door.dial(credentials)
  const olderLink = await linkOf(door)
  const stream = await olderLink.openStream(session, hmi)
  const cut = new Promise((resolve) => stream.once('close', resolve))
  await door.dial(credentials)
  expect(await older.goodbye).toBe('replaced')
  expect(await olderLink.closed).toBe('replaced')
  await cut
  expect(door.listener.links.get(press)).not.toBe(olderLink)
  expect(door.listener.links.list()).toHaveLength(1)
  expect(await door.listener.links.get(press)?.info()).toMatchObject({ device: 'press-1' })
  await expect(olderLink.info()).rejects.toMatchObject({ code: 'device_gone' })
  expect(heard).toEqual(['1 connected', '2 connected', '1 replaced'])
})

it('keeps the one live tunnel through many reconnects and leaks none', async () => {
  await using door = await openTestDoor()
  const credentials = await door.enrol()
  let connected = 0
  let disconnected = 0
  door.listener.links.onConnected(() => (connected += 1))
  door.listener.links.onDisconnected(() => (disconnected += 1))
  for (let round = 1; round <= 40; round += 1) {
    await door.dial(credentials)
    await vi.waitUntil(() => connected === round, { interval: 2 })
  }
  await vi.waitUntil(() => disconnected === 39, { timeout: 5_000 })
  expect(door.listener.links.list()).toHaveLength(1)
})

it('lets the newest tunnel win over one that is half-open, again and again, at once, and leaks no connection (R5)', async () => {
  // It stands still: whatever waited for a moment of it would wait for ever.
  const clock = new FakeClock(Date.now())
  await using door = await openTestDoor({ clock, limits: { reconnectBurst: 1_000, handshakeBurst: 1_000 } })
  const credentials = await door.enrol()
  const reasons: string[] = []
  door.listener.links.onDisconnected((_link, reason) => reasons.push(reason))
  let before: DeviceLink | undefined
  for (let round = 1; round <= 30; round += 1) {
    const cable = await openCable(door.listener.address.port)
    await door.dial(credentials, { port: cable.port })
    const link = await vi.waitUntil(() => {
      const newest = door.listener.links.get(press)
      return newest === before ? undefined : newest
    })
    if (before !== undefined) expect(await before.closed).toBe('replaced')
    before = link
    // From here on it stands, and nobody is told that nothing passes.
    cable.cut()
    cables.push(cable)
  }
  expect(door.listener.links.list()).toHaveLength(1)
  expect(reasons).toEqual(Array.from({ length: 29 }, () => 'replaced'))
  await vi.waitFor(() => expect(door.listener.connections).toBe(1), { timeout: 5_000 })
  for (const cable of cables.splice(0)) await cable[Symbol.asyncDispose]()
})

it('takes no place from a live tunnel for a peer that never speaks HTTP/2', async () => {
  await using door = await openTestDoor({ limits: { handshakeTimeoutMs: 300 } })
  const { keyPem: key, certificatePem: cert } = await door.enrol()
  await door.dial({ keyPem: key, certificatePem: cert })
  const link = await linkOf(door)
  const { port } = door.listener.address
  const mute = connectTls({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: door.authority.bundlePem,
    key,
    cert,
    ALPNProtocols: ['rh2'],
  })
  mute.on('error', () => {}).resume()
  await new Promise((resolve) => mute.once('close', resolve))
  expect(door.listener.links.get(press)).toBe(link)
})

it('cuts the live tunnel and its streams at once when the device is revoked', async () => {
  await using door = await openTestDoor()
  const device = await door.dial(await door.enrol())
  const link = await linkOf(door)
  const stream = await link.openStream(session, hmi)
  const cut = new Promise<Error>((resolve) => stream.once('error', resolve))
  door.store.setStanding(press, 'revoked')
  const before = performance.now()
  door.listener.disconnect(press, 'revoked')
  expect(stream.destroyed).toBe(true)
  expect(stream.write('one more byte', () => {})).toBe(false)
  expect(await link.closed).toBe('revoked')
  expect(door.listener.links.get(press)).toBeUndefined()
  expect(await cut).toMatchObject({ code: 'device_gone' })
  expect(await device.goodbye).toBe('revoked')
  await device.closed
  expect(performance.now() - before).toBeLessThan(1_000)
})

it('does not miss a revocation that comes while the device is being admitted', async () => {
  await using door = await openTestDoor()
  const credentials = await door.enrol()
  const answer = door.store.findByCertificate
  const asked = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  door.store.findByCertificate = async (...args) => {
    const record = await answer(...args)
    asked.resolve()
    await released.promise
    return record
  }
  const dialling = door.dial(credentials)
  await asked.promise
  door.listener.disconnect(press, 'revoked')
  released.resolve()
  expect(await (await dialling).goodbye).toBe('revoked')
  expect(door.listener.links.list()).toEqual([])
})

it('closes when its records cannot be asked: no store, no access', async () => {
  await using door = await openTestDoor()
  const credentials = await door.enrol()
  door.store.findByCertificate = () => Promise.reject(new Error('disk full'))
  expect(await (await door.dial(credentials)).goodbye).toBe('shutdown')
  expect(door.listener.links.list()).toEqual([])
})

it('closes, in words that the device can read, when its first tunnel cannot be recorded', async () => {
  await using door = await openTestDoor()
  const credentials = await door.enrol()
  door.store.confirmFirstTunnel = () => Promise.reject(new Error('disk full'))
  const device = await door.dial(credentials)
  const failed: unknown[] = []
  device.session.on('error', (error) => failed.push(error))
  expect(await device.goodbye).toBe('shutdown')
  await device.closed
  expect(failed).toEqual([])
  expect(door.listener.links.list()).toEqual([])
})

it('ends a live tunnel when its certificate ends', async () => {
  await using door = await openTestDoor()
  const device = await door.dial(await door.enrol('press-1', 1_500))
  const link = await linkOf(door)
  expect(await device.goodbye).toBe('expired')
  expect(await link.closed).toBe('expired')
})

it('takes a device for dead that answers no PING, and drops it', async () => {
  await using door = await openTestDoor({ limits: { pingIntervalMs: 50, deadAfterMs: 400 } })
  await using cable = await openCable(door.listener.address.port)
  await door.dial(await door.enrol(), { port: cable.port })
  const link = await linkOf(door)
  const stream = await link.openStream(session, hmi)
  const cut = new Promise((resolve) => stream.once('close', resolve))
  await vi.waitFor(() => link.info())
  cable.cut()
  expect(await link.closed).toBe('dead')
  await cut
  expect(door.listener.links.get(press)).toBeUndefined()
})

it('keeps an idle device that answers its PINGs far longer than the time of death', async () => {
  await using door = await openTestDoor({ limits: { pingIntervalMs: 40, deadAfterMs: 200 } })
  const device = await door.dial(await door.enrol())
  const link = await linkOf(door)
  let pings = 0
  await new Promise<void>((resolve) => {
    device.session.on('ping', () => (pings += 1) === 15 && resolve())
  })
  expect(await Promise.race([link.closed, link.info().then(() => 'alive')])).toBe('alive')
})

it('shows a renewed server certificate to the next device', async () => {
  await using door = await openTestDoor()
  const credentials = await door.enrol()
  const serialOf = async () => peerCertificate((await door.dial(credentials)).socket)?.serialNumber
  const before = await serialOf()
  await door.certificate.renewNow()
  expect(await serialOf()).not.toBe(before)
})

it('tells every device of a shutdown and takes none after it', async () => {
  await using door = await openTestDoor()
  const credentials = await door.enrol()
  const device = await door.dial(credentials)
  await linkOf(door)
  const drained = door.listener.drain()
  expect(await device.goodbye).toBe('shutdown')
  await drained
  await expect(door.dial(credentials)).rejects.toThrow(/ECONNREFUSED/)
})

it('closes in time although a device stays silent in its handshake and another never lets go', async () => {
  const door = await openTestDoor()
  const silent = connect({ host: '127.0.0.1', port: door.listener.address.port })
  const gone = new Promise((resolve) => silent.on('error', () => {}).once('close', resolve))
  await using cable = await openCable(door.listener.address.port)
  await door.dial(await door.enrol(), { port: cable.port })
  await linkOf(door)
  cable.cut()
  const before = performance.now()
  await door[Symbol.asyncDispose]()
  await gone
  expect(performance.now() - before).toBeLessThan(4_000)
})

it('refuses more tunnels than it has room for, by name', async () => {
  await using door = await openTestDoor({ limits: { maxTunnels: 1 } })
  await door.dial(await door.enrol())
  await linkOf(door)
  const second = await door.dial(await door.enrol('press-2'))
  expect(await second.goodbye).toBe('too-many-connections')
})

it('makes a device wait that comes back without end, and no other', async () => {
  await using door = await openTestDoor({ limits: { reconnectBurst: 2, reconnectRefillMs: 3_600_000 } })
  const credentials = await door.enrol()
  const heard: string[] = []
  door.listener.links.onConnected(({ deviceId }) => heard.push(deviceId))
  for (const connected of [1, 2]) {
    await door.dial(credentials)
    await vi.waitUntil(() => heard.length === connected)
  }
  const link = await linkOf(door)
  expect(await (await door.dial(credentials)).goodbye).toBe('too-many-connections')
  expect(door.listener.links.get(press)).toBe(link)
  await door.dial(await door.enrol('press-2'))
  await linkOf(door, 'press-2' as DeviceId)
  expect(heard).toEqual(['press-1', 'press-1', 'press-2'])
})

it('drops connections over the cap of half-open handshakes, and takes devices again when they are gone', async () => {
  await using door = await openTestDoor({ limits: { maxHalfOpenPerAddress: 3 } })
  const credentials = await door.enrol()
  const silent = Array.from({ length: 3 }, () => connect({ host: '127.0.0.1', port: door.listener.address.port }).on('error', () => {}))
  await Promise.all(silent.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
  await expect(door.dial(credentials)).rejects.toThrow(/closed|ECONNRESET|disconnected/)
  for (const socket of silent) socket.destroy()
  await vi.waitFor(() => door.dial(credentials))
  await linkOf(door)
  // Live tunnels are not half-open: there is room for more of them than the cap.
  for (const name of ['press-2', 'press-3', 'press-4', 'press-5']) await door.dial(await door.enrol(name))
  await vi.waitUntil(() => door.listener.links.list().length === 5)
})

it('paces handshakes to the rate that was set', async () => {
  await using door = await openTestDoor({ limits: { handshakesPerSecond: 20, handshakeBurst: 2 } })
  const all = await Promise.all(Array.from({ length: 8 }, (_, index) => door.enrol(`press-${index}`)))
  const before = performance.now()
  await Promise.all(all.map((credentials) => door.dial(credentials)))
  expect(performance.now() - before).toBeGreaterThan(5 * 50)
})

it('survives a listener that throws', async () => {
  await using door = await openTestDoor()
  door.listener.links.onConnected(() => {
    throw new Error('a mistake elsewhere')
  })
  await door.dial(await door.enrol())
  expect(await (await linkOf(door)).info()).toMatchObject({ device: 'press-1' })
})
