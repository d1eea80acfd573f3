import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { certificateRequest } from '../enrolment/certificate-request.ts'
import { checkCredential } from '../enrolment/credential.ts'
import { readSettings } from '../settings/read-settings.ts'
import { selfSigned } from '../testing/self-signed.ts'
import { createTestAuthority } from '../testing/test-authority.ts'
import type { TestAuthority } from '../testing/test-authority.ts'
import { startTestGateway } from '../testing/test-gateway.ts'
import type { TestGateway } from '../testing/test-gateway.ts'
import { startLink } from './start-link.ts'
import type { Link, LinkStatus } from './start-link.ts'

const uri = 'spiffe://acme.example/device/press-1'
let authority: TestAuthority
let gateways: TestGateway[]
let networks: Network[]
let link: Link
let clock: FakeClock
let statuses: LinkStatus[]
let [ups, downs] = [0, 0]

beforeAll(() => {
  authority = createTestAuthority()
})
afterAll(() => authority.remove())
beforeEach(() => {
  gateways = []
  networks = []
  statuses = []
  ;[ups, downs] = [0, 0]
})
afterEach(() => {
  link.close('closed')
  for (const one of [...gateways, ...networks]) one.close()
})

async function gateway(): Promise<TestGateway> {
  const started = await startTestGateway({ authority })
  gateways.push(started)
  return started
}

/** What lies between the machine and the gateway. `pass` leads there; `portal` answers everything with its sign-in page; `drop` takes and loses every byte. */
interface Network {
  readonly port: number
  way: 'pass' | 'portal' | 'drop' | 'inspect'
  /** Bytes of the machine that it has seen other than in passing. */
  readonly heard: Buffer[]
  close(): void
}

