import { describe, expect, it } from 'vitest'
import { exampleDecisionInput, exampleUnix } from './example-decision-input.ts'
import { siteTime } from './site-time.ts'
import { enginesUnderTest, later, withPurpose } from './testing/engines-under-test.ts'

const tried = enginesUnderTest()

describe('the cache of decisions', () => {
  it('answers again without an evaluation while nothing but the time differs', async () => {
    const { engine, clock, logged } = await tried.start(tried.shipped)
    const first = await engine.decide(exampleDecisionInput())
    clock.advance(59_000)
    const second = await engine.decide(later(exampleDecisionInput(), 59))
    expect(second).toMatchObject({ cached: true, id: first.id, result: first.result })
    expect(engine.statistics).toMatchObject({ evaluations: 1, cacheHits: 1 })
    expect(logged).toHaveLength(1)
  })

  it('asks the policy again at the valid_until of the answer, and after 60 s at the latest', async () => {
    const { engine, clock } = await tried.start(tried.hostile)
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
    const { engine } = await tried.start(tried.shipped)
    expect((await engine.decide(exampleDecisionInput())).result.allow).toBe(true)
    const other = exampleDecisionInput({ device: { ...exampleDecisionInput().device, status: 'suspended' } })
    expect(await engine.decide(other)).toMatchObject({ cached: false, result: { allow: false } })
  })

  it('does not mistake one zone of the machine for another', async () => {
    const { engine } = await tried.start(tried.shipped)
    const input = exampleDecisionInput()
    await engine.decide(input)
    const moved = { ...input, time: siteTime(exampleUnix, 'Asia/Tokyo') }
    expect((await engine.decide(moved)).cached).toBe(false)
    expect((await engine.decide(moved)).cached).toBe(true)
  })

  it('never answers with what is over by now, however old the question is', async () => {
    const { engine, clock } = await tried.start(tried.hostile)
    await engine.decide(withPurpose('soon'))
    clock.advance(10_000)
    // Asked a moment before the end and read a moment after it.
    expect((await engine.decide(later(withPurpose('soon'), 9))).cached).toBe(false)
  })

  it('gives nothing to a question about another time than now, and asks again when the clock went back', async () => {
    const { engine, clock } = await tried.start(tried.shipped)
    await engine.decide(exampleDecisionInput())
    expect((await engine.decide(later(exampleDecisionInput(), 30))).cached).toBe(false)
    clock.jumpWallClock(-100_000)
    expect((await engine.decide(later(exampleDecisionInput(), -100))).cached).toBe(false)
  })
})
