import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../basics/clock.ts'
import { certificateRequest } from '../../enrolment/certificate-request.ts'
import type { AgentSettings } from '../../settings/agent-settings.ts'
import { readSettings } from '../../settings/read-settings.ts'
import { deviceUri } from '../../testing/agent-bench.ts'
import { selfSigned } from '../../testing/self-signed.ts'
import { createTestAuthority } from '../../testing/test-authority.ts'
import type { TestAuthority } from '../../testing/test-authority.ts'
import { startTestEstServer } from '../../testing/test-est-server.ts'
import type { TestEstServer } from '../../testing/test-est-server.ts'
import { startTestGateway } from '../../testing/test-gateway.ts'
import type { TestGateway } from '../../testing/test-gateway.ts'
import { checkCertificate } from './check-certificate.ts'
import { judgeClock } from './check-clock.ts'
import { checkNetwork } from './check-network.ts'
import { checkState, judgeRoom } from './check-state.ts'
import { checkTrust } from './check-trust.ts'
import { checkWay } from './check-way.ts'
import { examine } from './examine.ts'

const dayMs = 86_400_000
let authority: TestAuthority
let est: TestEstServer
let gateway: TestGateway
let folder: string
let stranger: Server | undefined

beforeAll(async () => {
  authority = createTestAuthority()
  est = await startTestEstServer({ authority, uri: deviceUri, password: 'one-time' })
  gateway = await startTestGateway({ authority })
})
afterAll(() => {
  est.close()
  gateway.close()
  authority.remove()
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-doctor-'))
})
afterEach(() => {
  stranger?.close()
  rmSync(folder, { recursive: true })
})

function settings(change: object = {}, more: object = {}, environment: NodeJS.ProcessEnv = {}): AgentSettings {
  const own = {
    tunnel: `localhost:${gateway.port}`,
    est: `https://localhost:${est.port}`,
    caFile: authority.caFile,
    trustDomain: 'acme.example',
  }
  const text = JSON.stringify({
    gateway: { ...own, ...change },
    device: { id: 'press-1', name: 'P', site: 'S' },
    enrolment: { password: 'one-time' },
    stateDir: 'state',
    panel: { port: 7080 },
    operators: ['O'],
    services: {},
    ...more,
  })
  return readSettings({ text, baseDir: folder, defaultPagesDir: '/', environment })
}

const wayOf = async (given: AgentSettings, clock = systemClock) => {
  const findings = await checkWay(given, clock)
  return (check: string) => {
    const found = findings.find((one) => one.check.startsWith(check))
    return [found?.state, found?.what, found?.fix]
  }
}

