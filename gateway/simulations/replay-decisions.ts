import type { CompiledPolicy } from '../decisions/compiled-policy.ts'
import type { DecisionFilter } from '../decisions/decision-log.ts'
import type { ComparedBatch, LoggedDecision } from './questions/compare-logged.ts'
import { declaredCodes } from './questions/conceal-answer.ts'
import { ReplayJob } from './replay-job.ts'
import type { ReplayPosition } from './replay-log.ts'
import { triedPolicies, type PolicyTarget, type SimulationPorts, type SimulationRoom } from './simulation-room.ts'
import type { TriedPolicies } from './threads/create-simulation-threads.ts'

export interface ReplayRequest {
  readonly target: PolicyTarget
  /** What is replayed; without `until` everything up to now. */
  readonly filter: DecisionFilter
  readonly against: 'log' | 'active'
}

/** Rows that are read and compared together: the main loop is busy with them for a few milliseconds. */
const rowsAtOnce = 250

/** Begins to ask logged decisions again, in the background. */
export async function replayDecisions(room: SimulationRoom, { target, filter, against }: ReplayRequest): Promise<ReplayJob> {
  const { random, clock } = room.ports
  const policies = await triedPolicies(room, target)
  const revisions = { target: policies.target.revision, active: policies.active.revision }
  const job = new ReplayJob({
    id: `rpl_${random.hex(16)}`,
    target,
    revisions,
    against,
    declared: declaredCodes([policies.target, policies.active]),
  })
  const until = Math.min(filter.until ?? Number.MAX_SAFE_INTEGER, clock.nowMs() + 1)
  return room.replays.start(job, async (signal) => {
    const span = await room.ports.replayLog.span({ ...filter, until })
    Object.assign(job, { firstMs: span.firstMs, lastMs: span.lastMs, forgotten: span.forgotten })
    job.progress.total = span.count
    await compareAll(room.ports, { policies, filter: { ...filter, until }, against, signal, onBatch: (batch) => job.take(batch) })
    // Some may have been forgotten meanwhile, as they do after their time.
    job.progress.total = job.progress.done
  })
}

export interface DeniedShare {
  readonly allowed: number
  readonly wouldBeDenied: number
  /** 0 to 100, two digits behind the point. */
  readonly percent: number
}

const dayMs = 86_400_000

/** How much of what was allowed in the last day would be denied under `policy`. What it cannot answer counts as denied. */
export async function deniedShare(
  ports: SimulationPorts,
  policy: CompiledPolicy,
  active: CompiledPolicy,
  signal?: AbortSignal,
): Promise<DeniedShare> {
  const nowMs = ports.clock.nowMs()
  let [allowed, wouldBeDenied] = [0, 0]
  await compareAll(ports, {
    policies: { target: policy, active },
    filter: { allow: true, from: nowMs - dayMs, until: nowMs + 1 },
    against: 'log',
    signal,
    onBatch: ({ changes, same }) => {
      allowed += changes.length + same
      wouldBeDenied += changes.filter(({ kind }) => kind === 'newly_denied' || kind === 'errors').length
    },
  })
  return { allowed, wouldBeDenied, percent: allowed === 0 ? 0 : Math.round((wouldBeDenied / allowed) * 10_000) / 100 }
}

interface Comparison {
  readonly policies: TriedPolicies
  readonly filter: DecisionFilter
  readonly against: 'log' | 'active'
  readonly signal: AbortSignal | undefined
  readonly onBatch: (batch: ComparedBatch) => void
}

/** Page after page, each read while others are being compared; no more of them are in memory than keep the threads busy. */
async function compareAll({ replayLog, threads }: SimulationPorts, comparison: Comparison): Promise<void> {
  const { policies, filter, against, signal, onBatch } = comparison
  const strikes = { count: 0 }
  let after: ReplayPosition | null = null
  let reading: Promise<readonly LoggedDecision[] | null> = Promise.resolve(null)
  let ended = false
  const nextPage = (): Promise<readonly LoggedDecision[] | null> => {
    reading = reading.then(async () => {
      if (ended) return null
      const { rows, next } = await replayLog.page(filter, after, rowsAtOnce)
      after = next
      ended = next === null
      return rows
    })
    return reading
  }
  const takePages = async (): Promise<void> => {
    for (let rows = await nextPage(); rows !== null; rows = await nextPage())
      if (rows.length > 0) onBatch(await threads.run('compare', policies, { rows, against }, { signal, strikes }))
  }
  await Promise.all(Array.from({ length: threads.width }, takePages))
}
