import { systemClock } from '../basics/clock.ts'
import { describe, expect, it } from 'vitest'
import { silentLogger } from '../basics/logger.ts'
import { defaultLimits } from './decision-engine-limits.ts'
import { exampleDecisionInput } from './example-decision-input.ts'
import { enginesUnderTest } from './testing/engines-under-test.ts'
import { warmPool } from './warm-pool.ts'

const tried = enginesUnderTest()

describe('activating a policy', () => {
  it('swaps it, forgets what was cached and tells the listeners', async () => {
    const { engine } = await tried.start(tried.hostile)
    const heard: string[] = []
    const stop = engine.onActivated((revision) => heard.push(revision))
    const input = exampleDecisionInput({ device: { ...exampleDecisionInput().device, status: 'suspended' } })
    expect((await engine.decide(input)).result.allow).toBe(true)
    await engine.activate(tried.shipped)
    expect(engine.revision).toBe(tried.shipped.revision)
    expect(await engine.decide(input)).toMatchObject({ cached: false, revision: tried.shipped.revision, result: { allow: false } })
    stop()
    await engine.activate(tried.hostile)
    expect(heard).toEqual([tried.shipped.revision])
  })

  it('can be warmed first and swapped later, or not at all', async () => {
    const { engine } = await tried.start(tried.hostile)
    const input = exampleDecisionInput({ device: { ...exampleDecisionInput().device, status: 'suspended' } })
    const [unwanted, prepared] = [await engine.prepare(tried.shipped), await engine.prepare(tried.shipped)]
    expect([engine.revision, (await engine.decide(input)).result.allow]).toEqual([tried.hostile.revision, true])
    await unwanted.discard()
    let done = false
    engine.onActivated(async () => {
      await new Promise((resolve) => setImmediate(resolve))
      done = true
    })
    const { settled } = await prepared.use()
    expect([engine.revision, (await engine.decide(input)).result.allow]).toEqual([tried.shipped.revision, false])
    await settled
    expect(done).toBe(true)
  })

  it('denies everything without one, until one is activated', async () => {
    const { engine, logged } = await tried.start(null)
    expect(engine.revision).toBe('')
    const denied = await engine.decide(exampleDecisionInput())
    expect(denied.result).toMatchObject({
      allow: false,
      denials: [{ code: 'policy_error', message: expect.stringContaining('no policy') }],
    })
    expect(logged).toHaveLength(1)
    await engine.activate(tried.shipped)
    expect((await engine.decide(exampleDecisionInput())).result.allow).toBe(true)
  })

  it('asks anew what was under way, so that no answer of the old policy comes out afterwards', async () => {
    const { engine } = await tried.start(tried.hostile)
    const input = exampleDecisionInput({ device: { ...exampleDecisionInput().device, status: 'suspended' } })
    const activation = engine.activate(tried.shipped)
    const asked: Promise<unknown>[] = []
    for (let index = 0; engine.revision !== tried.shipped.revision; index += 1) {
      asked.push(
        engine
          .decide({ ...input, context: { ip: `${index}` } })
          .then((decision) => expect(decision.result.allow).toBe(decision.revision === tried.hostile.revision)),
      )
      await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all([activation, ...asked])
  })

  it.each([
    ['is not Wasm', async () => ({ ...tried.hostile, wasm: new Uint8Array([1, 2, 3]) })],
    ['is damaged', async () => ({ ...tried.hostile, wasm: tried.hostile.wasm.slice(0, 5_000) })],
    ['answers nothing', () => tried.compile('nothing', 'package sallyport.access\n\ndecision := 1 if input.action == "dance"\n')],
    ['answers in another shape', () => tried.compile('shape', 'package sallyport.access\n\ndecision := {"allow": true}\n')],
    ['has too much data', async () => ({ ...tried.hostile, data: { many: 'x'.repeat(64 * 1024 * 1024) } })],
  ])('keeps the old one where the new one %s', async (_name, make) => {
    const { engine } = await tried.start(tried.shipped)
    await expect(engine.activate(await make())).rejects.toMatchObject({ code: 'policy_not_loadable' })
    expect(engine.revision).toBe(tried.shipped.revision)
    expect((await engine.decide(exampleDecisionInput())).result.allow).toBe(true)
  })

  it('ends in time where the new one never ends', async () => {
    // Only the policy that is never ready runs into this limit, however busy the machine is.
    const limits = { ...defaultLimits, startTimeLimitMs: 300 }
    const pool = warmPool({ policy: await tried.compileEndless(), limits, clock: systemClock, logger: silentLogger })
    await expect(pool).rejects.toMatchObject({ code: 'policy_not_loadable', message: expect.stringContaining('ready in time') as string })
  })

  it('is refused at start where the policy cannot be loaded', async () => {
    await expect(tried.start({ ...tried.shipped, wasm: new Uint8Array(10) })).rejects.toMatchObject({ code: 'policy_not_loadable' })
  })
})
