import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoPorts } from '../../deploy/demo/demo-ports.ts'
import { systemClock } from '../../gateway/basics/clock.ts'
import { newOrganisationId, type DeviceId } from '../../gateway/basics/ids.ts'
import { silentLogger } from '../../gateway/basics/logger.ts'
import { systemRandom } from '../../gateway/basics/random.ts'
import { startChild, type StartedChild } from '../../gateway/commands/start-child.ts'
import { writeInstallation } from '../../gateway/commands/write-installation.ts'
import { createDevice } from '../../gateway/devices/administer-device.ts'
import { DeviceChanges } from '../../gateway/devices/device-changes.ts'
import { gatewayActor } from '../../gateway/ledger/event.ts'
import { startGateway, type Gateway } from '../../gateway/start-gateway.ts'
import { launchChromium } from '../support/chromium.ts'
import { makeCertificate, type MadeCertificate } from '../support/make-certificate.ts'
import { PanelClient } from '../support/panel-client.ts'

const portal = 'sallyport.localhost'
const forMachines = 'gw.localhost'
const run = promisify(execFile)

/** What Chromium writes of its connections. */
interface NetLog {
  readonly constants: { readonly logEventTypes: Readonly<Record<string, number>> }
  readonly events: readonly { readonly type: number }[]
}

