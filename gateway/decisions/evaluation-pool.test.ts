import { afterEach, describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../basics/logger.ts'
import { createEvaluationPool } from './evaluation-pool.ts'
import type { EvaluationPool, EvaluationPoolOptions } from './evaluation-pool.ts'
import type { EvaluationWorker } from './evaluation-worker.ts'
import type { Evaluation } from './policy-instance.ts'

const fine: Evaluation = { ok: false, problem: 'undefined', durationUs: 1 }

/** What the thread of a fake worker says of itself. */
interface FakeThread {
  runningMs: number
  cpuMs: number | null
  /** How often it was asked for its computing time. */
  looks: number
}

/** A worker that answers everything, dies where an input says `die`, and never answers one that says `hang`. */
function fakeWorker(seen: string[][], thread: FakeThread): EvaluationWorker {
  const gone = Promise.withResolvers<void>()
  let current = 0
  let finish: (evaluations: readonly Evaluation[] | null) => void = () => {}
  const die = async (): Promise<void> => {
    finish(null)
    gone.resolve()
  }
  return {
    ready: Promise.resolve(),
    gone: gone.promise,
    run(texts) {
      seen.push([...texts])
      const { promise, resolve } = Promise.withResolvers<readonly Evaluation[] | null>()
      finish = resolve
      current = Math.max(
        0,
        texts.findIndex((text) => text === 'die' || text === 'hang'),
      )
      if (texts.includes('die')) void die()
      else if (!texts.includes('hang')) resolve(texts.map(() => fine))
      return promise
    },
    runningMs: () => thread.runningMs,
    async cpuMs() {
      thread.looks += 1
      return thread.cpuMs
    },
    currentItem: () => current,
    thread: 3,
    terminate: die,
  }
}

const pools: EvaluationPool[] = []
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close('closed')))
})

/** A pool that begins to start with these workers. */
function starting(startWorker: () => EvaluationWorker) {
  const bounds = { nowMs: () => 7_000, deadlineMs: 50, maxQueued: 100, maxWaitMs: 5_000, batchSize: 10 }
  const pool = createEvaluationPool({ startWorker, logger: silentLogger, ...bounds })
  pools.push(pool)
  return { pool, ready: pool.start() }
}

async function start(limits: Partial<EvaluationPoolOptions> = {}) {
  const seen: string[][] = []
  const started = { count: 0 }
  const thread: FakeThread = { runningMs: 0, cpuMs: 0, looks: 0 }
  const startWorker = (): EvaluationWorker => {
    started.count += 1
    return fakeWorker(seen, thread)
  }
  const pool = createEvaluationPool({
    startWorker,
    logger: silentLogger,
    nowMs: () => 7_000,
    deadlineMs: 50,
    maxQueued: 100,
    maxWaitMs: 5_000,
    batchSize: 10,
    ...limits,
  })
  pools.push(pool)
  await pool.start()
  return { pool, seen, started, thread }
}

