import { describe, expect, it } from 'vitest'
import type { PersonId } from '../../basics/ids.ts'
import { systemRandom } from '../../basics/random.ts'
import { ada, ben, policyWorld } from '../testing/policy-world.ts'
import type { PolicyWorld } from '../testing/policy-world.ts'
import type { RevisionOrder } from '../revisions/create-revision.ts'
import { undecidedAuthors } from '../revisions/undecided-authors.ts'
import { organisationId } from '../../storage/testing/example-records.ts'
import { deleteDraft, renameDraft } from './change-draft.ts'
import { createDraft } from './create-draft.ts'
import type { DraftId } from './draft.ts'
import { createDraftRoom } from './draft-room.ts'
import type { DraftRoom } from './draft-room.ts'
import { rebaseDraft, threeWay } from './rebase-draft.ts'
import { submitDraft } from './submit-draft.ts'
import { moveDraftFile, removeDraftFile, writeDraftFile } from './write-draft-file.ts'

interface DraftWorld {
  readonly world: PolicyWorld
  readonly room: DraftRoom
  readonly draft: DraftId
  readonly orders: RevisionOrder[]
  readonly news: object[]
  write(path: string, text: string, version: number, by?: PersonId): Promise<{ version: number; draftVersion: number }>
}

/** A draft of Ada's over the policy that is active. */
const withDraft = (run: (world: DraftWorld) => Promise<void>) => async () => {
  await using world = await policyWorld()
  const { store } = world.room.ports
  const orders: RevisionOrder[] = []
  const room = createDraftRoom({
    store: world.storage.drafts,
    revisions: {
      active: () => world.activeRevision() ?? null,
      sourcesOf: async (revision) => (await store.bundleOf(revision))?.sources,
      undecidedAuthors: (revision) => undecidedAuthors(store, revision),
      submit: async (order) => {
        orders.push(order)
        return { revision: 'sha256:new' }
      },
    },
    organisation: organisationId('north'),
    clock: world.clock,
    random: systemRandom,
  })
  const { id: draft } = await createDraft(room, { name: 'Regions', from: undefined, by: ada })
  const news: object[] = []
  room.onNews((one) => void news.push(one))
  await run({
    world,
    room,
    draft,
    orders,
    news,
    write: (path, text, version, by = ada) => writeDraftFile(room, { draft, path, text, version, by }),
  })
}

