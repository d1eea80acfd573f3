import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { compilePolicy } from '../policies-admin/compile-policy.ts'
import { findOpa } from '../policies-admin/find-opa.ts'
import { loadShippedPolicy } from '../policies-admin/load-shipped-policy.ts'
import type { CompiledPolicy } from './compiled-policy.ts'
import { createDecisionEngine } from './create-decision-engine.ts'
import type { DecisionEngineLimits } from './decision-engine-limits.ts'
import type { DecisionRecord } from './decision.ts'
import type { DecisionEngine } from './decision-engine.ts'
import type { DecisionInput } from './decision-input.ts'
import { exampleDecisionInput, exampleUnix } from './example-decision-input.ts'
import { siteTime } from './site-time.ts'

const projectDir = fileURLToPath(new URL('../..', import.meta.url))
const policiesDir = join(projectDir, 'policies')
const work = mkdtempSync(join(tmpdir(), 'engine-test-'))

/** Allows everything; does harm where the purpose of the session says so. The first rule that matches gives the answer. */
const hostileRego = `package sallyport.access

limits := {"max_duration_s": 14400, "services": ["hmi", "vnc"], "transfer": false, "record": false, "on_unexplained": "mark", "request_rules": []}

fine := {"allow": true, "denials": [], "missing": [], "limits": limits, "valid_until": 253402300799}

purpose := input.session.purpose

decision := fine if not purpose in {"loop", "yes", "one", "nothing", "huge", "memory", "shape", "list", "conflict", "soon", "short", "other"}

decision := object.union(fine, {"allow": "yes"}) if purpose == "yes"

decision := object.union(fine, {"allow": 1}) if purpose == "one"

decision := object.union(fine, {"reason": "member too many"}) if purpose == "shape"

decision := object.union(fine, {"valid_until": input.time.unix + 10}) if purpose == "soon"

decision := [fine] if purpose == "list"

decision := object.union(fine, {"limits": {"max_duration_s": 60}}) if purpose == "short"

decision := object.union(fine, {"limits": {"services": ["vnc"]}}) if purpose == "other"

decision := object.union(fine, {"limits": object.union(limits, {"services": [name | some i in numbers.range(1, 20000); name := concat("", ["service-", input.device.id])]})}) if purpose == "huge"

decision := object.union(fine, {"missing": [x | some x in numbers.range(1, 20000000)]}) if purpose == "memory"

decision := fine if {
	purpose == "conflict"
	input.device.id == "press-01"
}

decision := object.union(fine, {"valid_until": 5}) if purpose == "conflict"

decision := fine if {
	purpose == "loop"
	every a in data.many { every b in data.many { every c in data.many { every d in data.many { a != "x"; b != "x"; c != "x"; d != "x" } } } }
}
`

let shipped: CompiledPolicy
let hostile: CompiledPolicy

beforeAll(async () => {
  shipped = await loadShippedPolicy(policiesDir)
  hostile = await compile('hostile', hostileRego)
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

async function compile(name: string, rego: string): Promise<CompiledPolicy> {
  const dir = join(work, name)
  mkdirSync(join(dir, 'data'), { recursive: true })
  writeFileSync(join(dir, 'policy.rego'), rego)
  writeFileSync(join(dir, 'data/many.json'), JSON.stringify({ many: Array.from({ length: 150 }, (_, index) => `item-${index}`) }))
  return compilePolicy({ dir, opa: findOpa({ environment: process.env, projectDir }), contractDir: policiesDir })
}

const engines: DecisionEngine[] = []
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()))
})

