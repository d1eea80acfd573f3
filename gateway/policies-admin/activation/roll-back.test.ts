import { afterEach, beforeEach, expect, it } from 'vitest'
import type { PersonId } from '../../basics/ids.ts'
import { reviewRevision } from '../revisions/review-revision.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import { ada, ben, cleo, goodJudgement, policyWorld, type PolicyWorld } from '../testing/policy-world.ts'
import { revisionOf } from '../policy-files.ts'
import { rollBackWaitsMs } from './activation-impact.ts'
import { activateRevision } from './activate-revision.ts'
import { lineOf, rollBack } from './roll-back.ts'
import { waitingSteps } from './second-person.ts'

let world: PolicyWorld
let shipped: string
beforeEach(async () => {
  world = await policyWorld()
  shipped = world.shipped.policy.revision
})
afterEach(() => world[Symbol.asyncDispose]())

const activate = async (remark: string): Promise<string> => {
  const revision = await world.submit(remark)
  const expectedActive = world.activeRevision() ?? null
  await reviewRevision(world.room, { revision, reviewer: ben, verdict: 'approved', comment: remark, expectedActive })
  await activateRevision(world.room, { revision, by: ada, expectedActive, comment: remark, confirmDenied: undefined })
  return revision
}
const back = (by: PersonId, to?: string) =>
  rollBack(world.room, { to, by, expectedActive: world.activeRevision() ?? null, comment: 'something is wrong' })

it('goes to the predecessor by one person, is never blocked by tests, and is recorded', async () => {
  const one = await activate('one')
  world.judgement = (sources) => goodJudgement({ ...world.shipped.policy, revision: revisionOf(sources) }, { failed: 3 })
  expect(await back(ben)).toMatchObject({ sequence: 3, revision: shipped })
  expect(world.engine.revision).toBe(shipped)
  expect(await world.storage.policies.newestActivation()).toMatchObject({ kind: 'roll_back', by: ben, approvedBy: null, previous: one })
  expect((await world.eventTypes()).at(-1)).toBe('policy.activated')
})

it('leads one step by one person and not step by step to the first policy: after a step back every other step needs two', async () => {
  const one = await activate('one')
  const two = await activate('two')
  await activate('three')
  expect(await back(ada)).toMatchObject({ revision: two })
  expect(await back(ada)).toMatchObject({ waiting: { what: 'roll_back', by: ada, step: { to: one, from: two } } })
  expect(await back(ada, one)).toMatchObject({ waiting: { by: ada } })
  expect(world.engine.revision).toBe(two)
  expect(await back(ben)).toMatchObject({ revision: one })
  expect(await back(ben, two)).toMatchObject({ waiting: { by: ben, step: { to: two, from: one } } })
  await activate('four')
  expect(await back(ben)).toMatchObject({ revision: one })
})

it('leaves no approval with which one person goes forward again', async () => {
  const one = await activate('one')
  world.clock.advance(1_000)
  await back(ben)
  const again = { revision: one, by: ada, expectedActive: shipped, comment: 'again', confirmDenied: undefined }
  await expect(activateRevision(world.room, again)).rejects.toMatchObject({ code: 'approval_outdated' })
  await reviewRevision(world.room, { revision: one, reviewer: ben, verdict: 'approved', comment: 'seen', expectedActive: shipped })
  expect(await activateRevision(world.room, again)).toMatchObject({ sequence: 4 })
})

it('does not count a second person who has lost the role since', async () => {
  const one = await activate('one')
  await activate('two')
  await back(cleo, shipped)
  const person = await world.storage.people.find(wholeInstallation, cleo)
  if (person === undefined) throw new Error('cleo is there')
  await world.storage.people.update(wholeInstallation, { ...person, roles: [], version: person.version + 1 }, [])
  expect(await back(ada, shipped)).toMatchObject({ waiting: { by: ada } })
  expect(await back(ben)).toMatchObject({ revision: one })
})

it('keeps what it means with it, and does not wait long for that', async () => {
  await activate('one')
  const asked = Promise.withResolvers<void>()
  const sessionsImpact = async () => {
    asked.resolve()
    return { judged: 1, limitsChanged: 0, ending: [] }
  }
  await world.start({ ports: { sessionsImpact, deniedShare: () => new Promise(() => {}) } })
  const going = back(ben)
  await asked.promise
  // The sessions' answer goes its few steps; what it would deny never comes.
  await new Promise((resolve) => setImmediate(resolve))
  world.clock.advance(rollBackWaitsMs)
  expect(await going).toMatchObject({ sequence: 3, revision: shipped })
  expect(await world.storage.policies.newestActivation()).toMatchObject({
    impact: { sessions: { judged: 1, limitsChanged: 0, ending: 0 }, named: [], share: null },
  })
})

it('does not lead forward again: what was left is activated like any other', async () => {
  const one = await activate('one')
  await back(ben)
  await expect(back(ben)).rejects.toMatchObject({ code: 'never_active' })
  expect(await back(ben, one)).toMatchObject({ waiting: { what: 'roll_back', by: ben } })
})

it('goes further back when two persons ask for exactly the same step', async () => {
  await activate('one')
  await activate('two')
  expect(await back(ada, shipped)).toMatchObject({ waiting: { by: ada, step: { to: shipped } } })
  expect(await back(ada, shipped)).toMatchObject({ waiting: { by: ada } })
  expect(await back(ben, shipped)).toMatchObject({ sequence: 4, revision: shipped })
  expect(await world.storage.policies.newestActivation()).toMatchObject({ by: ben, approvedBy: ada })
  expect(await waitingSteps(world.room)).toEqual([])
})

it('forgets a step that waited when another policy becomes active', async () => {
  await activate('one')
  const two = await activate('two')
  await back(ada, shipped)
  const expectedActive = world.activeRevision() ?? null
  await activate('three')
  expect(await waitingSteps(world.room)).toEqual([])
  await expect(rollBack(world.room, { to: shipped, by: ben, expectedActive, comment: 'late' })).rejects.toMatchObject({
    code: 'stale_version',
  })
  expect(await back(ben)).toMatchObject({ revision: two })
})

it('goes to nothing that never decided', async () => {
  await activate('one')
  await expect(back(ada, await world.submit('two'))).rejects.toMatchObject({ code: 'never_active' })
  await expect(back(ada, `sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({ code: 'never_active' })
})

it('counts what came before by the line that led here', () => {
  const line = (...steps: string[]) =>
    lineOf(
      steps.map((step) => ({
        revision: step.replace('<', ''),
        kind: step.startsWith('<') ? ('roll_back' as const) : ('activate' as const),
      })),
    )
  expect(line('a', 'b', 'c')).toEqual(['a', 'b', 'c'])
  expect(line('a', 'b', 'c', '<b')).toEqual(['a', 'b'])
  expect(line('a', 'b', 'c', '<a', 'd')).toEqual(['a', 'd'])
  expect(line('a', 'b', '<a', '<b')).toEqual(['a', 'b'])
})
