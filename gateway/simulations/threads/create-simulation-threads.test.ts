import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FakeClock } from '../../basics/fake-clock.ts'
import { silentLogger } from '../../basics/logger.ts'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import { exampleDecisionInput } from '../../decisions/example-decision-input.ts'
import { ownPolicy, shippedPolicy } from '../testing/tried-policies.ts'
import { createSimulationThreads, type SimulationLimits, type SimulationThreads } from './create-simulation-threads.ts'
import { mostPolicies } from './simulation-thread.ts'

/** Allows everything, but runs for very long where the purpose says so. */
const loopingRego = `package sallyport.access

limits := {"max_duration_s": 14400, "services": ["hmi"], "transfer": false, "record": false, "on_unexplained": "mark", "request_rules": []}

decision := {"allow": true, "denials": [], "missing": [], "limits": limits, "valid_until": 253402300799} if {
	input.session.purpose != "loop"
}

decision := {"allow": true, "denials": [], "missing": [], "limits": limits, "valid_until": 253402300799} if {
	input.session.purpose == "loop"
	every a in data.many { every b in data.many { every c in data.many { every d in data.many { a != "x"; b != "x"; c != "x"; d != "x" } } } }
}
`

let shipped: CompiledPolicy
let looping: CompiledPolicy
beforeAll(async () => {
  shipped = await shippedPolicy()
  const many = JSON.stringify({ many: Array.from({ length: 150 }, (_, index) => `item-${index}`) })
  looping = await ownPolicy({ 'policy.rego': loopingRego, 'data/many.json': many })
})

const open: SimulationThreads[] = []
afterAll(() => Promise.all(open.map((threads) => threads.close())))

const clock = new FakeClock()
function threadsWith(limits: Partial<SimulationLimits> = {}): SimulationThreads {
  const threads = createSimulationThreads({ clock, logger: silentLogger, limits })
  open.push(threads)
  return threads
}
const input = exampleDecisionInput()
const loop = { ...input, session: { ...input.session!, purpose: 'loop' } }

describe('threads in which policies are tried', () => {
  it('answer as the policy does that is tried, and hold several at once', async () => {
    const threads = threadsWith({ threads: 1 })
    const denied = { ...input, technician: { ...input.technician, regions: [] } }
    for (const [target, allowed] of [
      [shipped, [true, false]],
      [looping, [true, true]],
      [shipped, [true, false]],
    ] as const) {
      const results = await threads.run('decide', { target, active: shipped }, { inputs: [input, denied] })
      expect(results.map(({ allow }) => allow)).toEqual(allowed)
    }
  })

  it('explain by the rules; a policy without such rules has none of them', async () => {
    const threads = threadsWith({ threads: 1 })
    const denied = { ...input, technician: { ...input.technician, regions: [] } }
    const [explained] = await threads.run('explain', { target: shipped, active: shipped }, { inputs: [denied] })
    expect(explained?.rules?.filter(({ satisfied }) => !satisfied).map(({ rule }) => rule)).toEqual(['region'])
    const [bare] = await threads.run('explain', { target: looping, active: shipped }, { inputs: [denied] })
    expect(bare).toMatchObject({ revision: looping.revision, result: { allow: true }, rules: [] })
  })

  it('hold an allowance within its own limits, as the live engine does', async () => {
    const threads = threadsWith({ threads: 1 })
    const other = { ...input, service: { name: 'shell', kind: 'ssh' as const } }
    const [explained] = await threads.run('explain', { target: looping, active: shipped }, { inputs: [other] })
    expect(explained?.result).toMatchObject({ allow: false, denials: [{ code: 'no_permission' }] })
    expect(explained?.rules).toMatchObject([{ rule: 'limits', satisfied: false }])
  })

  it('end an evaluation that runs too long, and answer the rest of the question', async () => {
    const threads = threadsWith({ threads: 1 })
    const results = await threads.run('decide', { target: looping, active: shipped }, { inputs: [input, loop, input] })
    expect(results.map(({ allow, denials }) => [allow, denials.map(({ code }) => code)])).toEqual([
      [true, []],
      [false, ['policy_error']],
      [true, []],
    ])
  })

  it('refuse a question in which too many run too long, and go on with others', async () => {
    const threads = threadsWith({ threads: 2, mostStrikes: 2 })
    const many = threads.run('decide', { target: looping, active: shipped }, { inputs: [loop, loop, loop, loop] })
    const other = threads.run('decide', { target: shipped, active: shipped }, { inputs: [input] })
    await expect(many).rejects.toMatchObject({ code: 'policy_too_slow', remedy: 'fix' })
    expect(await other).toMatchObject([{ allow: true }])
  })

  it('forget the policy that was asked longest ago, and take it again', async () => {
    const threads = threadsWith({ threads: 1 })
    const copies = Array.from({ length: mostPolicies + 2 }, (_, index) => ({ ...shipped, revision: `sha256:${index}` }))
    for (const target of [...copies, ...copies])
      expect(await threads.run('decide', { target, active: shipped }, { inputs: [input] })).toMatchObject([{ allow: true }])
  })

  it('say what cannot be loaded', async () => {
    const threads = threadsWith({ threads: 1 })
    const broken = { ...shipped, revision: 'sha256:broken', wasm: new Uint8Array([1, 2, 3]) }
    await expect(threads.run('decide', { target: broken, active: shipped }, { inputs: [input] })).rejects.toMatchObject({
      code: 'policy_not_loadable',
    })
    expect(await threads.run('decide', { target: shipped, active: shipped }, { inputs: [input] })).toMatchObject([{ allow: true }])
  })

  it('take no more than they can queue, and nothing that was cancelled', async () => {
    const threads = threadsWith({ threads: 1, maxQueued: 1 })
    const policies = { target: shipped, active: shipped }
    const first = threads.run('decide', policies, { inputs: [input] })
    const cancelled = new AbortController()
    const second = threads.run('decide', policies, { inputs: [input] }, { signal: cancelled.signal })
    await expect(threads.run('decide', policies, { inputs: [input] })).rejects.toMatchObject({
      code: 'too_many_simulations',
      remedy: 'retry',
    })
    cancelled.abort()
    await expect(second).rejects.toMatchObject({ code: 'simulation_cancelled' })
    expect(await first).toHaveLength(1)
    await expect(threads.run('decide', policies, { inputs: [] }, { signal: cancelled.signal })).rejects.toMatchObject({
      code: 'simulation_cancelled',
    })
  })

  it('are gone when nothing was asked for a while, and come back', async () => {
    const threads = threadsWith({ threads: 1 })
    const policies = { target: shipped, active: shipped }
    await threads.run('decide', policies, { inputs: [input] })
    await setImmediate()
    const live = (): number => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length
    const before = live()
    clock.advance(30_000)
    await expect.poll(live).toBeLessThan(before)
    expect(await threads.run('decide', policies, { inputs: [input] })).toHaveLength(1)
  })

  it('refuse everything once they are closed, also what waits', async () => {
    const threads = threadsWith({ threads: 1 })
    const waiting = [1, 2].map(() => threads.run('decide', { target: looping, active: shipped }, { inputs: [loop] }))
    const refused = Promise.all(waiting.map((one) => expect(one).rejects.toMatchObject({ code: 'shutting_down' })))
    await threads.close()
    await refused
    await expect(threads.run('decide', { target: shipped, active: shipped }, { inputs: [] })).rejects.toMatchObject({
      code: 'shutting_down',
    })
  })
})
