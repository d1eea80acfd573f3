import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { residentBytes } from '../../bench/measure/process-usage.ts'
import { runInstallation, type RunningInstallation } from '../../support/running-installation.ts'
import { untilOnline } from '../../support/technician-at-work.ts'
import { expectSoundHistory } from '../installation-under-fault.ts'
import type { Resource, Told } from '../history.ts'
import { readAgent, readGateway, readWitness } from '../read-history.ts'
import { openBreakingRelay } from './breaking-relay.ts'
import { Counted, megabytesPerHour, percentile, type Sample } from './figures.ts'
import { startSoakMachines, type SoakMachine, type SoakMachines } from './soak-machines.ts'
import { comeAndGo, commandLineOf, openSession, workIn, type Soaking } from './work.ts'

export interface SoakSize {
  readonly minutes: number
  /** Machines with one session all along. */
  readonly sessions: number
  /** Machines whose sessions and agents come and go. */
  readonly coming: number
  /** Machines without a session, under one of which the line breaks every second. */
  readonly idle: number
}

export interface SoakFigures {
  readonly minutes: number
  readonly tunnels: number
  readonly sessions: number
  readonly requests: number
  readonly requestsPerSecond: number
  readonly webSocketMessages: number
  readonly tcpMegabytes: number
  readonly agentRestarts: number
  readonly brokenLines: number
  readonly failures: readonly string[]
  readonly p50Ms: number
  readonly p99Ms: number
  /** Of the machine asked without a way between, at the same time by the same process. */
  readonly directP99Ms: number
  /** Others had this machine too: what their work did to the times. */
  readonly loadAverage: number
  readonly memory: Readonly<Record<'gateway' | 'agents', { readonly megabytes: number; readonly perHour: number }>>
  readonly openFiles: Readonly<Record<'gateway' | 'agents', readonly [before: number, after: number]>>
}

const breakEveryMs = 1_000
const sampleEveryMs = 1_000
/** Idle connections of browsers are closed after 65 s. */
const restWithinMs = 120_000

const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length

