import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../../gateway/basics/clock.ts'
import { silentLogger } from '../../../gateway/basics/logger.ts'
import { systemRandom } from '../../../gateway/basics/random.ts'
import { openDatabase } from '../../../gateway/database/open-database.ts'
import type { CompiledPolicy } from '../../../gateway/decisions/compiled-policy.ts'
import type { DecisionRecord } from '../../../gateway/decisions/decision.ts'
import { exampleDecisionInput } from '../../../gateway/decisions/example-decision-input.ts'
import { createPolicyInstance } from '../../../gateway/decisions/policy-instance.ts'
import { siteTime } from '../../../gateway/decisions/site-time.ts'
import { compileWasm } from '../../../gateway/decisions/wasm-module.ts'
import { loadShippedPolicy } from '../../../gateway/policies-admin/load-shipped-policy.ts'
import type { SessionRoom } from '../../../gateway/sessions/session-room.ts'
import { createSimulations } from '../../../gateway/simulations/create-simulations.ts'
import { createSimulationThreads } from '../../../gateway/simulations/threads/create-simulation-threads.ts'
import { createStorage } from '../../../gateway/storage/create-storage.ts'
import { migrations } from '../../../gateway/storage/migrations.ts'
import type { Schema } from '../../../gateway/storage/schema.ts'
import { answerParent } from './answer-parent.ts'

/** A decision log as `serve` keeps it, and what replays it: real store, real threads. */
const directory = await mkdtemp(join(tmpdir(), 'sallyport-replay-'))
const shipped = await loadShippedPolicy(fileURLToPath(new URL('../../../policies', import.meta.url)))
/** The same rules, but that nobody needs a level for presses any more: a few in a hundred answers are others. */
const tried: CompiledPolicy = {
  ...shipped,
  revision: `sha256:${'1'.repeat(64)}`,
  data: {
    ...shipped.data,
    requirements: { ...(shipped.data['requirements'] as object), training: { default_level: 1, level: { press: 3 } } },
  },
}
const shared = { clock: systemClock, random: systemRandom, logger: silentLogger }
const database = await openDatabase<Schema>({ file: join(directory, 'gateway.sqlite'), migrations, ...shared })
const storage = createStorage({ database, ...shared, boot: systemRandom.hex(16) })
const simulations = createSimulations({
  ...shared,
  // A replay asks of no session.
  sessions: {} as SessionRoom,
  policies: { active: async () => shipped, policyOf: async () => tried, trace: async () => null },
  replayLog: storage.replayLog,
  decisionLog: storage.decisionLog,
  threads: createSimulationThreads(shared),
})
const together = 1_000

/** As many decisions of the shipped policy, of 200 people at 1,000 machines, one in fifty of whom is trained for level 3 alone. */
async function fill({ decisions }: { readonly decisions: number }): Promise<{ logged: number }> {
  const instance = await createPolicyInstance({ module: await compileWasm(shipped.wasm), data: shipped.data, maxMemoryPages: 512 })
  const startedMs = systemClock.nowMs() - decisions
  for (let from = 0; from < decisions; from += together) {
    const count = Math.min(together, decisions - from)
    const records = Array.from({ length: count }, (_, index) => recordOf(from + index, startedMs + from + index))
    await storage.decisionLog.appendMany(await Promise.all(records))
  }
  const { count } = await storage.replayLog.span({})
  return { logged: count }

  async function recordOf(number: number, evaluatedAt: number): Promise<DecisionRecord> {
    const example = exampleDecisionInput()
    const unix = Math.floor(evaluatedAt / 1000)
    const input = exampleDecisionInput({
      action: number % 3 === 0 ? 'view' : number % 3 === 1 ? 'request' : 'use',
      time: siteTime(unix, 'Europe/Berlin'),
      technician: {
        ...example.technician,
        id: `per_${(number % 200).toString(16).padStart(32, '0')}`,
        regions: number % 7 === 0 ? ['benelux'] : ['dach'],
        trainings: [{ product_line: 'press', level: number % 50 === 0 ? 2 : 3, valid_until: unix + 86_400 }],
      },
      device: { ...example.device, id: `press-${number % 1_000}` },
      approval: { ...example.approval!, granted_at: unix - 60, expires_at: unix + 3_000 },
      session: { ...example.session!, requested_at: unix - 90, approved_at: unix - 60, opened_at: unix - 50 },
    })
    const evaluation = await instance.evaluate(new TextEncoder().encode(JSON.stringify(input)).slice().buffer)
    if (!evaluation.ok) throw new Error(`the shipped policy does not answer: ${evaluation.problem}`)
    const id = `dec_${number.toString(16).padStart(32, '0')}` as DecisionRecord['id']
    return { id, input, result: evaluation.result, revision: shipped.revision, cached: false, durationUs: 10, evaluatedAt }
  }
}

interface ReplayFigures {
  readonly seconds: number
  readonly rate: number
  readonly replayed: number
  readonly newlyDenied: number
  /** Of all threads together. */
  readonly cpuSeconds: number
  /** The longest that the main loop was busy without a break, milliseconds. */
  readonly longestMs: number
}

async function replay(): Promise<ReplayFigures> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  const job = await simulations.replay({ target: { revision: tried.revision }, filter: {}, against: 'log' })
  await simulations.replays.ended(job.id)
  const seconds = (performance.now() - startedAt) / 1000
  delay.disable()
  const { user, system } = process.cpuUsage(cpuBefore)
  const { state, failure, done } = job.progress
  if (state !== 'done') throw new Error(`the replay ended as ${state}: ${failure?.message ?? ''}`)
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    rate: done / seconds,
    replayed: done,
    newlyDenied: job.counts.newly_denied,
    longestMs: delay.max / 1e6,
  }
}

answerParent({ fill, replay }, async () => {
  await simulations.close()
  await database.close()
  await rm(directory, { recursive: true, force: true })
})
