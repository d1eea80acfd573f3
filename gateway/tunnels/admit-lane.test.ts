import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { constants } from 'node:http2'
import type { ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import { connect, TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { laneAlpn, laneHeader, tunnelAlpn } from '../../agent/wire/agent-api.ts'
import { createLane } from '../../agent/wire/lane.ts'
import type { TestCredentials } from '../../test/support/test-credentials.ts'
import { answerLikeAnAgent } from '../../test/support/test-device.ts'
import type { StreamHandler, TestDevice } from '../../test/support/test-device.ts'
import { openTestDoor } from '../../test/support/test-door.ts'
import type { TestDoor } from '../../test/support/test-door.ts'
import { systemClock } from '../basics/clock.ts'
import { FakeClock } from '../basics/fake-clock.ts'
import type { DeviceId, ServiceName, SessionId } from '../basics/ids.ts'
import type { DeviceLink } from '../devices/device-link.ts'
import { defaultTunnelLimits } from './tunnel-limits.ts'

const session = `ses_${'1'.repeat(32)}` as SessionId
const plc = 'plc' as ServiceName
const MiB = 1024 * 1024
const isClosed = (socket: TLSSocket) => () => expect(socket.closed).toBe(true)

let door: TestDoor
let devices = 0
const lanes = new Map<string, TLSSocket>()
const opened = new Set<TLSSocket>()

beforeAll(async () => {
  door = await openTestDoor({ limits: { laneRefillMs: 60_000, handshakeTimeoutMs: 2_000 } })
})
afterEach(() => {
  for (const lane of opened) lane.destroy()
  lanes.clear()
})
afterAll(() => door[Symbol.asyncDispose]())

interface Machine {
  readonly credentials: TestCredentials
  readonly device: TestDevice
  readonly link: DeviceLink
  /** Dials a lane, says the id, and waits until the gateway has it or has closed it. */
  lane(options?: { readonly says?: string; readonly as?: TestCredentials }): Promise<TLSSocket>
}

async function machine(onStream: StreamHandler): Promise<Machine> {
  const name = `press-${(devices += 1)}` as DeviceId
  const credentials = await door.enrol(name)
  const answer = answerLikeAnAgent({ device: name })
  const device = await door.dial(credentials, {
    onStream: (stream, headers) => (headers[':method'] === 'CONNECT' ? onStream : answer)(stream, headers),
  })
  const link = await vi.waitUntil(() => door.listener.links.get(name), { interval: 5 })
  return {
    credentials,
    device,
    link,
    async lane({ says, as = credentials } = {}) {
      const id = randomBytes(16).toString('hex')
      const socket = await dialLane(as)
      lanes.set(id, socket)
      socket.write(says ?? `${id}\n`)
      return socket
    },
  }
}

async function dialLane({ keyPem, certificatePem }: Partial<TestCredentials>, alpn = laneAlpn): Promise<TLSSocket> {
  const { port } = door.listener.address
  const socket = connect({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: door.authority.bundlePem,
    ...(keyPem === undefined ? {} : { key: keyPem, cert: certificatePem }),
    minVersion: 'TLSv1.3',
    ALPNProtocols: [alpn],
  })
  opened.add(socket)
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  // Something must read for the close to be seen.
  socket.read(0)
  return socket
}

/** What an honest agent does with the lane that a CONNECT names; `then` is handed whatever carries the bytes. */
const onItsLane =
  (then: (bytes: Duplex) => void, seen: unknown[] = []): StreamHandler =>
  (stream, headers) => {
    const id = headers[laneHeader]
    const lane = lanes.get(String(id))
    seen.push(id)
    if (lane !== undefined) createLane(lane, systemClock).tie(stream)
    stream.respond({ ':status': 200, ...(lane === undefined ? {} : { [laneHeader]: String(id) }) })
    then(lane ?? stream)
  }

const echo = (bytes: Duplex): void => {
  bytes.on('data', (chunk) => bytes.write(chunk) || (bytes.pause(), bytes.once('drain', () => bytes.resume())))
  bytes.on('end', () => bytes.end())
}

/** Opens streams until one takes a lane: whether a lane has arrived can only be seen by that. */
async function onLane(link: DeviceLink): Promise<TLSSocket> {
  return vi.waitUntil(
    async () => {
      const stream = await link.openStream(session, plc)
      if (stream instanceof TLSSocket) return stream
      stream.destroy()
      return undefined
    },
    { interval: 20, timeout: 10_000 },
  )
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
async function everything(stream: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('a lane beside a tunnel', () => {
  it('carries the bytes of a stream, both ways and whole, and each direction ends alone', async () => {
    const { link, lane } = await machine(onItsLane(echo))
    await lane()
    const stream = await onLane(link)
    const sent = randomBytes(24 * MiB)
    stream.end(sent)
    expect(digest(await everything(stream))).toBe(digest(sent))
    await vi.waitFor(isClosed(stream))
  })

  it('is named by one CONNECT and carries one stream', async () => {
    const seen: unknown[] = []
    const { link, lane } = await machine(onItsLane(echo, seen))
    await lane()
    const first = await onLane(link)
    const second = await link.openStream(session, plc)
    expect(second).not.toBeInstanceOf(TLSSocket)
    expect(seen.filter((id) => id !== undefined)).toHaveLength(1)
    first.destroy()
    second.destroy()
  })

  it('goes back to the rack where the agent lets the stream do without', async () => {
    let wanted = false
    const { link, lane } = await machine((stream, headers) => {
      if (wanted) return onItsLane(echo)(stream, headers)
      stream.respond({ ':status': 200 })
      stream.pipe(stream)
    })
    await lane()
    const without = await link.openStream(session, plc)
    without.end('through the tunnel')
    expect(String(await everything(without))).toBe('through the tunnel')
    wanted = true
    ;(await onLane(link)).destroy()
  })

  it.each(['refused', 'silent'])('goes back to the rack where the stream is not opened: %s', async (how) => {
    let wanted = false
    const { link, lane } = await machine((stream, headers) => {
      if (wanted) return onItsLane(echo)(stream, headers)
      if (how === 'refused') stream.respond({ ':status': 403, 'sallyport-error': 'expired' }, { endStream: true })
    })
    await lane()
    const signal = AbortSignal.timeout(300)
    await expect(link.openStream(session, plc, signal)).rejects.toThrow(how === 'refused' ? /expired|over|approval/i : /aborted|timeout/i)
    wanted = true
    ;(await onLane(link)).destroy()
  })

  it('is torn when its connection ends without the word of the tunnel, so that half a transfer never looks whole', async () => {
    const { link, lane, device } = await machine((stream, headers) => {
      const id = String(headers[laneHeader])
      stream.respond({ ':status': 200, [laneHeader]: id })
      // As whoever cuts it on the way can make it look: a FIN, and a close_notify before it.
      lanes.get(id)?.end('half')
    })
    const socket = await lane()
    const stream = await onLane(link)
    const heard: string[] = []
    stream.on('data', (chunk) => heard.push(String(chunk))).on('end', () => heard.push('end'))
    await vi.waitFor(() => expect([heard, socket.writableFinished]).toEqual([['half'], true]))
    device.close()
    await vi.waitFor(isClosed(stream))
    expect(heard).toEqual(['half'])
  })

  it('is cut with its stream, and cuts its stream, whichever side does it', async () => {
    const streams: ServerHttp2Stream[] = []
    const { link, lane } = await machine((stream, headers) => {
      streams.push(stream)
      onItsLane(() => {})(stream, headers)
    })
    const [ofStream, ofLane, ofGateway] = [await lane(), await lane(), await lane()]
    const carried = [await onLane(link), await onLane(link), await onLane(link)]
    const tunnelled = streams.filter((stream) => !stream.closed)
    expect(tunnelled).toHaveLength(3)
    tunnelled[0]?.close(constants.NGHTTP2_CANCEL)
    await vi.waitFor(() => expect([carried[0]?.destroyed, ofStream.destroyed]).toEqual([true, true]))
    ofLane.destroy()
    await vi.waitFor(() => expect([carried[1]?.destroyed, tunnelled[1]?.closed]).toEqual([true, true]))
    carried[2]?.destroy()
    await vi.waitFor(() => expect([ofGateway.destroyed, tunnelled[2]?.closed]).toEqual([true, true]))
  })

  it('ends with its tunnel, whether it waits or carries', async () => {
    const { link, lane } = await machine(onItsLane(echo))
    const [one, other] = [await lane(), await lane()]
    const stream = await onLane(link)
    link.close('revoked')
    await vi.waitFor(() => expect([one.closed, other.closed, stream.closed]).toEqual([true, true, true]))
  })

  it('is cut when bytes come on the stream that it stands for', async () => {
    const { link, lane } = await machine((stream, headers) => onItsLane(() => void stream.write('here as well'))(stream, headers))
    const socket = await lane()
    const stream = await onLane(link)
    await vi.waitFor(() => expect([stream.destroyed, socket.destroyed]).toEqual([true, true]))
  })

  it('costs a slow reader no more than a stream does, and the tunnel goes on', async () => {
    const { link, lane } = await machine(
      onItsLane((bytes) => {
        const piece = Buffer.alloc(64 * 1024)
        const more = (): void => {
          while (!bytes.destroyed && bytes.write(piece));
          bytes.once('drain', more)
        }
        more()
      }),
    )
    await lane()
    const stream = await onLane(link)
    await once(stream, 'readable')
    await expect.poll(() => stream.readableLength).toBeGreaterThan(0)
    expect((await link.info()).device).toBe(link.deviceId)
    expect(stream.readableLength).toBeLessThan(MiB)
    stream.destroy()
  })
})

/** A machine whose certificate is good for a day, and a lane after the gateway's clock went on by so much. */
async function machineOfTheClock(goesOnMs: number, refused: boolean): Promise<void> {
  const shared = door
  const clock = new FakeClock(Date.now())
  await using own = await openTestDoor({ clock })
  door = own
  try {
    const { lane, link } = await machine(onItsLane(echo))
    clock.jumpWallClock(goesOnMs)
    const socket = await lane()
    if (refused) await vi.waitFor(isClosed(socket))
    else expect(await onLane(link)).toBeInstanceOf(TLSSocket)
  } finally {
    door = shared
  }
}

describe('a lane is refused', () => {
  it.each(['no id at all\n', `${'g'.repeat(32)}\n`, `${'A'.repeat(32)}\n`, 'a'.repeat(33), `${'a'.repeat(32)}\nand more`])(
    'that begins with %j',
    async (says) => {
      const { lane } = await machine(onItsLane(echo))
      await vi.waitFor(isClosed(await lane({ says })))
    },
  )

  it('that keeps silent', async () => {
    const { lane } = await machine(onItsLane(echo))
    await vi.waitFor(isClosed(await lane({ says: '' })))
  })

  it('whose certificate has no live tunnel: of another device, of nobody', async () => {
    const { link } = await machine(onItsLane(echo))
    const stranger = await door.enrol('without-a-tunnel')
    for (const credentials of [stranger, {}]) {
      const socket = await dialLane(credentials)
      socket.write(`${'b'.repeat(32)}\n`)
      await vi.waitFor(isClosed(socket))
    }
    expect(await link.openStream(session, plc)).not.toBeInstanceOf(TLSSocket)
  })

  it('whose device was revoked a moment ago', async () => {
    const { credentials, link, lane } = await machine(onItsLane(echo))
    door.store.revokeCertificate(credentials.fingerprint)
    door.listener.disconnect(link.deviceId, 'revoked')
    await link.closed
    await vi.waitFor(isClosed(await lane({ as: credentials })))
  })

  it('whose certificate has ended by the clock of the gateway, though its tunnel has not ended yet (R13)', async () => {
    await machineOfTheClock(0, false)
    await machineOfTheClock(25 * 60 * 60_000, true)
  })

  it('with an id that waits already, and those beyond the number that may wait', async () => {
    const { lane } = await machine(onItsLane(echo))
    const id = `${'c'.repeat(32)}\n`
    const first = await lane({ says: id })
    const again = await lane({ says: id })
    await vi.waitFor(() => expect([first, again].filter(({ closed }) => closed)).toHaveLength(1))
    const more = await Promise.all(Array.from({ length: defaultTunnelLimits.maxWaitingLanes + 2 }, () => lane()))
    await vi.waitFor(() => expect(more.filter(({ closed }) => closed)).toHaveLength(3))
  })

  it('beyond the number that one tunnel may have; the end of one makes room', async () => {
    const shared = door
    await using own = await openTestDoor({ limits: { maxLanes: 2, laneBurst: 1_000 } })
    door = own
    try {
      const { link, lane } = await machine(onItsLane(echo))
      await lane()
      await lane()
      const carried = [await onLane(link), await onLane(link)]
      await vi.waitFor(isClosed(await lane()))
      expect(carried.map(({ destroyed }) => destroyed)).toEqual([false, false])
      carried[0]?.destroy()
      await vi.waitFor(isClosed(carried[0]!))
      await vi.waitFor(async () => {
        await lane()
        expect(await link.openStream(session, plc)).toBeInstanceOf(TLSSocket)
      })
    } finally {
      door = shared
    }
  })

  it('of a device that opens them without end', async () => {
    const { lane } = await machine(onItsLane(echo))
    for (let round = 0; round < defaultTunnelLimits.laneBurst; round += 1) (await lane()).destroy()
    await vi.waitFor(isClosed(await lane()))
  })

  it('before it has said anything about a service: a tunnel is none, and none is a tunnel', async () => {
    const credentials = await door.enrol('only-a-lane')
    const socket = await dialLane(credentials)
    socket.write(`${'d'.repeat(32)}\n`)
    await vi.waitFor(isClosed(socket))
    expect(door.listener.links.get('only-a-lane' as DeviceId)).toBeUndefined()
    const tunnel = await dialLane(credentials, tunnelAlpn)
    tunnel.resume().write(`${'d'.repeat(32)}\n`)
    await vi.waitFor(isClosed(tunnel))
  })
})
