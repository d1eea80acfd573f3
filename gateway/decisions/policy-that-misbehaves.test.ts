import { describe, expect, it } from 'vitest'
import { exampleDecisionInput } from './example-decision-input.ts'
import { enginesUnderTest, withPurpose } from './testing/engines-under-test.ts'

const tried = enginesUnderTest()

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
    const { engine, logged } = await tried.start(tried.hostile, { deadlineMs: 2_000 })
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
    const { engine, logged } = await tried.start(tried.hostile)
    const { result } = await engine.decide(withPurpose(purpose))
    expect([result.allow, result.denials.map(({ code }) => code)]).toEqual([false, expected])
    expect(logged.at(-1)?.result).toEqual(result)
  })

  it('is denied where it gives no answer at all', async () => {
    const { engine } = await tried.start(tried.hostile)
    const decision = await engine.decide(exampleDecisionInput({ session: null }))
    expect(decision.result.denials).toEqual([{ code: 'policy_error', message: 'The policy gave no answer.' }])
  })

  it('loses its worker where it runs too long, is tried once more and then denied, and is not cached', async () => {
    const { engine } = await tried.start(tried.hostile)
    const decision = await engine.decide(withPurpose('loop'))
    expect(decision.result).toMatchObject({ allow: false, denials: [{ code: 'policy_error', message: 'The policy took too long.' }] })
    expect(engine.statistics.timeouts).toBe(2)
    expect((await engine.decide(withPurpose('loop'))).cached).toBe(false)
  })

  it('does not keep others waiting: the engine goes on with the spare', async () => {
    // It would be for good: nothing else ends it, and nobody is answered for having waited.
    const { engine } = await tried.start(tried.hostile, { maxWaitMs: 600_000 })
    const inputs = Array.from({ length: 60 }, (_, index) => (index === 7 ? withPurpose('loop') : withPurpose('fine', `10.0.0.${index}`)))
    const decisions = await engine.decideMany(inputs)
    expect(decisions.map((decision) => decision.result.allow)).toEqual(inputs.map((_, index) => index !== 7))
    expect((await engine.decide(withPurpose('fine', 'after'))).result.allow).toBe(true)
  })

  it('does not block the event loop while it runs away', async () => {
    const { engine } = await tried.start(tried.hostile)
    let turns = 0
    const turning = setInterval(() => (turns += 1), 5)
    await engine.decide(withPurpose('loop'))
    clearInterval(turning)
    expect(turns).toBeGreaterThan(5)
  })
})