async function start(policy: CompiledPolicy | null, limits: Partial<DecisionEngineLimits> = {}) {
  const clock = new FakeClock(exampleUnix * 1000)
  const logged: DecisionRecord[] = []
  const log = {
    failing: false,
    batches: 0,
    async append(record: DecisionRecord) {
      if (log.failing) throw new Error('disk full')
      logged.push(record)
    },
    async appendMany(records: readonly DecisionRecord[]) {
      if (log.failing) throw new Error('disk full')
      log.batches += 1
      logged.push(...records)
    },
  }
  const engine = await createDecisionEngine({ policy, clock, random: systemRandom, logger: silentLogger, log, limits })
  engines.push(engine)
  return { engine, clock, logged, log }
}

const withPurpose = (purpose: string, ip = '127.0.0.1'): DecisionInput => {
  const base = exampleDecisionInput({ context: { ip } })
  return { ...base, session: base.session === null ? null : { ...base.session, purpose } }
}

const later = (input: DecisionInput, seconds: number): DecisionInput => ({ ...input, time: { ...input.time, unix: exampleUnix + seconds } })

describe('the decision engine', () => {
  it('allows what the shipped policy allows, and logs input, result, revision and duration', async () => {
    const { engine, logged } = await start(shipped)
    const decision = await engine.decide(exampleDecisionInput())
    expect(decision).toMatchObject({
      result: { allow: true, denials: [], limits: { services: ['hmi'] } },
      revision: shipped.revision,
      cached: false,
    })
    expect(decision.id).toMatch(/^dec_[0-9a-f]{32}$/)
    expect(logged).toEqual([decision])
    expect(decision.durationUs).toBeGreaterThan(0)
  })

  it('caps how long an answer holds', async () => {
    const { engine } = await start(shipped)
    expect((await engine.decide(exampleDecisionInput())).result.valid_until).toBe(exampleUnix + 60)
  })

  it('answers many in their order and logs them in one batch', async () => {
    const { engine, logged, log } = await start(shipped)
    const inputs = Array.from({ length: 250 }, (_, index) => ({
      ...exampleDecisionInput({ action: 'view' }),
      device: { ...exampleDecisionInput().device, id: `press-${index}`, region: index % 2 === 0 ? 'dach' : 'iberia' },
    }))
    const decisions = await engine.decideMany(inputs)
    expect(decisions.map((decision) => decision.input.device.id)).toEqual(inputs.map((input) => input.device.id))
    expect(decisions.map((decision) => decision.result.allow)).toEqual(inputs.map((_, index) => index % 2 === 0))
    expect(logged).toHaveLength(250)
    expect(log.batches).toBe(1)
  })
})

describe('the cache of decisions', () => {
  it('answers again without an evaluation while nothing but the time differs', async () => {
    const { engine, clock, logged } = await start(shipped)
    const first = await engine.decide(exampleDecisionInput())
    clock.advance(59_000)
    const second = await engine.decide(later(exampleDecisionInput(), 59))
    expect(second).toMatchObject({ cached: true, id: first.id, result: first.result })
    expect(engine.statistics).toMatchObject({ evaluations: 1, cacheHits: 1 })
    expect(logged).toHaveLength(1)
  })

  it('asks the policy again at the valid_until of the answer, and after 60 s at the latest', async () => {
    const { engine, clock } = await start(hostile)
    await engine.decide(withPurpose('soon'))
    clock.advance(9_000)
    expect((await engine.decide(later(withPurpose('soon'), 9))).cached).toBe(true)
    clock.advance(1_000)
    expect((await engine.decide(later(withPurpose('soon'), 10))).cached).toBe(false)
    await engine.decide(later(withPurpose('fine'), 10))
    clock.advance(60_000)
    expect((await engine.decide(later(withPurpose('fine'), 70))).cached).toBe(false)
  })

  it('does not mistake one question for another', async () => {
    const { engine } = await start(shipped)
    expect((await engine.decide(exampleDecisionInput())).result.allow).toBe(true)
    const other = exampleDecisionInput({ device: { ...exampleDecisionInput().device, status: 'suspended' } })
    expect(await engine.decide(other)).toMatchObject({ cached: false, result: { allow: false } })
  })

  it('does not mistake one zone of the machine for another', async () => {
    const { engine } = await start(shipped)
    const input = exampleDecisionInput()
    await engine.decide(input)
    const moved = { ...input, time: siteTime(exampleUnix, 'Asia/Tokyo') }
    expect((await engine.decide(moved)).cached).toBe(false)
    expect((await engine.decide(moved)).cached).toBe(true)
  })

  it('never answers with what is over by now, however old the question is', async () => {
    const { engine, clock } = await start(hostile)
    await engine.decide(withPurpose('soon'))
    clock.advance(10_000)
    // Asked a moment before the end and read a moment after it.
    expect((await engine.decide(later(withPurpose('soon'), 9))).cached).toBe(false)
  })

  it('gives nothing to a question about another time than now, and asks again when the clock went back', async () => {
    const { engine, clock } = await start(shipped)
    await engine.decide(exampleDecisionInput())
    expect((await engine.decide(later(exampleDecisionInput(), 30))).cached).toBe(false)
    clock.jumpWallClock(-100_000)
    expect((await engine.decide(later(exampleDecisionInput(), -100))).cached).toBe(false)
  })
})

