import { afterEach, beforeEach, expect, it } from 'vitest'
import { activateRevision } from '../activation/activate-revision.ts'
import { ada, ben, cleo, goodJudgement, policyWorld, type PolicyWorld } from '../testing/policy-world.ts'
import { policyLimits } from '../analysis/policy-limits.ts'
import { revisionOf } from '../policy-files.ts'
import { createRevision } from './create-revision.ts'
import { commentRevision, reviewRevision } from './review-revision.ts'
import { testAgain } from './test-again.ts'

let world: PolicyWorld
beforeEach(async () => {
  world = await policyWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

const order = { author: ada, contributors: [], comment: 'tried', parent: null, origin: 'git' } as const

it('keeps sources, compiled policy and results under the digest, with an event and news', async () => {
  const heard: unknown[] = []
  world.room.onNews((news) => heard.push(news))
  const revision = await world.submit('one', { contributors: [ada, ben] })
  const { policies } = world.storage
  expect(await policies.findRevision(revision)).toMatchObject({
    revision: { revision, author: ada, contributors: [ben], origin: 'git', parent: world.shipped.policy.revision, testsPassed: 12 },
    wasActive: false,
  })
  const bundle = await policies.bundleOf(revision)
  expect(revisionOf(bundle?.sources ?? {})).toBe(revision)
  expect(Buffer.from(bundle?.policy.wasm ?? []).equals(world.shipped.policy.wasm)).toBe(true)
  expect((await policies.resultsOf(revision))?.coverage.decision_percent).toBe(95)
  expect((await world.eventTypes()).at(-1)).toBe('policy.submitted')
  expect(heard).toEqual([{ what: 'submitted', revision, by: ada }])
})

it('is the one that is there when the same is submitted again, whoever does it', async () => {
  const revision = await world.submit('one')
  expect(await world.submit('one', { author: ben })).toBe(revision)
  const sources = { ...world.shipped.sources, 'rules/two.rego': 'package two\n' }
  const made = await Promise.all([
    createRevision(world.room, { ...order, sources }),
    createRevision(world.room, { ...order, sources, author: ben }),
  ])
  expect(made.map(({ created }) => created).filter((created) => created)).toEqual([true])
})

it('is tested again where its tests were red: the newest run counts, and the revision stays as it was', async () => {
  world.judgement = (sources) => goodJudgement({ ...world.shipped.policy, revision: revisionOf(sources) }, { failed: 1, covered: 40 })
  const revision = await world.submit('slow')
  const { policies } = world.storage
  expect(await policies.findRevision(revision)).toMatchObject({ revision: { testsFailed: 1, coveragePercent: 40 } })
  world.judgement = (sources) => goodJudgement({ ...world.shipped.policy, revision: revisionOf(sources) })
  const heard: unknown[] = []
  world.room.onNews((news) => heard.push(news))
  await testAgain(world.room, { revision, by: ben })
  const made = await policies.findRevision(revision)
  expect(made).toMatchObject({ revision: { testsPassed: 12, testsFailed: 0, coveragePercent: 95, author: ada } })
  expect((await policies.resultsOf(revision))?.tests.failed).toBe(0)
  expect((await policies.listRevisions({ limit: 5, after: null })).items[0]).toEqual(made)
  expect([heard, (await world.eventTypes()).at(-1)]).toEqual([[{ what: 'tested', revision, by: ben }], 'policy.tested'])
  await expect(testAgain(world.room, { revision: `sha256:${'0'.repeat(64)}`, by: ben })).rejects.toMatchObject({ code: 'revision_unknown' })
})

it('refuses what does not compile, with every file and line', async () => {
  const output = '2 errors occurred:\nrules/x.rego:3: rego_type_error: undefined ref\nrules/y.rego:9: rego_parse_error: no'
  world.judgement = () => ({
    ...goodJudgement(world.shipped.policy),
    results: { ...goodJudgement(world.shipped.policy).results, check: { ok: false, output } },
    policy: null,
  })
  await expect(world.submit('one')).rejects.toMatchObject({
    code: 'policy_refused',
    problems: [
      { path: 'rules/x.rego:3', message: 'rego_type_error: undefined ref' },
      { path: 'rules/y.rego:9', message: 'rego_parse_error: no' },
    ],
  })
})

it.each([
  ['../out.rego', 'policy_refused'],
  ['/etc/x.rego', 'policy_refused'],
  ['a//b.rego', 'policy_refused'],
  ['.git/x.rego', 'policy_refused'],
  ['compiled/x.rego', 'policy_refused'],
  ['notes.txt', 'policy_refused'],
  ['rules/x.json', 'policy_refused'],
  ['a\\..\\b.rego', 'policy_refused'],
  ['rules/REGION.rego', 'policy_refused'],
  ['Rules/x.rego', 'policy_refused'],
])('takes no file called %s', async (path, code) => {
  const sources = { ...world.shipped.sources, [path]: 'package x\n' }
  await expect(createRevision(world.room, { ...order, sources })).rejects.toMatchObject({ code, problems: [{ path }] })
})

it('has the bounds of a draft', async () => {
  const { mostFiles, mostFileBytes } = policyLimits
  const files = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`rules/r${index}.rego`, 'package x\n']))
  expect(await createRevision(world.room, { ...order, sources: files(mostFiles) })).toMatchObject({ created: true })
  await expect(createRevision(world.room, { ...order, sources: files(mostFiles + 1) })).rejects.toMatchObject({ code: 'policy_too_big' })
  const big = (bytes: number) => ({ 'rules/big.rego': '#'.repeat(bytes) })
  expect(await createRevision(world.room, { ...order, sources: big(mostFileBytes) })).toMatchObject({ created: true })
  await expect(createRevision(world.room, { ...order, sources: big(mostFileBytes + 1) })).rejects.toMatchObject({ code: 'policy_too_big' })
})