describe('the pool of evaluation workers', () => {
  it('tells which workers are warm, and since when', async () => {
    const { pool } = await start()
    expect(pool.workers()).toEqual([
      { thread: 3, since: 7_000 },
      { thread: 3, since: 7_000 },
    ])
    await pool.close('closed')
    expect(pool.workers()).toEqual([])
  })

  it('sends the questions of one turn together, in batches', async () => {
    const { pool, seen } = await start()
    await Promise.all(Array.from({ length: 25 }, (_, index) => pool.evaluate(`${index}`)))
    expect(seen.map((batch) => batch.length)).toEqual([10, 10, 5])
  })

  it('gives up on the question that killed two workers, and answers all others of its batch', async () => {
    const { pool, seen, started } = await start()
    const answers = await Promise.all(['a', 'die', 'b'].map((input) => pool.evaluate(input)))
    expect(answers).toEqual([fine, { ok: false, problem: 'worker_died', durationUs: 0 }, fine])
    expect(seen.slice(0, 3)).toEqual([['a', 'die', 'b'], ['die'], ['a', 'b']])
    await vi.waitFor(() => expect(started.count).toBe(4))
    expect(pool.restarts).toBe(2)
  })

  it('leaves a thread alone that is late because it does not get its turn, and ends one that computes', async () => {
    const { pool, thread } = await start({ batchSize: 1 })
    const asked = pool.evaluate('hang')
    Object.assign(thread, { runningMs: 60, cpuMs: 7 })
    await vi.waitFor(() => expect(thread.looks).toBeGreaterThan(5))
    Object.assign(thread, { runningMs: 900, cpuMs: 30, looks: 0 })
    await vi.waitFor(() => expect(thread.looks).toBeGreaterThan(5))
    expect(pool.timeouts).toBe(0)
    // 7 ms of it were computed before it was late.
    thread.cpuMs = 32
    await vi.waitFor(() => expect(pool.timeouts).toBe(1))
    thread.cpuMs = 100
    await vi.waitFor(async () => {
      thread.cpuMs = (thread.cpuMs ?? 0) + 5
      expect(pool.timeouts).toBe(2)
    })
    expect(await asked).toMatchObject({ problem: 'timeout' })
  })

  it('ends a thread that is far too late, whatever it says of itself', async () => {
    const { pool, thread } = await start({ batchSize: 1 })
    const asked = pool.evaluate('hang')
    Object.assign(thread, { runningMs: 1_001, cpuMs: null })
    expect(await asked).toMatchObject({ problem: 'timeout' })
    expect(pool.timeouts).toBe(2)
  })

  it('is ready once its spare is, and with one of the two where the other does not come up', async () => {
    const spare = Promise.withResolvers<void>()
    const workers = [
      { ...fakeWorker([], { runningMs: 0, cpuMs: 0, looks: 0 }) },
      { ...fakeWorker([], { runningMs: 0, cpuMs: 0, looks: 0 }), ready: spare.promise },
    ]
    let started = 0
    const { pool, ready } = starting(() => workers[started++] ?? fakeWorker([], { runningMs: 0, cpuMs: 0, looks: 0 }))
    let isReady = false
    void ready.then(() => (isReady = true))
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect([started, isReady]).toEqual([2, false])
    spare.reject(new Error('it did not start'))
    await ready
    expect(await pool.evaluate('a')).toEqual(fine)
    await vi.waitFor(() => expect(started).toBe(3))
  })

  it('lets the spare help with what nobody looks on for, and with nothing else', async () => {
    const { pool, seen } = await start({ batchSize: 2 })
    const urgent = ['a', 'b', 'c'].map((input) => pool.evaluate(input))
    const patient = Array.from({ length: 5 }, (_, index) => pool.evaluate(`p${index}`, true))
    await new Promise<void>((resolve) => queueMicrotask(resolve))
    // Both are given at once; the first keeps a part of its batch for those that wait.
    expect(seen).toEqual([
      ['a', 'b'],
      ['p0', 'p1'],
    ])
    expect(await Promise.all([...urgent, ...patient])).toEqual(Array.from({ length: 8 }, () => fine))
    expect(seen.flat().toSorted()).toEqual(['a', 'b', 'c', 'p0', 'p1', 'p2', 'p3', 'p4'])
  })

  it('denies what waits behind a policy that answers nothing, and not where something is answered in between', async () => {
    const { pool, thread } = await start({ batchSize: 1 })
    Object.assign(thread, { runningMs: 1_001, cpuMs: null })
    const mixed = Array.from({ length: 20 }, (_, index) => pool.evaluate(index % 5 === 4 ? 'fine' : 'hang', true))
    expect((await Promise.all(mixed)).filter((answer) => answer === fine)).toHaveLength(4)
    expect(pool.timeouts).toBe(32)
    const all = Array.from({ length: 80 }, () => pool.evaluate('hang', true))
    const answers = await Promise.all(all)
    expect(answers.every((answer) => !answer.ok && answer.problem === 'timeout')).toBe(true)
    expect(pool.timeouts).toBeLessThan(32 + 30)
    thread.runningMs = 0
    expect(await pool.evaluate('fine', true)).toEqual(fine)
  })

  it('answers what waits too long behind something that does not end', async () => {
    const { pool } = await start({ batchSize: 1, maxWaitMs: 30 })
    void pool.evaluate('hang')
    expect(await pool.evaluate('behind')).toMatchObject({ problem: 'waited_too_long' })
  })

  it('answers everything that is open when it is closed, and everything after', async () => {
    const { pool } = await start({ batchSize: 1 })
    const open = [pool.evaluate('hang'), pool.evaluate('behind')]
    await pool.close('closed')
    expect((await Promise.all([...open, pool.evaluate('late')])).map((answer) => !answer.ok && answer.problem)).toEqual([
      'closed',
      'closed',
      'closed',
    ])
  })
})
