import { afterEach, expect, it } from 'vitest'
import type { PersonId } from '../../basics/ids.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import { reviewRevision } from '../revisions/review-revision.ts'
import { ada, ben, cleo, goodJudgement, policyWorld, type PolicyWorld, type StartChange } from '../testing/policy-world.ts'
import { revisionOf } from '../policy-files.ts'
import { activateRevision, type ActivateOrder } from './activate-revision.ts'
import { mostNamed } from './activation-impact.ts'
import { changeSettings } from './change-settings.ts'
import { waitingSteps } from './second-person.ts'

const worlds: PolicyWorld[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world[Symbol.asyncDispose]()
})
const started = async (change: StartChange = {}): Promise<PolicyWorld> => {
  const world = await policyWorld(change)
  worlds.push(world)
  return world
}

const activate = (world: PolicyWorld, revision: string, change: Partial<ActivateOrder> = {}) =>
  activateRevision(world.room, {
    revision,
    by: ada,
    expectedActive: world.activeRevision() ?? null,
    comment: 'as reviewed',
    confirmDenied: undefined,
    ...change,
  })
const review = (world: PolicyWorld, revision: string, reviewer: PersonId, verdict: 'approved' | 'rejected' = 'approved') =>
  reviewRevision(world.room, { revision, reviewer, verdict, comment: 'looked at', expectedActive: world.activeRevision() ?? null })

it('makes a revision that another person approved the one that decides, with its event, and numbers it', async () => {
  const world = await started()
  const before = world.activeRevision()
  const revision = await world.submit('one')
  await review(world, revision, ben)
  expect(await activate(world, revision)).toEqual({ sequence: 2, endedSessions: 0 })
  expect(world.engine.revision).toBe(revision)
  expect(await world.storage.policies.newestActivation()).toMatchObject({
    sequence: 2,
    previous: before,
    kind: 'activate',
    by: ada,
    approvedBy: ben,
  })
  expect((await world.eventTypes()).slice(-3)).toEqual(['policy.submitted', 'policy.reviewed', 'policy.activated'])
  expect((await world.storage.policies.findRevision(revision))?.wasActive).toBe(true)
})

it('needs somebody else: neither the author nor who wrote in it approves it, and nobody activates what nobody approved', async () => {
  const world = await started()
  const revision = await world.submit('one', { contributors: [cleo] })
  for (const own of [ada, cleo]) await expect(review(world, revision, own)).rejects.toMatchObject({ code: 'author_cannot_review' })
  await expect(activate(world, revision, { by: ben })).rejects.toMatchObject({ code: 'second_person_needed' })
  await review(world, revision, ben)
  await review(world, revision, ben, 'rejected')
  await expect(activate(world, revision)).rejects.toMatchObject({ code: 'second_person_needed' })
  expect(world.engine.revision).toBe(world.shipped.policy.revision)
})

it('asks for another look when another policy became active after the approval', async () => {
  const world = await started()
  const [one, two] = [await world.submit('one'), await world.submit('two')]
  await review(world, one, ben)
  await review(world, two, ben)
  await activate(world, one)
  await expect(activate(world, two)).rejects.toMatchObject({ code: 'approval_outdated' })
  await review(world, two, ben)
  expect(await activate(world, two)).toMatchObject({ sequence: 3 })
})

it('judges the approver anew: whoever lost the role or was suspended since is no second person, and it is said who can be', async () => {
  const world = await started()
  const revision = await world.submit('one')
  await review(world, revision, ben)
  const { people } = world.storage
  const was = await people.find(wholeInstallation, ben)
  if (was === undefined) throw new Error('ben is there')
  await people.update(wholeInstallation, { ...was, roles: ['technician'], version: was.version + 1 }, [])
  const refused = { code: 'approver_left', message: expect.stringMatching(/anew: cleo-security\.$/i) }
  await expect(activate(world, revision)).rejects.toMatchObject(refused)
  await people.update(wholeInstallation, { ...was, status: 'disabled', version: was.version + 2 }, [])
  await expect(activate(world, revision)).rejects.toMatchObject(refused)
  await people.update(wholeInstallation, { ...was, version: was.version + 3 }, [])
  expect(await activate(world, revision)).toMatchObject({ sequence: 2 })
})

it('is not carried out for a page that shows another policy as active', async () => {
  const world = await started()
  const revision = await world.submit('one')
  await review(world, revision, ben)
  await expect(activate(world, revision, { expectedActive: `sha256:${'0'.repeat(64)}` })).rejects.toMatchObject({ code: 'stale_version' })
  const [first, second] = await Promise.allSettled([activate(world, revision), activate(world, revision)])
  expect([first.status, second.status]).toEqual(['fulfilled', 'rejected'])
})

