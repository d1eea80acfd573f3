import { describe, expect, it, vi } from 'vitest'
import type { DecisionInput } from './decision-input.ts'
import { exampleDecisionInput, exampleUnix } from './example-decision-input.ts'
import { enginesUnderTest } from './testing/engines-under-test.ts'

const tried = enginesUnderTest()

describe('the decision engine', () => {
  it('allows what the shipped policy allows, and logs input, result, revision and duration', async () => {
    const { engine, logged } = await tried.start(tried.shipped)
    const decision = await engine.decide(exampleDecisionInput())
    expect(decision).toMatchObject({
      result: { allow: true, denials: [], limits: { services: ['hmi'] } },
      revision: tried.shipped.revision,
      cached: false,
    })
    expect(decision.id).toMatch(/^dec_[0-9a-f]{32}$/)
    expect(logged).toEqual([decision])
    expect(decision.durationUs).toBeGreaterThan(0)
  })

  it('caps how long an answer holds', async () => {
    const { engine } = await tried.start(tried.shipped)
    expect((await engine.decide(exampleDecisionInput())).result.valid_until).toBe(exampleUnix + 60)
  })

  it('answers many in their order and logs them in one batch', async () => {
    const { engine, logged, log } = await tried.start(tried.shipped)
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

describe('facts that do not fit', () => {
  it.each([
    ['a number that is none', { duration_s: Number.NaN }],
    ['a missing member', { duration_s: undefined }],
    ['a text for a number', { extensions: 'none' }],
  ])('are a denial and never reach the policy: %s', async (_name, change) => {
    const { engine } = await tried.start(tried.hostile)
    const base = exampleDecisionInput()
    const decision = await engine.decide({ ...base, session: { ...base.session, ...change } } as DecisionInput)
    expect(decision.result.denials).toEqual([{ code: 'policy_error', message: 'The facts do not fit the policy input.' }])
  })

  it('are a denial where they cannot even be written', async () => {
    const { engine } = await tried.start(tried.shipped)
    const circle: Record<string, unknown> = {}
    circle['circle'] = circle
    expect((await engine.decide({ ...exampleDecisionInput(), context: circle } as unknown as DecisionInput)).result.allow).toBe(false)
    expect((await engine.decide(null as unknown as DecisionInput)).result.allow).toBe(false)
  })
})

describe('the queue of questions', () => {
  it('refuses what is more than it may hold', async () => {
    const { engine } = await tried.start(tried.shipped, { maxQueued: 10 })
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
    const { engine, log } = await tried.start(tried.shipped)
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
    const { engine, log } = await tried.start(tried.shipped)
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

describe('what is decided anew', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => exampleDecisionInput({ context: { ip: `10.0.0.${index}` } }))

  it('is answered before it is in the log where it is allowed, and opens nothing until it is', async () => {
    const { engine, log, logged } = await tried.start(tried.shipped)
    const durable = Promise.withResolvers<void>()
    const { appendMany } = log
    log.appendMany = async (records) => {
      await durable.promise
      await appendMany(records)
    }
    const anew = await engine.decideAnew(many(5), { patient: true })
    expect(anew.records.map(({ result, cached }) => [result.allow, cached])).toEqual(Array.from({ length: 5 }, () => [true, false]))
    expect(logged).toEqual([])
    // Who asks for a stream gets a decision that is in the log.
    const [input] = many(1)
    const decision = await engine.decide(input as DecisionInput)
    expect([decision.cached, logged]).toEqual([false, [decision]])
    durable.resolve()
    expect((await anew.logged).map(({ id }) => id)).toEqual(anew.records.map(({ id }) => id))
    expect(logged).toEqual([decision, ...anew.records])
    expect((await engine.decide(many(2)[1] as DecisionInput)).cached).toBe(true)
  })

  it('is in the log already where it is denied', async () => {
    const { engine, logged } = await tried.start(tried.shipped)
    const denied = exampleDecisionInput({ device: { ...exampleDecisionInput().device, status: 'suspended' } })
    const { records, logged: all } = await engine.decideAnew([...many(1), denied])
    expect(records.map(({ result }) => result.allow)).toEqual([true, false])
    expect(logged).toEqual([records[1]])
    expect((await all).map(({ result }) => result.allow)).toEqual([true, false])
    expect(logged).toEqual([records[1], records[0]])
  })

  it('is denied in the end where it could not be recorded, and nothing is kept', async () => {
    const { engine, log } = await tried.start(tried.shipped)
    log.failing = true
    const { records, logged } = await engine.decideAnew(many(3))
    expect(records.every(({ result }) => result.allow)).toBe(true)
    expect((await logged).map(({ id, result }) => [id, result.allow, result.denials[0]?.message])).toEqual(
      records.map(({ id }) => [id, false, 'The decision could not be recorded.']),
    )
    log.failing = false
    expect(await engine.decide(many(1)[0] as DecisionInput)).toMatchObject({ cached: false, result: { allow: true } })
  })

  it('is in the log when the engine has shut down', async () => {
    const { engine, logged } = await tried.start(tried.shipped)
    const anew = engine.decideAnew(many(40))
    await engine.drain()
    expect((await anew).records.every(({ result }) => result.allow)).toBe(true)
    expect(logged).toHaveLength(40)
    expect((await engine.decideAnew(many(1))).records[0]?.result).toMatchObject({ allow: false, denials: [{ code: 'policy_error' }] })
  })
})

describe('shutting down', () => {
  it('answers what was asked before and denies what is asked after', async () => {
    const { engine } = await tried.start(tried.shipped)
    const asked = engine.decide(exampleDecisionInput())
    await engine.drain()
    expect((await asked).result.allow).toBe(true)
    expect((await engine.decide(exampleDecisionInput())).result).toMatchObject({ allow: false, denials: [{ code: 'policy_error' }] })
    await engine.close()
    await engine.close()
  })
})