describe('a policy that misbehaves', () => {
  it.each([
    ['yes', 'The policy gave an answer outside of its contract.'],
    ['one', 'The policy gave an answer outside of its contract.'],
    ['shape', 'The policy gave an answer outside of its contract.'],
    ['list', 'The policy gave an answer outside of its contract.'],
    ['huge', 'The policy gave an answer outside of its contract.'],
    ['memory', 'The policy ended in an error.'],
    ['conflict', 'The policy ended in an error.'],
  ])('is a denial with policy_error, never an allowance, and the next question is answered: %s', async (purpose, message) => {
    const { engine, logged } = await start(hostile, { deadlineMs: 2_000 })
    expect((await engine.decide(withPurpose('fine'))).result.allow).toBe(true)
    const decision = await engine.decide(withPurpose(purpose))
    expect(decision.result).toMatchObject({ allow: false, denials: [{ code: 'policy_error', message }] })
    expect(logged.at(-1)?.result.allow).toBe(false)
    expect((await engine.decide(withPurpose('fine again'))).result.allow).toBe(true)
  })

  it.each([
    ['short', ['time_limit']],
    ['other', ['no_permission']],
  ])('gives no more than its own limits, and the log says so: %s', async (purpose, expected) => {
    const { engine, logged } = await start(hostile)
    const { result } = await engine.decide(withPurpose(purpose))
    expect([result.allow, result.denials.map(({ code }) => code)]).toEqual([false, expected])
    expect(logged.at(-1)?.result).toEqual(result)
  })

  it('is denied where it gives no answer at all', async () => {
    const { engine } = await start(hostile)
    const decision = await engine.decide(exampleDecisionInput({ session: null }))
    expect(decision.result.denials).toEqual([{ code: 'policy_error', message: 'The policy gave no answer.' }])
  })

  it('loses its worker where it runs too long, is tried once more and then denied, and is not cached', async () => {
    const { engine } = await start(hostile)
    const decision = await engine.decide(withPurpose('loop'))
    expect(decision.result).toMatchObject({ allow: false, denials: [{ code: 'policy_error', message: 'The policy took too long.' }] })
    expect(engine.statistics.timeouts).toBe(2)
    expect((await engine.decide(withPurpose('loop'))).cached).toBe(false)
  })

  it('does not keep others waiting: the engine goes on with the spare', async () => {
    const { engine } = await start(hostile)
    const inputs = Array.from({ length: 60 }, (_, index) => (index === 7 ? withPurpose('loop') : withPurpose('fine', `10.0.0.${index}`)))
    const startedAt = performance.now()
    const decisions = await engine.decideMany(inputs)
    expect(decisions.map((decision) => decision.result.allow)).toEqual(inputs.map((_, index) => index !== 7))
    expect(performance.now() - startedAt).toBeLessThan(5_000)
    expect((await engine.decide(withPurpose('fine', 'after'))).result.allow).toBe(true)
  })

  it('does not block the event loop while it runs away', async () => {
    const { engine } = await start(hostile)
    let turns = 0
    const turning = setInterval(() => (turns += 1), 5)
    await engine.decide(withPurpose('loop'))
    clearInterval(turning)
    expect(turns).toBeGreaterThan(5)
  })
})

