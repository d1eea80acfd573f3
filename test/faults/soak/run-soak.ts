import { loadavg } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { residentBytes } from '../../bench/measure/process-usage.ts'
import { collectEveryMs } from './collect-each-minute.ts'
import { Counted, lowest, megabytesPerHour, percentile, type Sample } from './figures.ts'
import { startManyMachines } from './many-machines.ts'
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
  readonly memory: Readonly<Record<'gateway' | 'agents', MemoryFigures>>
  readonly openFiles: Readonly<Record<'gateway' | 'agents', readonly [before: number, after: number]>>
}

export interface MemoryFigures {
  /** The most that was resident. */
  readonly megabytes: number
  /** What is held when garbage is thrown away, minute by minute. */
  readonly held: readonly number[]
  readonly perHour: number
}

const breakEveryMs = 1_000
const sampleEveryMs = 1_000

/** R20 of security.md, section 4.1. Throws where the history is not sound; `onFigures` has what it counted before that is judged. */
export async function runSoak(size: SoakSize, onFigures: (figures: SoakFigures) => void): Promise<SoakFigures> {
  await using many = await startManyMachines()
  const { installation, mia, relay } = many
  const working = await many.add('work', size.sessions)
  const coming = await many.add('come', size.coming)
  const idle = await many.add('idle', size.idle, 'relay')
  const all = [...working, ...coming, ...idle]

  const pids = { gateway: installation.gateway.pid, agents: many.agents.pid }
  const before = many.openFiles()
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
  await many.untilOnline(all)
  const after = await many.openFilesAtRest(before)
  const { latenciesMs, directMs } = counted
  const memoryOf = (name: 'gateway' | 'agents') => ({
    megabytes: Math.round(Math.max(...samples[name].map(({ bytes }) => bytes)) / 1e6),
    held: lowest(samples[name], collectEveryMs).map(({ bytes }) => Math.round(bytes / 1e6)),
    perHour: megabytesPerHour(lowest(samples[name], collectEveryMs)),
  })
  const figures: SoakFigures = {
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
  onFigures(figures)
  await many.expectSound([...working, ...coming], { files: { before, after } })
  return figures
}

async function every(ms: number, until: AbortSignal, act: () => void): Promise<void> {
  while (!until.aborted) {
    act()
    await wait(ms)
  }
}
