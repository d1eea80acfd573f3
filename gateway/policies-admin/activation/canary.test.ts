import { afterEach, beforeEach, expect, it } from 'vitest'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import type { DecisionRecord } from '../../decisions/decision.ts'
import type { ShadowDecisions } from '../../decisions/shadow-decisions.ts'
import { ada, ben, policyWorld, type PolicyWorld } from '../testing/policy-world.ts'
import { activateRevision } from './activate-revision.ts'
import { createCanary, type Canary } from './canary.ts'

let world: PolicyWorld
let canary: Canary
let shadows: { readonly policy: CompiledPolicy; offered: number; begun: number; closed: boolean }[]

beforeEach(async () => {
  world = await policyWorld({ ports: { fourEyes: false } })
  shadows = []
  canary = createCanary({
    room: world.room,
    startShadow: async (policy) => {
      const noted = { policy, offered: 0, begun: 0, closed: false }
      shadows.push(noted)
      const shadow: ShadowDecisions = {
        offer: () => void (noted.offered += 1),
        begin: () => void (noted.begun += 1),
        close: async () => void (noted.closed = true),
        idle: async () => {},
        counts: { same: 0, newly_allowed: 0, newly_denied: 0, changed_limits: 0, errors: 0 },
        dropped: 0,
        differences: [],
      }
      return shadow
    },
    draftPolicy: async () => ({ ...world.shipped.policy, revision: 'sha256:of-the-draft' }),
    record: (events) => world.storage.events.append(events),
  })
})
afterEach(async () => {
  await canary.close()
  await world[Symbol.asyncDispose]()
})

const activate = (revision: string) =>
  activateRevision(world.room, {
    revision,
    by: ada,
    expectedActive: world.activeRevision() ?? null,
    comment: 'now',
    confirmDenied: undefined,
  })
const record = {} as DecisionRecord

it('puts a revision or a draft into the shadow, one at a time, recorded and told', async () => {
  const heard: unknown[] = []
  world.room.onNews((news) => heard.push(news))
  const revision = await world.submit('one')
  canary.offer([record])
  expect(await canary.put({ revision }, ben)).toMatchObject({ draft: null, revision, by: ben })
  canary.offer([record, record])
  expect(await canary.put({ draft: 'drf_1' }, ada)).toMatchObject({ draft: 'drf_1', revision: 'sha256:of-the-draft' })
  canary.offer([record])
  expect(shadows).toMatchObject([
    { offered: 2, closed: true },
    { offered: 1, closed: false },
  ])
  await canary.remove(ada)
  await canary.remove(ada)
  expect([canary.running, shadows[1]?.closed]).toEqual([null, true])
  expect((await world.eventTypes()).slice(-3)).toEqual(['policy.canary_changed', 'policy.canary_changed', 'policy.canary_changed'])
  expect(heard.filter((news) => (news as { what: string }).what === 'canary')).toHaveLength(3)
})

it('is compared anew when another policy becomes active, and is over when it is that policy itself', async () => {
  const [one, two] = [await world.submit('one'), await world.submit('two')]
  await canary.put({ revision: one }, ada)
  await activate(two)
  expect([canary.running?.revision, shadows[0]?.begun]).toEqual([one, 1])
  await activate(one)
  await expect.poll(() => canary.running).toBeNull()
})

it('changes nothing where the revision is not known', async () => {
  const revision = await world.submit('one')
  await canary.put({ revision }, ada)
  await expect(canary.put({ revision: `sha256:${'0'.repeat(64)}` }, ada)).rejects.toMatchObject({ code: 'revision_unknown' })
  expect(canary.running?.revision).toBe(revision)
})