describe('facts that do not fit', () => {
  it.each([
    ['a number that is none', { duration_s: Number.NaN }],
    ['a missing member', { duration_s: undefined }],
    ['a text for a number', { extensions: 'none' }],
  ])('are a denial and never reach the policy: %s', async (_name, change) => {
    const { engine } = await start(hostile)
    const base = exampleDecisionInput()
    const decision = await engine.decide({ ...base, session: { ...base.session, ...change } } as DecisionInput)
    expect(decision.result.denials).toEqual([{ code: 'policy_error', message: 'The facts do not fit the policy input.' }])
  })

  it('are a denial where they cannot even be written', async () => {
    const { engine } = await start(shipped)
    const circle: Record<string, unknown> = {}
    circle['circle'] = circle
    expect((await engine.decide({ ...exampleDecisionInput(), context: circle } as unknown as DecisionInput)).result.allow).toBe(false)
    expect((await engine.decide(null as unknown as DecisionInput)).result.allow).toBe(false)
  })
})

describe('the queue of questions', () => {
  it('refuses what is more than it may hold', async () => {
    const { engine } = await start(shipped, { maxQueued: 10 })
    const decisions = await engine.decideMany(
      Array.from({ length: 30 }, (_, index) => exampleDecisionInput({ context: { ip: `${index}` } })),
    )
    expect(decisions.filter((decision) => decision.result.allow)).toHaveLength(10)
    expect(decisions[29]?.result.denials[0]).toEqual({ code: 'policy_error', message: 'Too many decisions are waiting.' })
    expect(engine.statistics.refusedByQueue).toBe(20)
  })
})

describe('the decision log', () => {
  it('holds an answer back until it is durable', async () => {
    const { engine, log } = await start(shipped)
    const durable = Promise.withResolvers<void>()
    let begun = false
    log.append = async () => {
      begun = true
      await durable.promise
    }
    let answered = false
    const asked = engine.decide(exampleDecisionInput()).finally(() => (answered = true))
    await vi.waitFor(() => expect(begun).toBe(true))
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(answered).toBe(false)
    durable.resolve()
    expect((await asked).result.allow).toBe(true)
  })

  it('denies what cannot be recorded, and does not keep it', async () => {
    const { engine, log } = await start(shipped)
    log.failing = true
    for (const action of ['view', 'request', 'open', 'use', 'extend'] as const) {
      expect((await engine.decide(exampleDecisionInput({ action }))).result).toMatchObject({
        allow: false,
        denials: [{ code: 'policy_error' }],
      })
    }
    log.failing = false
    expect(await engine.decide(exampleDecisionInput({ action: 'view' }))).toMatchObject({ cached: false, result: { allow: true } })
    expect(await engine.decide(exampleDecisionInput())).toMatchObject({ cached: false, result: { allow: true } })
  })
})