/** R20 of security.md, section 4.1. Throws where the history is not sound; what it counted is for the caller to judge. */
export async function runSoak(size: SoakSize): Promise<SoakFigures> {
  await using parts = new AsyncDisposableStack()
  const installation = parts.use(await runInstallation())
  const mia = await installation.signIn('mia')
  const ada = await installation.signIn('ada')
  const written = JSON.parse(await readFile(join(installation.dataDir, 'agent', 'agent.json'), 'utf8')) as { gateway: WrittenGateway }
  const machines = parts.use(startSoakMachines(installation, ada, written))
  const relay = parts.use(await openBreakingRelay(Number(written.gateway.tunnel.split(':')[1])))
  const named = (name: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${name}-${n + 1}`)
  const working = await addAll(machines, named('work', size.sessions))
  const coming = await addAll(machines, named('come', size.coming))
  const idle = await addAll(machines, named('idle', size.idle), relay.port)
  const all = [...working, ...coming, ...idle]
  for (const { id } of all) await untilOnline(mia, true, id, 60_000)

  const pids = { gateway: installation.gateway.pid, agents: machines.pid }
  const before = { gateway: openFiles(pids.gateway), agents: openFiles(pids.agents) }
  const counted = new Counted()
  const people = { mia, tools: await commandLineOf(mia), counted }
  const open = await Promise.all(working.map((machine) => openSession(people, machine)))
  const startedAt = performance.now()
  const until = AbortSignal.timeout(size.minutes * 60_000)
  const soaking: Soaking = { ...people, until }
  const samples: Record<'gateway' | 'agents', Sample[]> = { gateway: [], agents: [] }
  await Promise.all([
    ...open.map((session) => workIn(session, soaking)),
    ...coming.map((machine) => comeAndGo(soaking, machine)),
    every(breakEveryMs, until, () => void (relay.breakOldest() && (counted.reconnects += 1))),
    every(sampleEveryMs, until, () => {
      const atMs = performance.now() - startedAt
      for (const name of ['gateway', 'agents'] as const) samples[name].push({ atMs, bytes: residentBytes(pids[name]) })
    }),
  ])
  const seconds = (performance.now() - startedAt) / 1000
  for (const { id } of all) await untilOnline(mia, true, id, 60_000)
  const after = await atRest(pids, before)
  await judgeHistory({ installation, pid: machines.pid, machines: [...working, ...coming], before, after })
  const { latenciesMs, directMs } = counted
  const memoryOf = (name: 'gateway' | 'agents') => ({
    megabytes: Math.round((samples[name].at(-1)?.bytes ?? 0) / 1e6),
    perHour: megabytesPerHour(samples[name]),
  })
  return {
    minutes: size.minutes,
    tunnels: all.length + 1,
    sessions: counted.sessions,
    requests: latenciesMs.length,
    requestsPerSecond: latenciesMs.length / seconds,
    webSocketMessages: counted.messages,
    tcpMegabytes: counted.tcpBytes / 1e6,
    agentRestarts: counted.restarts,
    brokenLines: counted.reconnects,
    failures: counted.failures,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    directP99Ms: percentile(directMs, 0.99),
    loadAverage: loadavg()[1] ?? 0,
    memory: { gateway: memoryOf('gateway'), agents: memoryOf('agents') },
    openFiles: { gateway: [before.gateway, after.gateway], agents: [before.agents, after.agents] },
  }
}

interface WrittenGateway {
  readonly tunnel: string
  readonly est: string
  readonly caFile: string
  readonly trustDomain: string
}

/** A few at a time: each makes a key, enrols and dials. */
async function addAll(machines: SoakMachines, ids: readonly string[], tunnelPort?: number): Promise<SoakMachine[]> {
  const left = [...ids]
  const added: SoakMachine[] = []
  const worker = async (): Promise<void> => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) added.push(await machines.add(id, tunnelPort))
  }
  await Promise.all([worker(), worker(), worker(), worker()])
  return added
}

async function every(ms: number, until: AbortSignal, act: () => void): Promise<void> {
  while (!until.aborted) {
    act()
    await wait(ms)
  }
}

type Counts = Readonly<Record<'gateway' | 'agents', number>>

/** As soon as nothing is open that was not before; what is open then otherwise. */
async function atRest(pids: Counts, before: Counts): Promise<Counts> {
  const endsMs = performance.now() + restWithinMs
  for (;;) {
    const now = { gateway: openFiles(pids.gateway), agents: openFiles(pids.agents) }
    if ((now.gateway <= before.gateway && now.agents <= before.agents) || performance.now() > endsMs) return now
    await wait(500)
  }
}

interface Judging {
  readonly installation: RunningInstallation
  readonly pid: number
  readonly machines: readonly SoakMachine[]
  readonly before: Counts
  readonly after: Counts
}

async function judgeHistory({ installation, pid, machines, before, after }: Judging): Promise<void> {
  const resources: Resource[] = (['gateway', 'agents'] as const).map((name) => ({
    name,
    before: { openFiles: before[name], residentBytes: null },
    after: { openFiles: after[name], residentBytes: null },
  }))
  const gateway = () => readGateway(join(installation.dataDir, 'gateway'))
  const told: Told[] = gateway().sessions.flatMap(({ id }) => [
    { what: 'requested', session: id },
    { what: 'approved', session: id },
    { what: 'ended', session: id },
  ])
  await expectSoundHistory(() => ({
    // The agents first: what they add meanwhile, the gateway's records may have and need not.
    agents: machines.map(({ id, stateDir }) => readAgent(id, stateDir, pid)),
    gateway: gateway(),
    bytes: machines.flatMap(({ id, seen }) => readWitness(id, seen)).toSorted((a, b) => a.atMs - b.atMs),
    told,
    resources,
  }))
}