it('is not for red tests, nor for tests that reach too little', async () => {
  const world = await started({ ports: { fourEyes: false } })
  const judged = (tests: Parameters<typeof goodJudgement>[1]) => {
    world.judgement = (sources) => goodJudgement({ ...world.shipped.policy, revision: revisionOf(sources) }, tests)
  }
  judged({ failed: 1 })
  await expect(activate(world, await world.submit('red'))).rejects.toMatchObject({
    code: 'tests_red',
    message: expect.stringMatching(/^1 test of this revision fails\./),
  })
  judged({ passed: 0 })
  await expect(activate(world, await world.submit('none'))).rejects.toMatchObject({ code: 'tests_red' })
  judged({ covered: 79.9 })
  const little = await world.submit('little')
  await expect(activate(world, little)).rejects.toMatchObject({ code: 'coverage_too_low', message: expect.stringContaining('79.9 %') })
  await changeSettings(world.room, { settings: { coveragePercent: 79, deniedPercent: 10 }, by: ada, comment: 'for now' })
  expect(await activate(world, little)).toMatchObject({ sequence: 2 })
})

it('asks again where it would deny more than the team allows for, and takes the figure as the answer', async () => {
  const share = { percent: 12.5, allowed: 80, denied: 10 }
  const world = await started({ ports: { fourEyes: false, deniedShare: async () => share } })
  const revision = await world.submit('one')
  await expect(activate(world, revision)).rejects.toMatchObject({ code: 'denies_more', details: { denied_percent: 12.5 } })
  await expect(activate(world, revision, { confirmDenied: 11 })).rejects.toMatchObject({ code: 'denies_more' })
  await activate(world, revision, { confirmDenied: 12.5 })
  expect((await world.storage.policies.newestActivation())?.impact).toEqual({ sessions: null, named: [], share })
})

const ending = Array.from({ length: mostNamed + 1 }, (_, n) => ({
  session: `ses_${n}`,
  person: `per_${n}`,
  machine: 'press-1',
  codes: ['x'],
}))

it('keeps with it what it means for open sessions, the first hundred of those that end by their ids', async () => {
  const world = await started({
    ports: { fourEyes: false, sessionsImpact: async () => ({ judged: 120, limitsChanged: 3, ending }) },
  })
  await activate(world, await world.submit('one'))
  const { impact } = (await world.storage.policies.newestActivation()) ?? {}
  expect(impact).toEqual({ sessions: { judged: 120, limitsChanged: 3, ending: 101 }, named: ending.slice(0, 100), share: null })
})

it('is carried out where that cannot be worked out', async () => {
  const world = await started({ ports: { fourEyes: false, sessionsImpact: () => Promise.reject(new Error('too slow')) } })
  expect(await activate(world, await world.submit('one'))).toMatchObject({ sequence: 2 })
  expect((await world.storage.policies.newestActivation())?.impact).toBeNull()
})

it('changes nothing where the policy cannot be loaded', async () => {
  const world = await started({ ports: { fourEyes: false } })
  world.judgement = (sources) => goodJudgement({ ...world.shipped.policy, wasm: new Uint8Array([1, 2, 3]), revision: revisionOf(sources) })
  const revision = await world.submit('broken')
  await expect(activate(world, revision)).rejects.toThrow('WebAssembly.compile')
  expect([world.engine.revision, world.room.highest]).toEqual([world.shipped.policy.revision, 1])
  expect(await world.storage.policies.newestActivation()).toMatchObject({ sequence: 1 })
})

it('lets what came with the release be activated by two persons', async () => {
  const world = await started()
  const mine = await world.submit('mine')
  await review(world, mine, ben)
  await activate(world, mine)
  const shipped = world.shipped.policy.revision
  await review(world, shipped, ben)
  await expect(activate(world, shipped, { by: ben })).rejects.toMatchObject({ code: 'second_person_needed' })
  expect(await activate(world, shipped, { by: ada })).toMatchObject({ sequence: 3 })
})

it('settings become stricter by one person, and looser by two who ask for the same within a day', async () => {
  const world = await started()
  const change = (by: PersonId, coveragePercent: number) =>
    changeSettings(world.room, { settings: { coveragePercent, deniedPercent: 10 }, by, comment: 'as agreed' })
  expect(await change(ada, 90)).toEqual({ settings: { coveragePercent: 90, deniedPercent: 10 } })
  expect(await change(ada, 50)).toMatchObject({ waiting: { what: 'settings', by: ada } })
  expect(await change(ada, 50)).toMatchObject({ waiting: { by: ada } })
  expect(await change(ben, 60)).toMatchObject({ waiting: { by: ben } })
  expect(await change(ada, 60)).toMatchObject({ settings: { coveragePercent: 60 } })
  expect(await waitingSteps(world.room)).toEqual([])
  await change(ada, 50)
  world.clock.advance(24 * 3_600_000 + 1)
  expect(await waitingSteps(world.room)).toEqual([])
  expect(await change(ben, 50)).toMatchObject({ waiting: { by: ben } })
})