describe('activating a policy', () => {
  it('swaps it, forgets what was cached and tells the listeners', async () => {
    const { engine } = await start(hostile)
    const heard: string[] = []
    const stop = engine.onActivated((revision) => heard.push(revision))
    const input = exampleDecisionInput({ device: { ...exampleDecisionInput().device, status: 'suspended' } })
    expect((await engine.decide(input)).result.allow).toBe(true)
    await engine.activate(shipped)
    expect(engine.revision).toBe(shipped.revision)
    expect(await engine.decide(input)).toMatchObject({ cached: false, revision: shipped.revision, result: { allow: false } })
    stop()
    await engine.activate(hostile)
    expect(heard).toEqual([shipped.revision])
  })

  it('can be warmed first and swapped later, or not at all', async () => {
    const { engine } = await start(hostile)
    const input = exampleDecisionInput({ device: { ...exampleDecisionInput().device, status: 'suspended' } })
    const [unwanted, prepared] = [await engine.prepare(shipped), await engine.prepare(shipped)]
    expect([engine.revision, (await engine.decide(input)).result.allow]).toEqual([hostile.revision, true])
    await unwanted.discard()
    let done = false
    engine.onActivated(async () => {
      await new Promise((resolve) => setImmediate(resolve))
      done = true
    })
    const { settled } = await prepared.use()
    expect([engine.revision, (await engine.decide(input)).result.allow]).toEqual([shipped.revision, false])
    await settled
    expect(done).toBe(true)
  })

  it('denies everything without one, until one is activated', async () => {
    const { engine, logged } = await start(null)
    expect(engine.revision).toBe('')
    const denied = await engine.decide(exampleDecisionInput())
    expect(denied.result).toMatchObject({
      allow: false,
      denials: [{ code: 'policy_error', message: expect.stringContaining('no policy') }],
    })
    expect(logged).toHaveLength(1)
    await engine.activate(shipped)
    expect((await engine.decide(exampleDecisionInput())).result.allow).toBe(true)
  })

  it('asks anew what was under way, so that no answer of the old policy comes out afterwards', async () => {
    const { engine } = await start(hostile)
    const input = exampleDecisionInput({ device: { ...exampleDecisionInput().device, status: 'suspended' } })
    const activation = engine.activate(shipped)
    const asked: Promise<unknown>[] = []
    for (let index = 0; engine.revision !== shipped.revision; index += 1) {
      asked.push(
        engine
          .decide({ ...input, context: { ip: `${index}` } })
          .then((decision) => expect(decision.result.allow).toBe(decision.revision === hostile.revision)),
      )
      await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all([activation, ...asked])
  })

  it.each([
    ['is not Wasm', async () => ({ ...hostile, wasm: new Uint8Array([1, 2, 3]) })],
    ['is damaged', async () => ({ ...hostile, wasm: hostile.wasm.slice(0, 5_000) })],
    ['answers nothing', () => compile('nothing', 'package sallyport.access\n\ndecision := 1 if input.action == "dance"\n')],
    ['answers in another shape', () => compile('shape', 'package sallyport.access\n\ndecision := {"allow": true}\n')],
    ['never ends', () => compile('loop', hostileRego.replaceAll('"loop"', '"Feeder stops"'))],
    ['has too much data', async () => ({ ...hostile, data: { many: 'x'.repeat(64 * 1024 * 1024) } })],
  ])('keeps the old one where the new one %s', async (_name, make) => {
    const { engine } = await start(shipped, { startTimeLimitMs: 1_500 })
    await expect(engine.activate(await make())).rejects.toMatchObject({ code: 'policy_not_loadable' })
    expect(engine.revision).toBe(shipped.revision)
    expect((await engine.decide(exampleDecisionInput())).result.allow).toBe(true)
  })

  it('is refused at start where the policy cannot be loaded', async () => {
    await expect(start({ ...shipped, wasm: new Uint8Array(10) })).rejects.toMatchObject({ code: 'policy_not_loadable' })
  })
})

describe('shutting down', () => {
  it('answers what was asked before and denies what is asked after', async () => {
    const { engine } = await start(shipped)
    const asked = engine.decide(exampleDecisionInput())
    await engine.drain()
    expect((await asked).result.allow).toBe(true)
    expect((await engine.decide(exampleDecisionInput())).result).toMatchObject({ allow: false, denials: [{ code: 'policy_error' }] })
    await engine.close()
    await engine.close()
  })
})
