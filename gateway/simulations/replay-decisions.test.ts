import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CompiledPolicy } from '../decisions/compiled-policy.ts'
import type { DecisionRecord } from '../decisions/decision.ts'
import type { DecisionInput } from '../decisions/decision-input.ts'
import type { DecisionResult } from '../decisions/decision-result.ts'
import { arbitraryInput } from '../decisions/testing/arbitrary-input.ts'
import type { LoggedChange } from './questions/compare-logged.ts'
import type { ReplayRequest } from './replay-decisions.ts'
import type { ReplayJob } from './replay-job.ts'
import { deciderOf, recordOf } from './testing/logged-decisions.ts'
import { simulationWorld, type SimulationWorld } from './testing/simulation-world.ts'
import { changedPolicy } from './testing/tried-policies.ts'

/** Everybody may everywhere, and nobody may press. */
const everywhere = 'package sallyport.rules.region\n\ndefault satisfied := true\n'
const noTraining = `package sallyport.rules.training

default satisfied := false

denials contains {"code": "no_training", "message": "Nobody is trained."}
`
const looping = `package sallyport.rules.region

default satisfied := false

satisfied if input.device.region != "benelux"

satisfied if {
	every a in numbers.range(1, 300) { every b in numbers.range(1, 300) { every c in numbers.range(1, 300) { a + b + c > 0 } } }
}
`

let tried: SimulationWorld
let records: readonly DecisionRecord[]
let tried2: CompiledPolicy
let expected: ReadonlyMap<string, string>

beforeAll(async () => {
  tried = await simulationWorld()
  const { policy, clock, storage } = tried.world
  const decide = await deciderOf(policy)
  const inputs = fc.sample(arbitraryInput, { numRuns: 1_200, seed: 11 })
  records = await Promise.all(
    inputs.map(async (input, index) =>
      recordOf(index, clock.nowMs() - 10_000_000 + index * 1_000, policy.revision, input, await decide(input)),
    ),
  )
  await storage.decisionLog.appendMany(records)
  tried2 = await changedPolicy({ 'rules/region.rego': everywhere, 'rules/region_test.rego': '' })
  const decideThen = await deciderOf(tried2)
  expected = new Map(
    await Promise.all(records.map(async ({ id, input, result }) => [id, kindOf(result, await decideThen(input))] as const)),
  )
})
afterAll(() => tried[Symbol.asyncDispose]())

const kindOf = (before: DecisionResult, after: DecisionResult): string =>
  before.allow === after.allow ? 'same' : after.allow ? 'newly_allowed' : 'newly_denied'

async function replay(change: Partial<ReplayRequest> = {}): Promise<ReplayJob> {
  const job = await tried.simulations.replay({ target: tried.target(tried2), filter: {}, against: 'log', ...change })
  await tried.simulations.replays.ended(job.id)
  return job
}
const found = (job: ReplayJob): readonly LoggedChange[] => job.changes()