it('has as its authors whoever wrote what came with it unapproved: by its parents, and by a copy of the text', async () => {
  const first = await world.submit('of Ada', { contributors: [cleo] })
  const over = await world.submit('over it', { author: ben, parent: first })
  const furtherSources = { ...world.shipped.sources, 'rules/further.rego': 'package further\n' }
  const further = await world.submit('further', { author: ben, parent: over, sources: furtherSources })
  const remark = (await world.storage.policies.bundleOf(first))?.sources['rules/remark.rego'] ?? ''
  const copied = await world.submit('copied', {
    author: ben,
    sources: { ...world.shipped.sources, 'rules/remark.rego': remark, 'rules/other.rego': 'package other\n' },
  })
  for (const revision of [over, further, copied]) {
    const review = { revision, verdict: 'approved', comment: 'mine', expectedActive: world.activeRevision() ?? null } as const
    for (const reviewer of [ada, ben, cleo])
      await expect(reviewRevision(world.room, { ...review, reviewer }), revision).rejects.toMatchObject({ code: 'author_cannot_review' })
  }
  const alone = await world.submit('alone', { author: ben, sources: { ...world.shipped.sources, 'rules/alone.rego': 'package alone\n' } })
  expect((await world.storage.policies.findRevision(alone))?.revision.contributors).toEqual([])
})

it('is the work of its author alone where it was made from what decided once', async () => {
  const revision = await world.submit('of Ada')
  const expectedActive = world.activeRevision() ?? null
  await reviewRevision(world.room, { revision, reviewer: ben, verdict: 'approved', comment: 'looked at', expectedActive })
  await activateRevision(world.room, { revision, by: ada, expectedActive, comment: 'on', confirmDenied: undefined })
  const next = await world.submit('of Ben', { author: ben, parent: revision })
  expect((await world.storage.policies.findRevision(next))?.revision.contributors).toEqual([])
})

it('says that there is no compiler where there is none', async () => {
  await world.start({ ports: { judge: null } })
  await expect(world.submit('one')).rejects.toMatchObject({ code: 'compiler_missing' })
})

it('is commented on by line, and only where there is one', async () => {
  const revision = await world.submit('one')
  const comment = { revision, path: 'rules/remark.rego', line: 3, author: ben, text: 'Why?\nReally?' }
  await commentRevision(world.room, comment)
  expect(await world.storage.policies.commentsOf(revision)).toMatchObject([comment])
  for (const wrong of [{ line: 99 }, { path: 'rules/none.rego' }])
    await expect(commentRevision(world.room, { ...comment, ...wrong })).rejects.toMatchObject({ code: 'line_unknown' })
})

it('never changes and never goes, whoever tries', async () => {
  const revision = await world.submit('one')
  const { insertReview } = world.storage.policies
  const own = { revision, reviewer: ada, verdict: 'approved', onTopOf: null, comment: 'mine', at: 1 } as const
  await expect(insertReview(own, world.room.ports.organisation, [])).rejects.toMatchObject({ code: 'constraint_violated' })
})
