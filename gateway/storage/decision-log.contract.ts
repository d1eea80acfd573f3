import { describe, expect, it } from 'vitest'
import { scopeOf, wholeInstallation } from '../basics/scope.ts'
import { exampleDecision, exampleDevice, examplePerson, organisationId } from './testing/example-records.ts'
import type { StorageUnderTest } from './testing/temporary-storage.ts'
import { underStorage } from './testing/under-storage.ts'

/** Every implementation of `DecisionLog` and `DecisionLogReader` passes this. */
export function decisionLogContract(create: () => Promise<StorageUnderTest>): void {
  const withStorage = underStorage(create)

  describe('a decision log', () => {
    it(
      'gives back decisions whole, newest first, in pages',
      withStorage(async ({ decisionLog }) => {
        const decisions = Array.from({ length: 5 }, (_, n) =>
          exampleDecision(`d${n}`, { evaluatedAt: 1_790_000_000_000 + Math.floor(n / 2) }),
        )
        await decisionLog.appendMany(decisions)
        await decisionLog.appendMany([])
        const page = await decisionLog.list(wholeInstallation, {}, { limit: 3 })
        expect(page.items).toEqual(decisions.toReversed().slice(0, 3))
        const rest = await decisionLog.list(wholeInstallation, {}, { limit: 3, after: page.next as string })
        expect(rest).toEqual({ items: decisions.toReversed().slice(3), next: null, searchedTo: null })
        expect(await decisionLog.get(wholeInstallation, exampleDecision('d2').id)).toEqual(decisions[2])
        expect(await decisionLog.get(wholeInstallation, exampleDecision('never').id)).toBeNull()
      }),
    )

    it(
      'keeps the input as it was written already, each with its own decision',
      withStorage(async ({ decisionLog }) => {
        const decisions = Array.from({ length: 150 }, (_, n) => exampleDecision(`d${n}`, { durationUs: n, cached: n % 50 === 7 }))
        const written = ({ input }: (typeof decisions)[number]) => JSON.stringify({ ...input, context: { ip: '192.0.2.1' } })
        await decisionLog.appendMany(
          decisions,
          decisions.map((decision, n) => (n % 3 === 0 ? undefined : written(decision))),
        )
        const kept = (await decisionLog.list(wholeInstallation, {}, { limit: 200 })).items.toReversed()
        expect(kept.map(({ id, durationUs }) => [id, durationUs])).toEqual(
          decisions.filter(({ cached }) => !cached).map(({ id, durationUs }) => [id, durationUs]),
        )
        const given = kept.map(({ durationUs, input }) => [durationUs % 3 === 0, input.context.ip !== '192.0.2.1'])
        expect(given.filter(([left, own]) => left !== own)).toEqual([])
      }),
    )

    it(
      'keeps a batch whole or not at all',
      withStorage(async ({ decisionLog }) => {
        const batch = [exampleDecision('a'), exampleDecision('b'), exampleDecision('a')]
        await expect(decisionLog.appendMany(batch)).rejects.toMatchObject({ code: 'decision_exists' })
        expect((await decisionLog.list(wholeInstallation, {}, { limit: 10 })).items).toEqual([])
      }),
    )

    it(
      'does not keep again what came from the cache',
      withStorage(async ({ decisionLog }) => {
        await decisionLog.append(exampleDecision('a'))
        await decisionLog.append(exampleDecision('a', { cached: true }))
        expect((await decisionLog.list(wholeInstallation, {}, { limit: 10 })).items.length).toBe(1)
      }),
    )

    it(
      'filters by everything that an auditor asks for',
      withStorage(async ({ decisionLog }) => {
        const plain = exampleDecision('a')
        const denial = exampleDecision('b', {
          evaluatedAt: plain.evaluatedAt + 1,
          revision: 'sha256:other',
          input: {
            ...plain.input,
            action: 'open',
            technician: { ...plain.input.technician, id: 'somebody' },
            device: { ...plain.input.device, id: 'press-2' },
            session: {
              id: 'ses_x',
              requested_at: 1,
              approved_at: null,
              opened_at: null,
              extensions: 0,
              purpose: '',
              ticket: null,
              duration_s: 1,
            },
          },
          result: {
            ...plain.result,
            allow: false,
            denials: [
              { code: 'no_training', message: 'x' },
              { code: 'training_expired', message: 'y' },
            ],
          },
        })
        await decisionLog.appendMany([plain, denial])
        const found = async (filter: Parameters<typeof decisionLog.list>[1]) =>
          (await decisionLog.list(wholeInstallation, filter, { limit: 10 })).items.map(({ id }) => id)
        for (const filter of [
          { technician: 'somebody' },
          { device: 'press-2' },
          { session: 'ses_x' },
          { action: 'open' },
          { allow: false },
          { code: 'no_training' },
          { code: 'training_expired' },
          { revision: 'sha256:other' },
          { from: denial.evaluatedAt },
          {
            technician: 'somebody',
            device: 'press-2',
            session: 'ses_x',
            allow: false,
            code: 'no_training',
            from: 1,
            until: denial.evaluatedAt + 1,
          },
        ] as const) {
          expect(await found(filter)).toEqual([denial.id])
        }
        expect(await found({ until: denial.evaluatedAt })).toEqual([plain.id])
        const { next } = await decisionLog.list(wholeInstallation, {}, { limit: 1 })
        const after = next ?? ''
        const behind = async (filter: Parameters<typeof decisionLog.list>[1]) =>
          (await decisionLog.list(wholeInstallation, filter, { limit: 10, after })).items.map(({ id }) => id)
        expect(await behind({ until: denial.evaluatedAt + 9 })).toEqual([plain.id])
        expect(await behind({ until: plain.evaluatedAt })).toEqual([])
        expect((await decisionLog.walk(wholeInstallation, { from: denial.evaluatedAt + 1 }, { limit: 10, after })).items).toEqual([])
        const south = scopeOf(organisationId('south'))
        expect((await decisionLog.walk(south, {}, { limit: 10 })).items).toEqual([denial])
        expect((await decisionLog.list(south, {}, { limit: 10 })).items).toEqual([denial])
        expect(await found({ allow: true })).toEqual([plain.id])
        expect(await found({ code: 'outside_region' })).toEqual([])
      }),
    )

    it(
      'finds decisions by the name of their person and of their machine',
      withStorage(async ({ decisionLog, people, devices }) => {
        const mia = examplePerson('mia', { name: 'Mia Ährlich' })
        await people.insert(mia, [])
        const press = exampleDevice('press-9', { name: 'Presse Süd 100%' })
        await devices.insert(press, [])
        const { input } = exampleDecision('x')
        const ofMia = exampleDecision('a', { input: { ...input, technician: { ...input.technician, id: mia.id } } })
        const ofPress = exampleDecision('b', { input: { ...input, device: { ...input.device, id: press.id } } })
        await decisionLog.appendMany([ofMia, ofPress, exampleDecision('c')])
        const found = async (search: string) =>
          (await decisionLog.list(wholeInstallation, { search }, { limit: 10 })).items.map(({ id }) => id)
        expect(await found('ährl')).toEqual([ofMia.id])
        expect(await found('süd 100%')).toEqual([ofPress.id])
        expect(await found('_')).toEqual([])
        expect((await decisionLog.walk(wholeInstallation, { search: 'Mia' }, { limit: 10 })).items).toEqual([ofMia])
      }),
    )

    it(
      'is walked through oldest first, so many rows at a time whether they fit or not',
      withStorage(async ({ decisionLog }) => {
        const decisions = Array.from({ length: 7 }, (_, n) =>
          exampleDecision(`d${n}`, {
            evaluatedAt: 1_790_000_000_000 + Math.floor(n / 2),
            revision: n < 5 ? 'sha256:old' : 'sha256:new',
          }),
        )
        await decisionLog.appendMany(decisions)
        const pages: string[][] = []
        let after: string | null = null
        do {
          const page = await decisionLog.walk(
            wholeInstallation,
            { revision: 'sha256:new' },
            { limit: 3, ...(after === null ? {} : { after }) },
          )
          pages.push(page.items.map(({ id }) => id))
          after = page.next
        } while (after !== null)
        expect(pages).toEqual([[], [decisions[5]?.id], [decisions[6]?.id]])
        const bounded = await decisionLog.walk(wholeInstallation, { from: 1_790_000_000_001, until: 1_790_000_000_002 }, { limit: 10 })
        expect(bounded).toEqual({ items: decisions.slice(2, 4), next: null })
      }),
    )
  })
}