describe('one port for browsers, machines and enrolment', () => {
  let folder: string
  let certificate: MadeCertificate
  let gateway: Gateway
  let port: number
  const agents: StartedChild<unknown>[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-one-port-'))
    certificate = makeCertificate(folder, [portal, `id.${portal}`, '*.machines.localhost'])
    port = (await demoPorts(0, null)).public
    const all = { host: '127.0.0.1', port }
    const { settings } = await writeInstallation(
      {
        dataDir: join(folder, 'data'),
        organisation: 'Service',
        portalOrigin: `https://${portal}:${port}`,
        issuer: `https://id.${portal}:${port}`,
        accessDomain: 'machines.localhost',
        trustDomain: portal,
        tunnelNames: [forMachines],
        public: { ...all, tls: { certFile: certificate.chainFile, keyFile: certificate.keyFile } },
        tunnel: all,
        est: all,
        demo: true,
        logLevel: 'warn',
      },
      systemRandom,
    )
    gateway = await startGateway({ settings, clock: systemClock, random: systemRandom, logger: silentLogger })
  }, 60_000)
  afterAll(async () => {
    await Promise.all(agents.map((agent) => agent.stop()))
    await gateway.close()
    await rm(folder, { recursive: true, force: true })
  })

  const get = async (servername: string, path: string, ca: string): Promise<{ status: number; body: string }> => {
    const sent = request({ host: '127.0.0.1', port, servername, path, ca, headers: { host: `${servername}:${port}` } }).end()
    const [answer] = await once(sent, 'response')
    return { status: answer.statusCode, body: (await buffer(answer)).toString() }
  }
  /** What OpenSSL's client was asked for. */
  const hello = async (...args: string[]): Promise<string> => {
    const { stdout } = await run('sh', [
      '-c',
      'openssl s_client "$@" </dev/null 2>&1 || true',
      'sh',
      '-connect',
      `127.0.0.1:${port}`,
      ...args,
    ])
    return stdout
  }

  it('answers browsers by their names, and asks them for no certificate', async () => {
    const ca = await readFile(certificate.caFile, 'utf8')
    expect(await get(portal, '/api/v1/openapi.json', ca)).toMatchObject({ status: 200 })
    const names = [portal, `id.${portal}`, 'web-x.machines.localhost']
    const netLog = join(folder, 'net-log.json')
    const browser = await launchChromium(names, [`--log-net-log=${netLog}`])
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' })).newPage()
    for (const name of names.toReversed()) await page.goto(`https://${name}:${port}/`)
    await page.getByRole('heading', { name: 'Sallyport' }).waitFor()
    await browser.close()
    const { constants, events } = JSON.parse(await readFile(netLog, 'utf8')) as NetLog
    const handshakes = (type: string): number => events.filter((event) => event.type === constants.logEventTypes[type]).length
    expect(constants.logEventTypes).toHaveProperty('SSL_CLIENT_CERT_REQUESTED')
    expect([handshakes('SSL_CONNECT') >= names.length, handshakes('SSL_CLIENT_CERT_REQUESTED')]).toEqual([true, 0])
    for (const name of names) {
      const asked = await hello('-servername', name, '-alpn', 'h2,http/1.1')
      expect(asked).toContain('CONNECTED')
      expect(asked).not.toContain('Acceptable client certificate CA names')
    }
  }, 60_000)

  it('answers enrolment by the name for machines, under the gateway’s own authority', async () => {
    const ca = await readFile(gateway.caFile, 'utf8')
    const { status, body } = await get(forMachines, '/.well-known/est/cacerts', ca)
    expect(status).toBe(200)
    expect(Buffer.from(body, 'base64').length).toBeGreaterThan(100)
    expect(await hello('-servername', forMachines, '-alpn', 'rh2')).toContain('Acceptable client certificate CA names')
  })

  it('answers the lanes of machines as it answers their tunnels, whatever name they say', async () => {
    for (const name of [forMachines, portal]) {
      const asked = await hello('-servername', name, '-alpn', 'sallyport-lane/1')
      expect(asked).toContain('ALPN protocol: sallyport-lane/1')
      expect(asked).toContain('Acceptable client certificate CA names')
    }
  })

  it('lets a machine enrol and open its tunnel', async () => {
    const organisationId = newOrganisationId(systemRandom)
    await gateway.storage.people.insertOrganisation({ id: organisationId, name: 'Customer', kind: 'customer' }, [])
    const id = 'press-1' as DeviceId
    const facts = { site: 'Hall', region: 'europe', country: 'DE', timeZone: 'Europe/Berlin', productLine: 'press', model: 'P' }
    const room = { store: gateway.storage.devices, changes: new DeviceChanges(), clock: systemClock }
    await createDevice(room, { ...facts, id, organisationId, name: 'Press 1' }, gatewayActor)
    const directory = join(folder, 'agent')
    await mkdir(directory)
    const settings = {
      gateway: {
        tunnel: `127.0.0.1:${gateway.tunnelPort}`,
        est: `https://127.0.0.1:${gateway.estPort}`,
        serverName: forMachines,
        caFile: gateway.caFile,
        trustDomain: portal,
      },
      device: { id, name: 'Press 1', site: 'Hall' },
      enrolment: { password: await gateway.enrolments.open(id, []) },
      stateDir: join(directory, 'state'),
      panel: { port: 0, pagesDir: directory },
      remoteService: 'on',
      operators: ['Olga'],
      services: { hmi: { kind: 'http', target: '127.0.0.1:9', title: 'Panel' } },
    }
    await writeFile(join(directory, 'agent.json'), JSON.stringify(settings), { mode: 0o600 })
    const program = new URL('../../agent/main.ts', import.meta.url)
    const args = ['--config', join(directory, 'agent.json')]
    const agent = await startChild<{ pairing_url: string }>({ name: 'agent', program, args, onLog: () => {} })
    agents.push(agent)
    const panel = await PanelClient.pair(agent.ready.pairing_url)
    const { connection } = await panel.waitFor((state) => state.connection.state === 'connected', 20_000)
    expect(connection).toMatchObject({ state: 'connected' })
    expect([gateway.publicPort, gateway.tunnelPort, gateway.estPort]).toEqual([port, port, port])

    // What the agent's own commands say about it, and that looking disturbs nobody.
    const ask = async (command: string): Promise<unknown> =>
      JSON.parse((await run(process.execPath, [fileURLToPath(program), command, '--json', ...args])).stdout)
    const found = (await ask('doctor')) as { readonly findings: readonly { readonly check: string; readonly state: string }[] }
    // Nobody has a PIN there, and no button is wired.
    expect(
      found.findings.filter(({ state }) => state !== 'ok').map(({ check, state }) => [check, state]),
      JSON.stringify(found),
    ).toEqual([['operators', 'warning']])
    const told = (await ask('status')) as { readonly agent: { readonly connection: object } }
    expect(told).toMatchObject({ running: true, agent: { gateway: `127.0.0.1:${port}`, connection: { state: 'connected' } } })
    expect((await panel.waitFor(() => true)).connection).toEqual(connection)
  }, 60_000)

  it('cuts what is no TLS', async () => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('GET / HTTP/1.1\r\nHost: sallyport.localhost\r\n\r\n')
    await once(socket, 'close')
  })
})
