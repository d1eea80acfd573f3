import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { demoMachines } from '../../deploy/demo/demo-machines.ts'
import { demoPorts, type DemoPorts } from '../../deploy/demo/demo-ports.ts'
import { seedDemo, type DemoSecrets } from '../../deploy/demo/seed-demo.ts'
import { systemClock } from '../../gateway/basics/clock.ts'
import { silentLogger } from '../../gateway/basics/logger.ts'
import { systemRandom } from '../../gateway/basics/random.ts'
import { startChild, type StartedChild } from '../../gateway/commands/start-child.ts'
import { writeInstallation, type Installation } from '../../gateway/commands/write-installation.ts'
import type { GatewaySettings } from '../../gateway/settings/gateway-settings.ts'
import { startGateway } from '../../gateway/start-gateway.ts'
import { makeCertificate, type MadeCertificate } from './make-certificate.ts'
import { PanelClient } from './panel-client.ts'
import { PortalClient } from './portal-client.ts'

interface AgentReady {
  readonly panel: string
  readonly pairing_url: string
}

/** Gateway, identity provider, one agent (Press 7) and its web server, each a process that can be killed and started again. */
export interface RunningInstallation extends AsyncDisposable {
  readonly dataDir: string
  readonly portal: string
  readonly est: string
  /** Where browsers, machines and enrolment come to: three ports, or the same one three times. */
  readonly ports: { readonly public: number; readonly tunnel: number; readonly est: number }
  readonly caFile: string
  readonly gateway: StartedChild<unknown>
  readonly agent: StartedChild<AgentReady>
  readonly machine: StartedChild<{ port: number }>
  /** Where the machine writes what reaches it (`witness.ts`). */
  readonly seen: string
  /** What the processes said, for a test that failed. */
  readonly log: string[]
  signIn(username: string): Promise<PortalClient>
  /** Somebody who is not of the demo. */
  signInAs(account: { readonly username: string; readonly password: string }): Promise<PortalClient>
  /** For somebody who signs in at the pages. */
  password(username: string): string
  /** One-time password of a machine that has not enrolled yet: the demo has three. */
  enrolmentPassword(device: string): string
  /** A panel that stays paired over restarts of the agent. */
  panel(): Promise<PanelClient>
  startGateway(environment?: NodeJS.ProcessEnv): Promise<void>
  startAgent(environment?: NodeJS.ProcessEnv): Promise<void>
  startMachine(): Promise<void>
}

export interface InstallationOptions {
  /** Changes to `gateway.json`, or what makes them from what was written. */
  readonly gateway?: object | ((written: GatewaySettings) => object)
  /** Changes to `agent.json`, or what makes them from what was written. */
  readonly agent?: object | ((written: WrittenAgent) => object)
  /** How the public port speaks, and whether machines come to it too. Default: plain HTTP, and two more ports. */
  readonly front?: 'plain' | 'tls' | 'one port'
  /** Other programs in the place of gateway and agent, with the same arguments. */
  readonly programs?: { readonly gateway?: string; readonly agent?: string }
}

export interface WrittenAgent {
  readonly gateway: { readonly tunnel: string; readonly est: string; readonly caFile: string; readonly trustDomain: string }
}

const repository = new URL('../../', import.meta.url)

