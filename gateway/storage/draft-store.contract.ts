import { hash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { policyLimits } from '../policies-admin/analysis/policy-limits.ts'
import type { Draft, DraftId } from '../policies-admin/drafts/draft.ts'
import { examplePerson, organisationEvent, organisationId, personId } from './testing/example-records.ts'
import type { Storage } from './create-storage.ts'
import type { StorageUnderTest } from './testing/temporary-storage.ts'
import { underStorage } from './testing/under-storage.ts'

const id = `drf_${'1'.repeat(32)}` as DraftId
const [ada, ben] = [personId('ada-security'), personId('ben-security')]
const draft: Draft = {
  id,
  organisationId: organisationId('north'),
  name: 'Regions',
  base: null,
  createdBy: ada,
  createdAt: 1_000,
  changedBy: ada,
  changedAt: 1_000,
  version: 1,
}
const by = (person: typeof ada, at = 2_000) => ({ draft: id, by: person, at })

/** Every implementation of `DraftStore` passes this. */
export function draftStoreContract(create: () => Promise<StorageUnderTest>): void {
  const withStorage = underStorage(create)
  const withDraft = (run: (storage: Storage) => Promise<void>) =>
    withStorage(async (storage) => {
      for (const name of ['ada-security', 'ben-security']) await storage.people.insert(examplePerson(name), [])
      await storage.drafts.insert(draft, { 'a.rego': 'package a', 'b.rego': 'package ä' }, 10, [
        organisationEvent('north', 'policy.draft_created'),
      ])
      await run(storage)
    })

  describe('drafts', () => {
    it(
      'are kept with their files, and who wrote in them',
      withDraft(async ({ drafts, events }) => {
        expect(await drafts.find(id)).toEqual(draft)
        expect(await drafts.list(organisationId('north'))).toEqual([{ draft, files: 2 }])
        expect(await drafts.list(organisationId('south'))).toEqual([])
        const sha256 = hash('sha256', 'package ä')
        const file = { path: 'b.rego', version: 1, bytes: 10, sha256, editedBy: ada, editedAt: 1_000 }
        expect((await drafts.files(id))[1]).toEqual(file)
        expect(await drafts.file(id, 'b.rego')).toEqual({ ...file, text: 'package ä' })
        expect(await drafts.writers(id)).toEqual([])
        const scope = { kind: 'installation' } as const
        const recorded = await events.list(scope, { type: 'policy.draft_created' }, { limit: 10, after: null })
        expect(recorded.items.length).toBe(1)
      }),
    )

    it(
      'are as many as may be',
      withDraft(async ({ drafts }) => {
        const another = { ...draft, id: `drf_${'2'.repeat(32)}` as DraftId }
        await expect(drafts.insert(another, {}, 1, [])).rejects.toMatchObject({ code: 'too_many_drafts' })
        await drafts.insert(another, {}, 2, [])
        expect((await drafts.list(draft.organisationId)).length).toBe(2)
      }),
    )

    it(
      'take a write of the version that is there, and of no other one',
      withDraft(async ({ drafts }) => {
        expect(await drafts.writeFile(by(ben), 'a.rego', 'package a\n', 1)).toEqual({ version: 2, draftVersion: 2 })
        await expect(drafts.writeFile(by(ada), 'a.rego', 'other', 1)).rejects.toMatchObject({ code: 'stale_version' })
        await expect(drafts.writeFile(by(ada), 'a.rego', 'other', 0)).rejects.toMatchObject({ code: 'stale_version' })
        await expect(drafts.writeFile(by(ada), 'none.rego', 'other', 3)).rejects.toMatchObject({ code: 'stale_version' })
        const writes = [drafts.writeFile(by(ada), 'new.rego', 'ada', 0), drafts.writeFile(by(ben), 'new.rego', 'ben', 0)]
        const outcomes = await Promise.allSettled(writes)
        expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
        expect(await drafts.find(id)).toMatchObject({ version: 3, changedAt: 2_000 })
        expect((await drafts.writers(id)).toSorted()).toEqual(outcomes[0]?.status === 'fulfilled' ? [ada, ben].toSorted() : [ben])
      }),
    )

    it(
      'move and lose files of the version that is there',
      withDraft(async ({ drafts }) => {
        await expect(drafts.moveFile(by(ben), 'a.rego', 'b.rego', 1)).rejects.toMatchObject({ code: 'file_exists' })
        expect(await drafts.moveFile(by(ben), 'a.rego', 'c/a.rego', 1)).toBe(2)
        expect(await drafts.file(id, 'c/a.rego')).toMatchObject({ version: 2, editedBy: ben })
        await expect(drafts.removeFile(by(ben), 'b.rego', 2)).rejects.toMatchObject({ code: 'stale_version' })
        expect(await drafts.removeFile(by(ben), 'b.rego', 1)).toBe(3)
        expect((await drafts.files(id)).map(({ path }) => path)).toEqual(['c/a.rego'])
      }),
    )

    it(
      'are no larger than a policy may be, and keep what was there',
      withDraft(async ({ drafts }) => {
        const half = 'x'.repeat(policyLimits.mostBytes / 2)
        await drafts.writeFile(by(ada), 'half.rego', half, 0)
        await expect(drafts.writeFile(by(ada), 'a.rego', half, 1)).rejects.toMatchObject({ code: 'policy_too_big' })
        expect(await drafts.file(id, 'a.rego')).toMatchObject({ version: 1, text: 'package a' })
        expect(await drafts.find(id)).toMatchObject({ version: 2 })
      }),
    )

    it(
      'are renamed and put onto another base only as they were seen',
      withDraft(async ({ drafts }) => {
        await expect(drafts.rename(by(ben), 'Other', 2)).rejects.toMatchObject({ code: 'stale_version' })
        expect(await drafts.rename(by(ben), 'Other', 1)).toBe(2)
        await expect(drafts.rebase(by(ben), { base: '', changes: {}, writers: [] }, 1)).rejects.toMatchObject({ code: 'stale_version' })
        expect((await drafts.contents(id)).map(({ path }) => path)).toEqual(['a.rego', 'b.rego'])
      }),
    )

    it(
      'are gone with everything of them',
      withDraft(async ({ drafts }) => {
        await drafts.writeFile(by(ada), 'a.rego', 'x', 1)
        await drafts.remove(id, [organisationEvent('north', 'policy.draft_deleted')])
        expect([await drafts.find(id), await drafts.contents(id), await drafts.writers(id)]).toEqual([undefined, [], []])
        await expect(drafts.remove(id, [])).rejects.toMatchObject({ code: 'draft_unknown' })
        await expect(drafts.writeFile(by(ada), 'a.rego', 'x', 0)).rejects.toMatchObject({ code: 'draft_unknown' })
      }),
    )
  })
}