async function network(to: TestGateway, way: Network['way']): Promise<Network> {
  const sockets = new Set<Socket>()
  const filter = createTlsServer(
    { ...selfSigned('/CN=Hotel Wi-Fi'), ALPNProtocols: ['rh2'] },
    (socket) => void socket.on('error', () => {}).on('data', (chunk) => heard.push(chunk)),
  )
  filter.on('tlsClientError', () => {})
  const heard: Buffer[] = []
  const server: Server = createServer((near) => {
    sockets.add(near.on('error', () => {}))
    if (state.way === 'inspect') return void filter.emit('connection', near)
    if (state.way === 'portal')
      return void near.once('data', () => near.end('HTTP/1.1 302 Found\r\nLocation: http://portal.hotel/\r\n\r\n'))
    if (state.way === 'drop') return void near.resume()
    const far = connect(to.port, '127.0.0.1')
    sockets.add(far.on('error', () => {}))
    const lead = (from: Socket, into: Socket): void => {
      // What it loses it loses without a word, in both directions.
      from.on('data', (chunk) => state.way === 'pass' && into.write(chunk))
      from.on('close', () => state.way === 'pass' && into.destroy())
    }
    lead(near, far)
    lead(far, near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const state: Network = {
    port: (server.address() as AddressInfo).port,
    way,
    heard,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
  networks.push(state)
  return state
}

function start(...ports: number[]): void {
  clock = new FakeClock(Date.now())
  const settings = readSettings({
    text: JSON.stringify({
      gateway: {
        tunnel: ports.map((port) => `127.0.0.1:${port}`),
        est: 'https://127.0.0.1:1',
        caFile: authority.caFile,
        trustDomain: 'acme.example',
      },
      device: { id: 'press-1', name: 'P', site: 'S' },
      stateDir: '/tmp',
      panel: { port: 0 },
      operators: ['O'],
      services: {},
    }),
    baseDir: '/',
    defaultPagesDir: '/',
  })
  link = startLink({
    settings,
    clock,
    random: { ...systemRandom, fraction: () => 0.5 },
    logger: silentLogger,
    onStatus: (status) => statuses.push(status),
    onUp: () => (ups += 1),
    onDown: () => (downs += 1),
    onStream: (stream) => {
      stream.on('error', () => {})
      stream.respond({ ':status': 200 }, { endStream: true })
    },
  })
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const leaf = authority.device({ request: certificateRequest({ privateKey, commonName: 'press-1' }), uri })
  const certificates = [new X509Certificate(leaf), new X509Certificate(authority.issuingPem)]
  link.setCredential(checkCredential({ privateKey, certificates, spiffeId: uri, nowMs: Date.now() }))
}

const offline = (): Promise<LinkStatus> =>
  vi.waitFor(() => {
    const last = statuses.at(-1)
    if (last?.state !== 'offline') throw new Error(`it is ${last?.state}`)
    return last
  })
const connected = (times: number): Promise<void> => vi.waitFor(() => expect(ups).toBe(times))
/** To the next dial. */
const goOn = async (): Promise<void> => {
  const last = await offline()
  statuses.splice(0)
  clock.advance('nextAttemptAtMs' in last ? last.nextAttemptAtMs - clock.nowMs() : 0)
}

describe('several addresses of the gateway', () => {
  it('are tried in order at each dial; lanes go where the tunnel goes, and the first is taken again when it is back', async () => {
    const [first, second] = [await gateway(), await gateway()]
    const before = await network(first, 'portal')
    start(1, before.port, second.port)
    await connected(1)
    expect(link.connectedTo).toBe(`127.0.0.1:${second.port}`)
    const lane = await link.dialLane()
    expect(lane.remotePort).toBe(second.port)
    lane.destroy()
    before.way = 'pass'
    second.tunnel?.destroy()
    await vi.waitFor(() => expect(downs).toBe(1))
    expect(link.connectedTo).toBeNull()
    await goOn()
    await connected(2)
    expect(link.connectedTo).toBe(`127.0.0.1:${before.port}`)
  })

  it('of which one takes connections and does not serve them: the next dial begins with the other', async () => {
    const [first, second] = [await gateway(), await gateway()]
    first.hostile = (socket) => void socket.destroy()
    start(first.port, second.port)
    await goOn()
    await connected(1)
    expect([link.connectedTo, first.connections]).toEqual([`127.0.0.1:${second.port}`, 1])
  })

  it('of which one refuses this machine: that is the gateway’s word, and no other address is asked for a better one', async () => {
    const [first, second] = [await gateway(), await gateway()]
    first.refuseWith = 'suspended'
    start(first.port, second.port)
    await vi.waitFor(() => expect(statuses.at(-1)).toMatchObject({ state: 'refused', reason: 'suspended' }))
    clock.advance(35_001)
    await vi.waitFor(() => expect(first.connections).toBe(2))
    expect(second.connections).toBe(0)
  })

  it('that all fail are told by what says most: who answered in the gateway’s place, before a port where nobody listens', async () => {
    const there = await gateway()
    start(1, (await network(there, 'inspect')).port)
    expect(await offline()).toMatchObject({ reason: 'tls_inspected', stranger: { issuer: 'Hotel Wi-Fi' } })
  })

  it('of which one loses every byte cost ten seconds, and then the next one is tried', async () => {
    const there = await gateway()
    const silent = await network(there, 'drop')
    start(silent.port, there.port)
    await vi.waitFor(() => expect(statuses.at(-1)?.state).toBe('connecting'))
    // The timer of the dial stands only once the connection does.
    await vi.waitFor(() => {
      clock.advance(10_001)
      expect(ups).toBe(1)
    })
    expect(link.connectedTo).toBe(`127.0.0.1:${there.port}`)
  })
})

describe('a hard network', () => {
  it.each(['portal', 'inspect'] as const)(
    'with a sign-in page (%s) hears nothing of this machine, and once somebody signed in the agent is connected',
    async (way) => {
      const there = await gateway()
      const between = await network(there, way)
      start(between.port)
      const shown = await offline()
      expect(shown).toMatchObject({ stranger: way === 'inspect' ? { issuer: 'Hotel Wi-Fi' } : null })
      await goOn()
      await offline()
      expect([Buffer.concat(between.heard).length, there.connections, ups]).toEqual([0, 0, 0])
      between.way = 'pass'
      await goOn()
      await connected(1)
    },
  )

  it('that loses every byte from one moment on is noticed after 15 s, and left behind when it carries again', async () => {
    const there = await gateway()
    const between = await network(there, 'pass')
    start(between.port)
    await connected(1)
    between.way = 'drop'
    clock.advance(16_000)
    expect([downs, statuses.at(-1)]).toMatchObject([1, { state: 'offline', reason: 'dead' }])
    statuses.splice(0)
    clock.advance(1_000)
    // This dial finds a network that takes the connection and loses what it says.
    await vi.waitFor(() => {
      clock.advance(10_001)
      expect(statuses.at(-1)).toMatchObject({ state: 'offline', reason: 'dial_timeout' })
    })
    between.way = 'pass'
    await goOn()
    await connected(2)
  })
})