async function listen(server: Server): Promise<number> {
  stranger = server
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

describe('the way to the gateway', () => {
  it('is free: each address, its certificate, the enrolment and the clock', async () => {
    const found = await wayOf(settings())
    for (const check of ['names', 'proxy', 'gateway', 'enrolment', 'clock']) expect(found(check)[0], String(found(check))).toBe('ok')
  })

  it('with one of two addresses is no failure', async () => {
    const found = await wayOf(settings({ tunnel: ['127.0.0.1:1', `localhost:${gateway.port}`] }))
    expect(found('gateway 127.0.0.1:1')).toEqual([
      'warning',
      'Nobody listens there: the connection was refused.',
      expect.stringContaining('port'),
    ])
    expect(found('gateway localhost')[0]).toBe('ok')
  })

  it('with one of two addresses of the enrolment is no failure, and the clock is compared there', async () => {
    const found = await wayOf(settings({ est: ['https://127.0.0.1:1', `https://localhost:${est.port}`] }))
    expect(['enrolment 127.0.0.1:1', 'enrolment localhost', 'clock'].map((check) => found(check)[0])).toEqual(['warning', 'ok', 'ok'])
  })

  it.each<[string, object, string, RegExp, RegExp]>([
    ['a name that nobody knows', { tunnel: 'gw.invalid:1' }, 'names', /does not know the name gw\.invalid/, /DNS/],
    ['a name that nobody knows', { tunnel: 'gw.invalid:1' }, 'gateway', /name (is not known|cannot be looked up)/, /DNS/],
    [
      'a proxy that is not there',
      { proxy: { address: '127.0.0.1:1' } },
      'proxy 127.0.0.1:1',
      /cannot be reached \(ECONNREFUSED\)/,
      /gateway\.proxy/,
    ],
    ['another name in the certificate', { serverName: 'gw.example' }, 'enrolment', /for another name/, /serverName/],
  ])('with %s is told so: %j', async (_what, change, check, what, fix) => {
    expect((await wayOf(settings(change)))(check)).toEqual(['failed', expect.stringMatching(what), expect.stringMatching(fix)])
  })

  it('where a sign-in page of the network answers, or somebody opens TLS, says who', async () => {
    const portal = await listen(
      createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 302 Found\r\nLocation: http://portal/\r\n\r\n')),
    )
    expect((await wayOf(settings({ tunnel: `127.0.0.1:${portal}` })))('gateway')).toEqual([
      'failed',
      expect.stringMatching(/does not speak TLS 1\.3.*sign-in page/),
      expect.any(String),
    ])
    const inspector = await startTestGateway({ authority, server: selfSigned('/O=Corp Security/CN=Corp Web Filter') })
    const found = (await wayOf(settings({ tunnel: `127.0.0.1:${inspector.port}` })))('gateway')
    inspector.close()
    expect(found).toEqual([
      'failed',
      expect.stringContaining('"Corp Security, Corp Web Filter"'),
      expect.stringContaining('without TLS inspection'),
    ])
  })

  it('blames the clock where the certificate is not valid by it', async () => {
    const early = await startTestGateway({ authority, server: authority.server(undefined, { fromDays: 3, toDays: 30 }) })
    const found = (await wayOf(settings({ tunnel: `localhost:${early.port}`, est: `https://localhost:${early.port}` })))('clock')
    early.close()
    expect(found).toEqual(['failed', expect.stringContaining('not valid yet'), expect.stringContaining('behind')])
  })
})

describe('the clock', () => {
  it.each([
    [0, 'ok'],
    [4, 'ok'],
    [-20, 'warning'],
    [20, 'warning'],
    [-61, 'failed'],
    [86_400, 'failed'],
  ])('that is %d s from the gateway’s is %s', (seconds, state) => {
    const date = 'Mon, 02 Nov 2026 12:00:00 GMT'
    expect(judgeClock(date, Date.parse(date) + 500 + seconds * 1000).state).toBe(state)
  })

  it('that is behind is said to be, and one that cannot be compared too', () => {
    expect(judgeClock('Mon, 02 Nov 2026 12:00:00 GMT', Date.parse('2026-11-02T11:00:00Z')).what).toBe(
      "It is 60 minutes behind the gateway's.",
    )
    expect(judgeClock(null, 0).state).toBe('warning')
    expect(judgeClock('soon', 0).state).toBe('warning')
  })
})

describe('this machine', () => {
  it('has a network, or none, or needs none', () => {
    const lo = [{ address: '127.0.0.1', internal: true, family: 'IPv4', netmask: '', mac: '', cidr: null }] as const
    const own = [{ ...lo[0], address: '169.254.1.2', internal: false }]
    expect(checkNetwork(settings({ tunnel: 'gw.example:1' }).gateway, { lo: [...lo], eth0: own })).toMatchObject({ state: 'failed' })
    expect(checkNetwork(settings().gateway, { lo: [...lo] })).toMatchObject({ state: 'ok' })
    const eth0 = [{ ...own[0]!, address: '10.0.0.2' }]
    expect(checkNetwork(settings().gateway, { eth0 })).toEqual({
      check: 'network',
      state: 'ok',
      what: 'This machine has 10.0.0.2 (eth0).',
      fix: null,
    })
  })

  it('keeps its state where nobody else can read it', async () => {
    const stateDir = join(folder, 'state')
    expect(await checkState(stateDir)).toMatchObject([{ check: 'state', state: 'ok', what: expect.stringContaining('first start') }])
    mkdirSync(stateDir, { mode: 0o755 })
    expect((await checkState(stateDir))[0]).toMatchObject({ state: 'failed', fix: `chmod 0700 ${stateDir}` })
    writeFileSync(join(folder, 'file'), '')
    expect(await checkState(join(folder, 'file'))).toMatchObject([{ state: 'failed' }])
  })

  it('has room, little, or none', () => {
    expect([judgeRoom(1024 ** 4), judgeRoom(50 * 1024 ** 2), judgeRoom(1024 ** 2)].map(({ state }) => state)).toEqual([
      'ok',
      'warning',
      'failed',
    ])
  })

  it('has a certificate of its own, for a while', async () => {
    const given = settings()
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const request = certificateRequest({ privateKey, commonName: 'press-1' })
    mkdirSync(given.stateDir)
    const put = (pem: string): void => writeFileSync(join(given.stateDir, 'device.crt'), pem)
    const at = async (days: number, of = given) => (await checkCertificate(of, Date.now() + days * dayMs)).state
    expect([await at(0), await at(0, settings({}, { enrolment: undefined }))]).toEqual(['ok', 'failed'])
    expect(await at(0, settings({}, { enrolment: { passwordFile: 'none' } }))).toBe('failed')
    put(authority.device({ request, uri: deviceUri, days: 9 }))
    expect([await at(1), await at(8.5), await at(10), await at(-2)]).toEqual(['ok', 'warning', 'failed', 'failed'])
    put(authority.device({ request, uri: 'spiffe://acme.example/device/press-2' }))
    expect(await checkCertificate(given, Date.now())).toMatchObject({ state: 'failed', what: expect.stringContaining('press-2') })
    put('no certificate')
    expect(await at(0)).toBe('failed')
  })

  it('trusts an authority that is there and good', async () => {
    expect(await checkTrust(settings(), Date.now() - 10 * dayMs)).toMatchObject({ state: 'ok' })
    expect(await checkTrust(settings(), Date.now() + 10 * dayMs)).toMatchObject({ state: 'warning' })
    expect(await checkTrust(settings(), Date.now() + 40 * dayMs)).toMatchObject({ state: 'failed' })
    expect(await checkTrust(settings({ caFile: '/nowhere' }), Date.now())).toMatchObject({
      state: 'failed',
      what: '/nowhere cannot be read (ENOENT).',
    })
  })

  it('has settings, or hears all that is wrong with them', async () => {
    expect(await examine({ load: () => Promise.reject(new Error('a.b: is missing')), clock: systemClock })).toEqual([
      { check: 'settings', state: 'failed', what: 'a.b: is missing', fix: expect.any(String) },
    ])
  })
})