describe('a replay of the log', () => {
  it('finds each decision that would be another one, and no other', async () => {
    const job = await replay()
    const { state, failure, done, total } = job.progress
    expect({ state, failure, done, total }).toEqual({ state: 'done', failure: null, done: records.length, total: records.length })
    const kinds = new Map(found(job).map(({ decision, kind }) => [decision, kind]))
    for (const { id } of records) expect(kinds.get(id) ?? 'same', id).toBe(expected.get(id))
    expect(job.counts.newly_allowed).toBeGreaterThan(5)
    expect(job.counts).toMatchObject({ newly_denied: 0, errors: 0, same: records.length - job.counts.newly_allowed })
    expect(job.firstMs).toBe(records[0]?.evaluatedAt)
    expect(job.lastMs).toBe(records.at(-1)?.evaluatedAt)
  })

  it('says which rule stood against it, and groups by rule, person and machine', async () => {
    const job = await replay()
    expect(found(job).every(({ rules, codes }) => rules.includes('region') && codes.includes('outside_region'))).toBe(true)
    expect(job.groups('rule')[0]).toMatchObject({ key: 'region', newly_allowed: job.counts.newly_allowed, newly_denied: 0 })
    expect(job.groups('person')).toEqual([expect.objectContaining({ key: 'per_1', newly_allowed: job.counts.newly_allowed })])
    expect(job.groups('machine')).toEqual([expect.objectContaining({ key: 'press-01', newly_allowed: job.counts.newly_allowed })])
  })

  it('names the rule that stands against what is newly denied, and limits that change', async () => {
    const data = {
      limits: {
        max_duration_s: { http: 99_000, vnc: 9, ssh: 9, tcp: 9 },
        default_duration_s: 99_000,
        max_extensions: 9,
        clock_tolerance_s: 60,
      },
    }
    const policy = await changedPolicy({ 'rules/training.rego': noTraining, 'data/limits.json': JSON.stringify(data) })
    const job = await replay({ target: tried.target(policy) })
    const denied = found(job).filter(({ kind }) => kind === 'newly_denied')
    expect(denied.length).toBeGreaterThan(5)
    expect(denied.every(({ rules, codes }) => rules.includes('training') && codes.includes('no_training'))).toBe(true)
    const longer = await changedPolicy({ 'data/limits.json': JSON.stringify(data) })
    const bound = found(await replay({ target: tried.target(longer) })).filter(({ kind }) => kind === 'changed_limits')
    expect(bound.length).toBeGreaterThan(0)
    expect(bound.every(({ rules }) => rules.includes('limits.max_duration_s'))).toBe(true)
  })

  it('lists newly allowed first, by pages and by what is asked for', async () => {
    const job = await replay()
    const list = (after: string | null, filter = {}) => tried.simulations.changes(job.id, filter, { limit: 7, after })
    const all: LoggedChange[] = []
    for (let page = list(null); ; page = list(page.next)) {
      all.push(...page.items)
      if (page.next === null) break
    }
    expect(all).toEqual(found(job))
    expect(list(null, { kind: 'newly_denied' }).items).toEqual([])
    expect(list(null, { rule: 'region', person: 'per_1', machine: 'press-01' }).items.length).toBe(Math.min(7, all.length))
    expect(list(null, { machine: 'another' }).items).toEqual([])
    for (const cursor of ['x', 'c0', 'c-1', 'c1.5']) expect(() => list(cursor)).toThrow(expect.objectContaining({ code: 'invalid_cursor' }))
  })

  it('replays what is asked for alone', async () => {
    const of = async (filter: ReplayRequest['filter']): Promise<number> => (await replay({ filter })).progress.done
    expect(await of({ action: 'view' })).toBe(records.filter(({ input }) => input.action === 'view').length)
    expect(await of({ allow: true })).toBe(records.filter(({ result }) => result.allow).length)
    expect(await of({ from: records[10]?.evaluatedAt, until: records[20]?.evaluatedAt })).toBe(10)
    expect(await of({ technician: 'per_1', device: 'another' })).toBe(0)
  })

  it('opens a change: the input, both answers, the rules of both, and a trace', async () => {
    const job = await replay()
    const [first] = found(job)
    const id = first?.decision as DecisionRecord['id']
    const opened = await tried.simulations.change(job.id, { decision: id, personal: 'shown' })
    const record = records.find((one) => one.id === id) as DecisionRecord
    expect(opened.input).toEqual(record.input)
    expect(opened.before.result).toEqual(record.result)
    expect(opened.decidedBy).toBe(tried.world.policy.revision)
    expect(opened.after).toMatchObject({ revision: tried2.revision, result: { allow: true } })
    expect(opened.rulesNow?.filter(({ satisfied }) => !satisfied).map(({ rule }) => rule)).toEqual(['region'])
    expect(opened.after.rules?.every(({ satisfied }) => satisfied)).toBe(true)
    expect(opened.trace?.text).toContain('data.sallyport.access.decision')
    expect(tried.traced.at(-1)).toEqual(record.input)
    const none = { decision: `dec_${'f'.repeat(32)}` as DecisionRecord['id'], personal: 'shown' } as const
    await expect(tried.simulations.change(job.id, none)).rejects.toMatchObject({
      code: 'change_unknown',
    })
  })

  it('shows nothing of a person that a rule put into its words or its trace, in whatever disguise, until it is asked for', async () => {
    const telling = await changedPolicy({
      'rules/training.rego': `package sallyport.rules.training

default satisfied := false

denials contains {"code": "no_training", "message": base64.encode(input.technician.name)}

denials contains {"code": "name_of_this_kind", "message": input.technician.name} if input.technician.name != "**REDACTED**"
`,
      'rules/training_test.rego': '',
    })
    const job = await replay({ target: tried.target(telling) })
    const [change] = found(job).filter(({ kind }) => kind === 'newly_denied')
    const decision = change?.decision as DecisionRecord['id']
    expect(change?.codes).toEqual(['no_training'])
    const { input, result } = records.find(({ id }) => id === decision) as DecisionRecord
    const disguised = Buffer.from(input.technician.name).toString('base64')
    const shown = await tried.simulations.change(job.id, { decision, personal: 'shown' })
    expect(shown.after.result.denials.find(({ code }) => code === 'no_training')?.message).toBe(disguised)
    const hidden = await tried.simulations.change(job.id, { decision, personal: 'hidden' })
    const said = JSON.stringify([hidden.input, hidden.before, hidden.after, hidden.rulesNow])
    expect(said).not.toContain(JSON.stringify(disguised))
    expect(said).not.toContain('name_of_this_kind')
    expect(said).not.toContain(JSON.stringify(input.technician.name))
    expect(hidden.after.result.denials).toEqual([{ code: 'no_training', message: '' }])
    expect([hidden.after.result.allow, hidden.before.result.allow]).toEqual([false, result.allow])
    expect(hidden.masked).toContain('/input/technician/name')
    expect(tried.traced.at(-1)?.technician.name).toBe('**REDACTED**')
  })

  it('compares with what the active revision decides now, where that is asked for', async () => {
    const { storage, clock, policy } = tried.world
    const [sample] = records.filter(({ result, input }) => result.allow && input.action === 'view')
    const older = {
      ...(sample as DecisionRecord),
      id: `dec_${'e'.repeat(32)}` as DecisionRecord['id'],
      revision: 'sha256:older',
      evaluatedAt: clock.nowMs() - 5,
    }
    const refused = { ...older.result, allow: false, denials: [{ code: 'outside_region', message: 'then' }] } as DecisionResult
    await storage.decisionLog.append({ ...older, result: refused })
    const filter = { from: older.evaluatedAt }
    const target = { revision: policy.revision }
    const asLogged = await replay({ target, filter })
    expect(asLogged.counts).toMatchObject({ newly_allowed: 1, same: 0 })
    expect(asLogged.otherRevisions).toBe(1)
    expect((await replay({ target, filter, against: 'active' })).counts).toMatchObject({ newly_allowed: 0, same: 1 })
  })

  it('counts what does not fit the contract of today as an error, and says so', async () => {
    const { storage, clock, policy } = tried.world
    const [sample] = records.filter(({ result }) => result.allow)
    const { recording: _, ...device } = (sample as DecisionRecord).input.device
    const input = { ...(sample as DecisionRecord).input, device } as DecisionInput
    const id = `dec_${'d'.repeat(32)}` as DecisionRecord['id']
    const at = clock.nowMs() - 3
    await storage.decisionLog.append({ ...(sample as DecisionRecord), id, input, evaluatedAt: at })
    const job = await replay({ target: { revision: policy.revision }, filter: { from: at } })
    expect(job.counts).toMatchObject({ errors: 1, same: 0 })
    expect(job.otherShape).toBe(1)
  })

  it('ends with a clear reason where the rules run too long', async () => {
    const policy = await changedPolicy({ 'rules/region.rego': looping, 'rules/region_test.rego': '' })
    const job = await replay({ target: tried.target(policy), filter: { until: records.at(-1)?.evaluatedAt } })
    expect(job.progress).toMatchObject({ state: 'failed', failure: { code: 'policy_too_slow' } })
    expect((await replay()).progress.state).toBe('done')
  })

  it('is cancelled at once', async () => {
    const job = await tried.simulations.replay({ target: tried.target(tried2), filter: {}, against: 'log' })
    tried.simulations.replays.cancel(job.id)
    await tried.simulations.replays.ended(job.id)
    expect(job.progress.state).toBe('cancelled')
    expect(job.progress.done).toBeLessThan(records.length)
  })
})

describe('the share of what would be denied', () => {
  it('counts what was allowed in the last day, and is asked once a minute', async () => {
    const nobody = await changedPolicy({ 'rules/training.rego': noTraining })
    const decide = await deciderOf(nobody)
    const allowed = records.filter(({ result }) => result.allow)
    const denied = (await Promise.all(allowed.map(({ input }) => decide(input)))).filter(({ allow }) => !allow)
    const share = await tried.simulations.deniedShare(nobody)
    // One more is in the log, of another shape, since the test above: what cannot be answered counts as denied.
    expect(share.allowed - allowed.length).toBeLessThanOrEqual(1)
    expect(share.wouldBeDenied - denied.length).toBe(share.allowed - allowed.length)
    expect(share.percent).toBeCloseTo((share.wouldBeDenied / share.allowed) * 100, 1)
    expect(await tried.simulations.deniedShare(nobody)).toBe(share)
  })

  it('is nothing where nothing was allowed', async () => {
    await using empty = await simulationWorld()
    expect(await empty.simulations.deniedShare(empty.world.policy)).toEqual({ allowed: 0, wouldBeDenied: 0, percent: 0 })
  })
})
