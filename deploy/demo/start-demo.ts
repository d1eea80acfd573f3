import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { systemClock } from '../../gateway/basics/clock.ts'
import type { Running } from '../../gateway/basics/lifecycle.ts'
import type { Logger } from '../../gateway/basics/logger.ts'
import { ownFile } from '../../gateway/basics/own-file.ts'
import { systemRandom } from '../../gateway/basics/random.ts'
import { startChild } from '../../gateway/commands/start-child.ts'
import { writeInstallation } from '../../gateway/commands/write-installation.ts'
import type { Demo } from '../../gateway/http-api/contract/walk-through.ts'
import { startGateway } from '../../gateway/start-gateway.ts'
import { demoMachines } from './demo-machines.ts'
import { demoPeople } from './demo-people.ts'
import { demoPorts, type DemoPorts } from './demo-ports.ts'
import { moveIssuer } from './move-issuer.ts'
import { seedDemo, type DemoSecrets } from './seed-demo.ts'
import { startMachineAgent, type MachineAgent } from './start-machine-agent.ts'

export interface DemoOptions {
  readonly dataDir: string
  /** null: the usual port; 0: any free ones. */
  readonly port: number | null
  readonly logger: Logger
}

/** The line that `npm run demo -- --json` prints. */
export interface DemoDescription {
  readonly portal: string
  readonly issuer: string
  readonly api: string
  readonly tunnel: string
  readonly est: string
  readonly ca: string
  readonly accounts: readonly { readonly role: string; readonly name: string; readonly username: string; readonly password: string }[]
  readonly machines: readonly {
    readonly id: string
    readonly name: string
    readonly region: string
    readonly product_line: string
    readonly panel: string
    readonly pid: number
    readonly services: readonly { readonly name: string; readonly kind: string; readonly target: string }[]
  }[]
}

export interface RunningDemo extends Running {
  readonly description: DemoDescription
  /** Resolves when a part ended that nothing brings back. */
  readonly failed: Promise<Error>
}

/** What a data folder remembers of the demo that it was made by. */
interface DemoMemory {
  readonly ports: DemoPorts
  readonly issuer: string
  readonly secrets: DemoSecrets
}

export async function startDemo(options: DemoOptions): Promise<RunningDemo> {
  const dataDir = resolve(options.dataDir)
  const memory = await readMemory(dataDir)
  const ports = await demoPorts(options.port, memory?.ports ?? null)
  const portalOrigin = `http://sallyport.localhost:${ports.public}`
  const issuer = `http://id.sallyport.localhost:${ports.public}`
  const { settings, idpFile } = await writeInstallation(
    {
      dataDir,
      organisation: 'Sallyport Service',
      portalOrigin,
      issuer,
      accessDomain: 'machines.localhost',
      trustDomain: 'demo.sallyport.localhost',
      tunnelNames: ['localhost', '127.0.0.1'],
      public: { host: '127.0.0.1', port: ports.public, tls: null },
      tunnel: { host: '127.0.0.1', port: ports.tunnel },
      est: { host: '127.0.0.1', port: ports.est },
      demo: true,
      logLevel: 'warn',
    },
    systemRandom,
  )
  const log = await openLog(dataDir)
  const ending: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => void (await Promise.all(ending.splice(0).map((end) => end())))
  try {
    const child = (name: string, program: string, args: readonly string[]) => ({
      name,
      program: ownFile(import.meta.url, program),
      args,
      onLog: (line: string) => log(name, line),
    })
    const [idp, machines] = await Promise.all([
      startChild(child('idp', '../../idp/main', ['--config', idpFile])),
      startChild<{ ports: { press: number; plateSetter: number; workflow: number } }>(child('machines', './machines/main', [])),
    ])
    ending.push(idp.stop, machines.stop)
    const agents: MachineAgent[] = []
    let demo: Demo = { accounts: [], machines: [] }
    const gateway = await startGateway({
      settings,
      clock: systemClock,
      random: systemRandom,
      logger: options.logger,
      demo: { description: () => demo, panelOf: async (id) => agents.find((agent) => agent.machine.id === id)?.newPairingUrl() },
    })
    ending.push(async () => gateway.close())
    const secrets = memory?.secrets ?? (await seedDemo(gateway, systemRandom))
    if (memory !== null && memory.issuer !== issuer) await moveIssuer(gateway, memory.issuer, issuer)
    await writeMemory(dataDir, { ports, issuer, secrets })
    const targets = [machines.ready.ports.press, machines.ready.ports.plateSetter, machines.ready.ports.workflow]
    agents.push(
      ...(await Promise.all(
        demoMachines.map((machine, index) =>
          startMachineAgent({
            machine,
            dataDir: join(dataDir, 'machines', machine.id),
            panelPort: ports.panels[index] ?? 0,
            target: `127.0.0.1:${targets[index]}`,
            enrolmentPassword: secrets.enrolments[machine.id] ?? '',
            gateway: {
              tunnel: `127.0.0.1:${gateway.tunnelPort}`,
              est: `https://127.0.0.1:${gateway.estPort}`,
              caFile: gateway.caFile,
              trustDomain: settings.trustDomain,
            },
            onLog: (line) => log(machine.id, line),
          }),
        ),
      )),
    )
    ending.push(...agents.map((agent) => agent.stop))
    const description = describe({ portalOrigin, issuer, settings, gateway, secrets, agents })
    demo = walkThrough(description)
    return { description, failed: Promise.race([gateway.failed, idp.ended.then((why) => new Error(why))]), drain: async () => {}, close }
  } catch (error) {
    await close()
    throw error
  }
}

