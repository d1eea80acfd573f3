import { join } from 'node:path'
import { systemClock } from '../../gateway/basics/clock.ts'
import type { DeviceId } from '../../gateway/basics/ids.ts'
import type { Running } from '../../gateway/basics/lifecycle.ts'
import { createLogger } from '../../gateway/basics/logger.ts'
import { ownFile } from '../../gateway/basics/own-file.ts'
import { systemRandom } from '../../gateway/basics/random.ts'
import type { StartedChild } from '../../gateway/commands/start-child.ts'
import { writeInstallation, type Installation } from '../../gateway/commands/write-installation.ts'
import type { Demo } from '../../gateway/http-api/contract/walk-through.ts'
import { startGateway, type Gateway } from '../../gateway/start-gateway.ts'
import { describeDemo, describeWalkThrough, type DemoDescription } from './demo-description.ts'
import { openDemoFolder, type DemoFolder } from './demo-folder.ts'
import { openDemoLog, type DemoLog } from './demo-log.ts'
import { demoMachines } from './demo-machines.ts'
import { demoPorts, portBusyAfterAll, type DemoPorts } from './demo-ports.ts'
import { moveIssuer } from './move-issuer.ts'
import { seedDemo, type DemoSecrets } from './seed-demo.ts'
import { startMachineAgent, type MachineAgent } from './start-machine-agent.ts'
import { startPart } from './start-part.ts'
import { untilConnected } from './until-connected.ts'
import { untilParentIsGone } from './until-parent-is-gone.ts'

export interface DemoOptions {
  /** null: the usual folder, or one beside it. */
  readonly dataDir: string | null
  /** null: the usual port; 0: any free ones. */
  readonly port: number | null
}

export interface RunningDemo extends Running {
  readonly description: DemoDescription
  readonly dataDir: string
  /** Resolves when a part ended that nothing brings back, or who started the demo is gone. */
  readonly failed: Promise<Error>
}

/** What runs so far, to be ended with the demo. */
type Keep = <Part>(part: Promise<Part>, end: (part: Part) => Promise<void>) => Promise<Part>

/** @throws CodedError what `openDemoFolder` and `demoPorts` throw, `child_failed`, `port_busy` */
export async function startDemo(options: DemoOptions): Promise<RunningDemo> {
  const folder = await openDemoFolder(options.dataDir, options.port === 0)
  const ending: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    await Promise.all(ending.splice(0).map((end) => end()))
    folder.release()
  }
  const keep: Keep = async (part, end) => {
    const started = await part
    ending.push(() => end(started))
    return started
  }
  try {
    const ports = await demoPorts(options.port, folder.memory?.ports ?? null)
    const parts = await startParts({ folder, ports, keep })
    return { ...parts, dataDir: folder.path, drain: async () => {}, close }
  } catch (error) {
    await close()
    throw portBusyAfterAll(error) ?? error
  }
}

interface Starting {
  readonly folder: DemoFolder
  readonly ports: DemoPorts
  readonly keep: Keep
}

async function startParts({ folder, ports, keep }: Starting): Promise<Pick<RunningDemo, 'description' | 'failed'>> {
  const portalOrigin = `http://sallyport.localhost:${ports.public}`
  const issuer = `http://id.sallyport.localhost:${ports.public}`
  const { settings, idpFile } = await writeDemoInstallation(folder.path, ports, { portalOrigin, issuer })
  const log = await openDemoLog(folder.path)
  const start = <Ready>(name: string, program: string, args: readonly string[]): Promise<StartedChild<Ready>> =>
    keep(startPart<Ready>({ name, program: ownFile(import.meta.url, program), args, log }), ({ stop }) => stop())
  const [idp, machines] = await allOrNone([
    start('idp', '../../idp/main', ['--config', idpFile]),
    start<{ ports: { press: number; plateSetter: number; workflow: number } }>('machines', './machines/main', []),
  ])
  const agents: MachineAgent[] = []
  let demo: Demo = { accounts: [], machines: [] }
  const gateway = await keep(
    startGateway({
      settings,
      clock: systemClock,
      random: systemRandom,
      logger: createLogger({ name: 'gateway', level: 'warn', file: log.fileOf('gateway') }),
      demo: { description: () => demo, panelOf: async (id) => agents.find((agent) => agent.machine.id === id)?.newPairingUrl() },
    }),
    (started) => started.close(),
  )
  const secrets = await seeded(folder, gateway, ports, issuer)
  const { press, plateSetter, workflow } = machines.ready.ports
  const targets = [press, plateSetter, workflow].map((port) => `127.0.0.1:${port}`)
  const trustDomain = settings.trustDomain
  agents.push(...(await startAgents({ dataDir: folder.path, ports, targets, secrets, gateway, trustDomain, log, keep })))
  await untilConnected(
    gateway.sessions.ports.links,
    demoMachines.map(({ id }) => id as DeviceId),
    systemClock,
  )
  const description = describeDemo({ portalOrigin, issuer, gateway, secrets, agents })
  demo = describeWalkThrough(description)
  return { description, failed: Promise.race([gateway.failed, idp.ended.then((why) => new Error(why)), untilParentIsGone()]) }
}

const writeDemoInstallation = (
  dataDir: string,
  ports: DemoPorts,
  origins: { readonly portalOrigin: string; readonly issuer: string },
): Promise<Installation> =>
  writeInstallation(
    {
      dataDir,
      organisation: 'Sallyport Service',
      ...origins,
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

/** Passwords as they were printed the first time, in a folder that has been used. */
async function seeded({ memory, remember }: DemoFolder, gateway: Gateway, ports: DemoPorts, issuer: string): Promise<DemoSecrets> {
  const secrets = memory?.secrets ?? (await seedDemo(gateway, systemRandom))
  if (memory !== null && memory.issuer !== issuer) await moveIssuer(gateway, memory.issuer, issuer)
  await remember({ ports, issuer, secrets })
  return secrets
}

function startAgents(parts: {
  readonly dataDir: string
  readonly ports: DemoPorts
  readonly targets: readonly string[]
  readonly secrets: DemoSecrets
  readonly gateway: Gateway
  readonly trustDomain: string
  readonly log: DemoLog
  readonly keep: Keep
}): Promise<MachineAgent[]> {
  const { dataDir, ports, targets, secrets, gateway, trustDomain, log, keep } = parts
  const starting = demoMachines.map((machine, index) =>
    keep(
      startMachineAgent({
        machine,
        dataDir: join(dataDir, 'machines', machine.id),
        panelPort: ports.panels[index] ?? 0,
        target: targets[index] ?? '',
        enrolmentPassword: secrets.enrolments[machine.id] ?? '',
        gateway: {
          tunnel: `127.0.0.1:${gateway.tunnelPort}`,
          est: `https://127.0.0.1:${gateway.estPort}`,
          caFile: gateway.caFile,
          trustDomain,
        },
        log,
      }),
      ({ stop }) => stop(),
    ),
  )
  return allOrNone(starting)
}

/** As `Promise.all`, but throws only when nothing of it starts any more: what came up late could not be ended otherwise. */
async function allOrNone<const Parts extends readonly unknown[]>(
  starting: Parts,
): Promise<{ -readonly [Index in keyof Parts]: Awaited<Parts[Index]> }> {
  await Promise.allSettled(starting)
  return Promise.all(starting)
}