export async function runInstallation(options: InstallationOptions = {}): Promise<RunningInstallation> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sallyport-'))
  const { front = 'plain' } = options
  const free = await demoPorts(0, null)
  const ports = front === 'one port' ? { ...free, tunnel: free.public, est: free.public } : free
  const scheme = front === 'plain' ? 'http' : 'https'
  const portal = `${scheme}://sallyport.localhost:${ports.public}`
  const installation = await install(dataDir, ports, portal, options)
  const log: string[] = []
  const start = async <Ready>(
    name: string,
    program: string,
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
  ): Promise<StartedChild<Ready>> => {
    const onLog = (line: string): void => void log.push(`${name}: ${line}`)
    try {
      return await startChild<Ready>({ name, program: new URL(program, repository), args, environment, onLog })
    } catch (cause) {
      throw new Error(`${name} did not start: ${log.slice(-20).join('\n')}`, { cause })
    }
  }
  const { programs = {} } = options
  const seen = join(dataDir, 'seen.jsonl')

  const idp = await start('idp', 'idp/main.ts', ['--config', installation.idpFile])
  const secrets = await seed(installation)
  const startMachine = (port: number) => start<{ port: number }>('machine', 'test/support/machine-entry.ts', [String(port), seen])
  let machine = await startMachine(0)
  const serve = (environment?: NodeJS.ProcessEnv) =>
    start('gateway', programs.gateway ?? 'gateway/main.ts', ['serve', '--config', installation.gatewayFile], environment)
  let gateway = await serve()
  const agentFile = await writeAgent(dataDir, ports, installation, secrets, machine.ready.port, options.agent ?? {})
  const startAgent = (environment?: NodeJS.ProcessEnv) =>
    start<AgentReady>('agent', programs.agent ?? 'agent/main.ts', ['--config', agentFile], environment)
  let agent = await startAgent()
  const signedUndertaking = new Set<string>()
  const password = (username: string): string => secrets.passwords[username] ?? ''

  const signInAs = async (account: { readonly username: string; readonly password: string }): Promise<PortalClient> => {
    const client = new PortalClient(portal)
    const me = await client.signIn(account)
    if (!signedUndertaking.has(account.username)) await client.signUndertaking(me)
    signedUndertaking.add(account.username)
    return client
  }

  return {
    dataDir,
    portal,
    est: `https://127.0.0.1:${ports.est}`,
    ports,
    caFile: join(installation.settings.dataDir, 'ca.pem'),
    seen,
    log,
    get gateway() {
      return gateway
    },
    get agent() {
      return agent
    },
    get machine() {
      return machine
    },
    signIn: (username) => signInAs({ username, password: password(username) }),
    signInAs,
    password,
    enrolmentPassword: (device) => secrets.enrolments[device] ?? '',
    panel: () => PanelClient.pair(agent.ready.pairing_url),
    async startGateway(environment) {
      gateway = await serve(environment)
    },
    async startAgent(environment) {
      agent = await startAgent(environment)
    },
    async startMachine() {
      machine = await startMachine(machine.ready.port)
    },
    async [Symbol.asyncDispose]() {
      for (const { process } of [gateway, agent, machine, idp]) process.kill('SIGCONT')
      await Promise.all([gateway.stop(), agent.stop(), machine.stop(), idp.stop()])
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function install(
  dataDir: string,
  ports: DemoPorts,
  portal: string,
  { gateway = {}, front = 'plain' }: InstallationOptions,
): Promise<Installation> {
  const made = front === 'plain' ? null : trusted(makeCertificate(dataDir, publicNames))
  const installation = await writeInstallation(
    {
      dataDir,
      organisation: 'Sallyport Service',
      portalOrigin: portal,
      issuer: portal.replace('//', '//id.'),
      accessDomain: 'machines.localhost',
      trustDomain: 'test.sallyport.localhost',
      tunnelNames: ['localhost', '127.0.0.1'],
      public: { host: '127.0.0.1', port: ports.public, tls: made === null ? null : { certFile: made.chainFile, keyFile: made.keyFile } },
      tunnel: { host: '127.0.0.1', port: ports.tunnel },
      est: { host: '127.0.0.1', port: ports.est },
      demo: true,
      logLevel: 'warn',
    },
    systemRandom,
  )
  const written = JSON.parse(await readFile(installation.gatewayFile, 'utf8')) as GatewaySettings
  const changes = typeof gateway === 'function' ? (gateway as (written: GatewaySettings) => object)(written) : gateway
  const own = { ...written, identityProvider: { ...written.identityProvider, startWith: null }, ...changes }
  await writeFile(installation.gatewayFile, JSON.stringify(own))
  return installation
}

const publicNames = ['sallyport.localhost', 'id.sallyport.localhost', '*.machines.localhost']

/** Whoever is a browser in this process trusts it from now on. */
function trusted(made: MadeCertificate): MadeCertificate {
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(made.caFile, 'utf8')])
  return made
}

/** People and machines of the demo, made by a gateway that runs for a moment in this process. */
async function seed({ settings }: Installation): Promise<DemoSecrets> {
  const gateway = await startGateway({ settings, clock: systemClock, random: systemRandom, logger: silentLogger })
  try {
    return await seedDemo(gateway, systemRandom)
  } finally {
    await gateway.close()
  }
}

async function writeAgent(
  dataDir: string,
  ports: DemoPorts,
  { settings }: Installation,
  secrets: DemoSecrets,
  target: number,
  changes: NonNullable<InstallationOptions['agent']>,
): Promise<string> {
  const [press] = demoMachines
  if (press === undefined) throw new Error('the demo has no machine')
  const directory = join(dataDir, 'agent')
  await mkdir(directory)
  const service = { kind: 'http', target: `127.0.0.1:${target}` }
  const agent = {
    gateway: {
      tunnel: `127.0.0.1:${ports.tunnel}`,
      est: `https://127.0.0.1:${ports.est}`,
      caFile: join(settings.dataDir, 'ca.pem'),
      trustDomain: settings.trustDomain,
    },
    device: { id: press.id, name: press.name, site: press.site },
    enrolment: { password: secrets.enrolments[press.id] },
    stateDir: join(directory, 'state'),
    // The browser of a test is on no screen that this machine's services reach.
    panel: { port: ports.panels[0], onThisMachine: false },
    remoteService: 'on',
    operators: press.operators,
    services: { hmi: { ...service, title: 'Operating panel' }, log: { ...service, title: 'Log' } },
  }
  const own = {
    ...agent,
    ...(typeof changes === 'function' ? await (changes as (written: WrittenAgent) => object | Promise<object>)(agent) : changes),
  }
  const file = join(directory, 'agent.json')
  await writeFile(file, JSON.stringify(own), { mode: 0o600 })
  return file
}
