import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openLiveWork, startDrippingMachine, type DrippingMachine, type LiveWork } from '../support/dripping-machine.ts'
import type { PanelClient } from '../support/panel-client.ts'
import type { PortalClient } from '../support/portal-client.ts'
import { runInstallation, type InstallationOptions, type RunningInstallation } from '../support/running-installation.ts'
import { ServiceAdministrator } from '../support/service-administrator.ts'
import { approvedSession, untilOnline, type Asking } from '../support/technician-at-work.ts'
import { checkHistory, type Violation } from './check-history.ts'
import type { History, Resource, Told } from './history.ts'
import { readAgent, readGateway, readWitness } from './read-history.ts'

/** A whole installation that faults are put into, the people at it, and what they were told: its history is judged at the end of each test. */
export interface InstallationUnderFault extends AsyncDisposable {
  readonly installation: RunningInstallation
  readonly machine: DrippingMachine
  readonly mia: PortalClient
  readonly panel: PanelClient
  readonly administrator: ServiceAdministrator
  readonly told: Told[]
  /** Asks, and the operator presses. */
  approved(asking?: Asking): Promise<string>
  /** A session with a download and a WebSocket under way. */
  live(): Promise<LiveWork>
  /** `kill -9`, and nothing of it is left. */
  kill(which: 'gateway' | 'agent' | 'machine'): Promise<void>
  /** The tunnel is there, nothing is under way, and every invariant holds: waits for what still has to be delivered. */
  expectSound(resources?: readonly Resource[]): Promise<void>
}

export const operator = 'Olga Neumann'
const device = 'press-7'
const patienceMs = 20_000

/** `service`: what stands behind the agent. The dripping machine where a test has streams that only a fault ends. */
export async function startUnderFault(
  options: Omit<InstallationOptions, 'agent'> & {
    readonly agent?: Readonly<Record<string, unknown>>
    readonly service?: 'dripping' | 'plain'
  } = {},
): Promise<InstallationUnderFault> {
  await using parts = new AsyncDisposableStack()
  const machine = parts.use(await startDrippingMachine())
  const hmi = { kind: 'http', target: `127.0.0.1:${machine.port}`, title: 'Operating panel' }
  const services = options.service === 'plain' ? {} : { services: { hmi } }
  const installation = parts.use(await runInstallation({ ...options, agent: { ...services, ...options.agent } }))
  const mia = await installation.signIn('mia')
  const administrator = new ServiceAdministrator(await installation.signIn('ada'))
  const panel = await installation.panel()
  await untilOnline(mia)
  const told: Told[] = []
  const all = parts.move()
  return {
    installation,
    machine,
    mia,
    panel,
    administrator,
    told,
    async approved(asking = {}) {
      const { id } = await approvedSession({ technician: mia, panel, operator, asking: { duration_s: 1_800, ...asking } })
      told.push({ what: 'requested', session: id }, { what: 'approved', session: id })
      return id
    },
    async live() {
      const work = await openLiveWork({ technician: mia, panel, operator })
      told.push({ what: 'requested', session: work.session }, { what: 'approved', session: work.session })
      return work
    },
    async kill(which) {
      installation[which].process.kill('SIGKILL')
      await installation[which].ended
      if (which === 'gateway') told.push({ what: 'killed', atMs: Date.now() })
    },
    async expectSound(resources = []) {
      await untilOnline(mia)
      await administrator.endAllSessions()
      await expectSoundHistory(() => historyOf(installation, { told, resources, seen: [machine.seen, installation.seen] }))
    },
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}

/** What was acknowledged may still be on its way to the other side; nothing else becomes right by waiting. */
export async function expectSoundHistory(read: () => History): Promise<void> {
  const endsMs = performance.now() + patienceMs
  let violations: readonly Violation[] = checkHistory(read())
  while (violations.some(({ invariant }) => invariant === 'I2') && performance.now() < endsMs) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    violations = checkHistory(read())
  }
  expect(violations).toEqual([])
}

export function historyOf(
  { dataDir, agent }: { readonly dataDir: string; readonly agent: { readonly process: ChildProcess } },
  parts: { readonly told: readonly Told[]; readonly resources: readonly Resource[]; readonly seen: readonly string[] },
): History {
  // The agent first: what it adds meanwhile, the gateway's records may have and need not.
  const { exitCode, signalCode, pid = null } = agent.process
  const lives = exitCode === null && signalCode === null
  const agents = [readAgent(device, join(dataDir, 'agent', 'state'), lives ? pid : null)]
  const bytes = parts.seen.flatMap((file) => readWitness(device, file)).toSorted((a, b) => a.atMs - b.atMs)
  return { gateway: readGateway(join(dataDir, 'gateway')), agents, bytes, told: parts.told, resources: parts.resources }
}