describe('a draft', () => {
  it(
    'begins as what is active, and says so in the organisation’s log',
    withDraft(async ({ world, room, draft }) => {
      expect(await room.ports.store.find(draft)).toMatchObject({
        name: 'Regions',
        base: world.activeRevision(),
        version: 1,
        createdBy: ada,
      })
      const contents = await room.ports.store.contents(draft)
      expect(Object.fromEntries(contents.map(({ path, text }) => [path, text]))).toEqual(world.shipped.sources)
      expect((await world.eventTypes()).at(-1)).toBe('policy.draft_created')
      await expect(createDraft(room, { name: 'x', from: 'sha256:none', by: ada })).rejects.toMatchObject({ code: 'revision_unknown' })
    }),
  )

  it(
    'is never written over: whoever comes second gets what is there now',
    withDraft(async ({ room, draft, write, news }) => {
      const path = 'rules/region.rego'
      expect(await write(path, 'of Ada', 1)).toEqual({ version: 2, draftVersion: 2 })
      const late = write(path, 'of Ben', 1, ben)
      await expect(late).rejects.toMatchObject({
        code: 'stale_version',
        details: { current: { path, text: 'of Ada', version: 2, editedBy: ada } },
      })
      await write(path, 'of both', 2, ben)
      await removeDraftFile(room, { draft, path, version: 3, by: ada })
      await expect(write(path, 'late', 3, ben)).rejects.toMatchObject({ code: 'stale_version', details: { current: null } })
      expect((await room.ports.store.find(draft))?.version).toBe(4)
      expect(news).toEqual([2, 3, 4].map((version) => ({ draft, path, version, by: version === 3 ? ben : ada })))
    }),
  )

  it(
    'tells of a moved file at both places, of a new name and of its end',
    withDraft(async ({ world, room, draft, news }) => {
      await moveDraftFile(room, { draft, path: 'rules/region.rego', to: 'rules/area.rego', version: 1, by: ben })
      await renameDraft(room, { draft, name: 'Areas', version: 2, by: ben })
      await deleteDraft(room, draft, ben)
      expect(news).toEqual([
        { draft, path: 'rules/region.rego', version: 2, by: ben },
        { draft, path: 'rules/area.rego', version: 2, by: ben },
        { draft, path: null, version: 3, by: ben },
        { draft, path: null, version: 0, by: ben },
      ])
      expect((await world.eventTypes()).at(-1)).toBe('policy.draft_deleted')
      await expect(writeDraftFile(room, { draft, path: 'a.rego', text: '', version: 0, by: ada })).rejects.toMatchObject({
        code: 'draft_unknown',
      })
    }),
  )

  it(
    'is submitted as it was seen, with everybody who wrote in it',
    withDraft(async ({ world, room, draft, write, orders }) => {
      await write('rules/region.rego', 'of Ben', 1, ben)
      await write('rules/region.rego', 'of Ada', 2, ada)
      await expect(submitDraft(room, { draft, comment: 'x', version: 2, by: ada })).rejects.toMatchObject({ code: 'stale_version' })
      expect(await submitDraft(room, { draft, comment: 'New regions', version: 3, by: ada })).toEqual({ revision: 'sha256:new' })
      const [order] = orders
      expect(order).toMatchObject({
        author: ada,
        contributors: [ben],
        comment: 'New regions',
        parent: world.activeRevision(),
        origin: 'draft',
      })
      expect(order?.sources['rules/region.rego']).toBe('of Ada')
      expect(orders.length).toBe(1)
    }),
  )

  it(
    'is put onto another revision file by file, and names what both sides changed',
    withDraft(async ({ world, room, draft, write }) => {
      const region = world.shipped.sources['rules/region.rego'] ?? ''
      await write('rules/region.rego', `${region}# mine\n`, 1)
      await write('rules/device.rego', '# mine\n', 1)
      const theirs = { ...world.shipped.sources, 'rules/region.rego': `${region}# theirs\n`, 'rules/account.rego': '# theirs\n' }
      const onto = await world.submit('base', { sources: theirs })
      const rebased = await rebaseDraft(room, { draft, onto, version: 3, by: ben })
      expect(rebased).toEqual({
        base: onto,
        version: 4,
        taken: ['rules/account.rego'],
        conflicts: [{ path: 'rules/region.rego', before: region, theirs: `${region}# theirs\n`, mine: `${region}# mine\n` }],
      })
      const files = Object.fromEntries((await room.ports.store.contents(draft)).map(({ path, text }) => [path, text]))
      expect(files).toMatchObject({
        'rules/account.rego': '# theirs\n',
        'rules/device.rego': '# mine\n',
        'rules/region.rego': `${region}# mine\n`,
      })
      await expect(rebaseDraft(room, { draft, onto, version: 3, by: ben })).rejects.toMatchObject({ code: 'stale_version' })
    }),
  )

  it(
    'that was put onto another revision keeps whose unapproved words it began with',
    withDraft(async ({ world, room }) => {
      const mine = await world.submit('of Ada')
      const { id } = await createDraft(room, { name: 'Second route', from: mine, by: ben })
      await rebaseDraft(room, { draft: id, onto: undefined, version: 1, by: ben })
      expect((await room.ports.store.find(id))?.base).toBe(world.activeRevision())
      expect((await room.ports.store.writers(id)).toSorted()).toEqual([ada, ben].toSorted())
    }),
  )

  it(
    'knows who has it open, until he says nothing for 45 seconds',
    withDraft(async ({ world, room, draft, news }) => {
      room.presence.say(draft, ada, 'a.rego')
      room.presence.say(draft, ada, 'a.rego')
      room.presence.say(draft, ben, null)
      world.clock.advance(44_000)
      room.presence.say(draft, ben, 'b.rego')
      world.clock.advance(2_000)
      expect(room.presence.of(draft)).toEqual([{ person: ben, path: 'b.rego' }])
      world.clock.advance(45_000)
      expect(room.presence.of(draft)).toEqual([])
      const [atA, none, atB] = [
        { person: ada, path: 'a.rego' },
        { person: ben, path: null },
        { person: ben, path: 'b.rego' },
      ]
      expect(news).toEqual([[atA], [atA, none], [atA, atB], [atB], []].map((present) => ({ draft, present })))
    }),
  )
})

it('a file that one side took away and the other one changed is for a person to decide', () => {
  const before = { a: '1', b: '1', c: '1', d: '1' }
  const { changes, conflicts } = threeWay({ before, theirs: { a: '2', c: '1', d: '1', e: 'n' }, mine: { b: '2', c: '1', d: '3' } })
  expect(changes).toEqual({ e: 'n' })
  expect(conflicts).toEqual([
    { path: 'a', before: '1', theirs: '2', mine: null },
    { path: 'b', before: '1', theirs: null, mine: '2' },
  ])
})