function describe(parts: {
  readonly portalOrigin: string
  readonly issuer: string
  readonly gateway: { readonly tunnelPort: number; readonly estPort: number; readonly caFile: string }
  readonly settings: object
  readonly secrets: DemoSecrets
  readonly agents: readonly MachineAgent[]
}): DemoDescription {
  const { portalOrigin, issuer, gateway, secrets, agents } = parts
  return {
    portal: portalOrigin,
    issuer,
    api: `${portalOrigin}/api/v1/openapi.json`,
    tunnel: `127.0.0.1:${gateway.tunnelPort}`,
    est: `https://127.0.0.1:${gateway.estPort}/.well-known/est`,
    ca: gateway.caFile,
    accounts: demoPeople.map(({ role, name, username }) => ({ role, name, username, password: secrets.passwords[username] ?? '' })),
    machines: agents.map(({ machine, pid, target }) => ({
      id: machine.id,
      name: machine.name,
      region: machine.region,
      product_line: machine.productLine,
      panel: `${portalOrigin}/demo/panels/${machine.id}`,
      pid: pid(),
      services: [{ name: machine.service.name, kind: 'http', target }],
    })),
  }
}

const walkThrough = (description: DemoDescription): Demo => ({
  accounts: description.accounts.map((account) => ({
    ...account,
    note: demoPeople.find(({ username }) => username === account.username)?.note ?? { de: '', en: '' },
  })),
  machines: description.machines.map(({ id, name, panel }) => ({ id, name, panel })),
})

const memoryFile = (dataDir: string): string => join(dataDir, 'demo.json')

async function readMemory(dataDir: string): Promise<DemoMemory | null> {
  try {
    return JSON.parse(await readFile(memoryFile(dataDir), 'utf8')) as DemoMemory
  } catch {
    return null
  }
}

async function writeMemory(dataDir: string, memory: DemoMemory): Promise<void> {
  await writeFile(`${memoryFile(dataDir)}.new`, JSON.stringify(memory, null, 2), { mode: 0o600 })
  await rename(`${memoryFile(dataDir)}.new`, memoryFile(dataDir))
}

/** What the parts say goes into one file each: the screen is for people. */
async function openLog(dataDir: string): Promise<(name: string, line: string) => void> {
  const directory = join(dataDir, 'log')
  await mkdir(directory, { recursive: true })
  const streams = new Map<string, WriteStream>()
  return (name, line) => {
    const stream = streams.get(name) ?? createWriteStream(join(directory, `${name}.log`), { flags: 'a' })
    streams.set(name, stream)
    stream.write(`${line}\n`)
  }
}
