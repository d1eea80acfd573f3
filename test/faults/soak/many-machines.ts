import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { PortalClient } from '../../support/portal-client.ts'
import { runInstallation, type RunningInstallation } from '../../support/running-installation.ts'
import { untilOnline } from '../../support/technician-at-work.ts'
import type { Told } from '../history.ts'
import { expectSoundHistory } from '../installation-under-fault.ts'
import { readAgent, readGateway, readWitness } from '../read-history.ts'
import { openBreakingRelay, type BreakingRelay } from './breaking-relay.ts'
import { startSoakMachines, type SoakMachine, type SoakMachines, type WrittenGateway } from './soak-machines.ts'

/** An installation with many machines, whose agents are the real ones and share a process. */
export interface ManyMachines extends AsyncDisposable {
  readonly installation: RunningInstallation
  readonly mia: PortalClient
  readonly relay: BreakingRelay
  /** Registers, enrols and connects `name-1` to `name-count`. */
  add(name: string, count: number, way?: 'straight' | 'relay'): Promise<SoakMachine[]>
  untilOnline(machines: readonly SoakMachine[]): Promise<void>
  openFiles(): OpenFiles
  /** As soon as nothing is open that was not before; what is open then otherwise. */
  openFilesAtRest(before: OpenFiles): Promise<OpenFiles>
  /** The process that all agents share. */
  readonly agents: Pick<SoakMachines, 'pid' | 'links' | 'backSince'>
  /** The history checker over these machines, whose sessions were all asked for, approved and ended. */
  expectSound(machines: readonly SoakMachine[], besides?: BesidesHistory): Promise<void>
}

export interface BesidesHistory {
  readonly files?: { readonly before: OpenFiles; readonly after: OpenFiles }
  /** What else happened. */
  readonly more?: readonly Told[]
}

export type OpenFiles = Readonly<Record<'gateway' | 'agents', number>>

/** Idle connections of browsers are closed after 65 s. */
const restWithinMs = 120_000
const backWithinMs = 120_000
const countFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length

export async function startManyMachines(): Promise<ManyMachines> {
  await using parts = new AsyncDisposableStack()
  // One technician stands for the fifty who would be in those sessions.
  const limits = { sessionsPerPerson: 100, portalRequestsPerSecond: 2_000 }
  const installation = parts.use(await runInstallation({ gateway: { limits }, programs: { gateway: 'test/faults/soak/gateway-entry.ts' } }))
  const mia = await installation.signIn('mia')
  const ada = await installation.signIn('ada')
  const written = JSON.parse(await readFile(join(installation.dataDir, 'agent', 'agent.json'), 'utf8')) as { gateway: WrittenGateway }
  const machines = parts.use(startSoakMachines(installation, ada, written))
  const relay = parts.use(await openBreakingRelay(Number(written.gateway.tunnel.split(':')[1])))
  const openFiles = (): OpenFiles => ({ gateway: countFiles(installation.gateway.pid), agents: countFiles(machines.pid) })
  const all = parts.move()
  const many: ManyMachines = {
    installation,
    mia,
    relay,
    agents: machines,
    openFiles,
    async add(name, count, way = 'straight') {
      const left = Array.from({ length: count }, (_, n) => `${name}-${n + 1}`)
      const added: SoakMachine[] = []
      // A few at a time: each makes a key, enrols and dials.
      const worker = async (): Promise<void> => {
        for (let id = left.shift(); id !== undefined; id = left.shift())
          added.push(await machines.add(id, way === 'relay' ? relay.port : undefined))
      }
      await Promise.all([worker(), worker(), worker(), worker()])
      await many.untilOnline(added)
      return added
    },
    async untilOnline(wanted) {
      for (const { id } of wanted) await untilOnline(mia, true, id, backWithinMs)
    },
    async openFilesAtRest(before) {
      const endsMs = performance.now() + restWithinMs
      for (;;) {
        const now = openFiles()
        if ((now.gateway <= before.gateway && now.agents <= before.agents) || performance.now() > endsMs) return now
        await wait(500)
      }
    },
    async expectSound(judged, { files, more = [] } = {}) {
      const gateway = () => readGateway(join(installation.dataDir, 'gateway'))
      const told: Told[] = gateway().sessions.flatMap(({ id }) =>
        (['requested', 'approved', 'ended'] as const).map((what) => ({ what, session: id })),
      )
      const resources = (['gateway', 'agents'] as const).flatMap((name) => {
        const usage = (openFilesThen: number) => ({ openFiles: openFilesThen, residentBytes: null })
        return files === undefined ? [] : [{ name, before: usage(files.before[name]), after: usage(files.after[name]) }]
      })
      await expectSoundHistory(() => ({
        // The agents first: what they add meanwhile, the gateway's records may have and need not.
        agents: judged.map(({ id, stateDir }) => readAgent(id, stateDir, machines.pid)),
        gateway: gateway(),
        bytes: judged.flatMap(({ id, seen }) => readWitness(id, seen)).toSorted((a, b) => a.atMs - b.atMs),
        told: [...told, ...more],
        resources,
      }))
    },
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
  return many
}
