import { describe, expect, it } from 'vitest'
import { wholeInstallation } from '../basics/scope.ts'
import { endReasons } from '../sessions/session.ts'
import type { Session } from '../sessions/session.ts'
import { deviceEvent, deviceId, exampleApproval, exampleSession, organisationId, personId, sessionId } from './testing/example-records.ts'
import type { StorageUnderTest } from './testing/temporary-storage.ts'
import { underStorage } from './testing/under-storage.ts'

/** Every implementation of `SessionStore` passes this. */
export function sessionStoreContract(create: () => Promise<StorageUnderTest>): void {
  const withStorage = underStorage(create)
  const approved = {
    state: 'approved',
    approval: exampleApproval,
    approvedAt: 1_790_000_010,
    expiresAt: 1_790_003_610,
    shownAt: 1_790_000_001,
  } as const
  const ended = { state: 'ended', endedAt: 1_790_000_100, endReason: 'completed' } as const

  describe('a session store', () => {
    it(
      'gives back a session as it was put in, in every state',
      withStorage(async ({ sessions }) => {
        const steps: Session[] = [exampleSession('s')]
        const step = (change: Partial<Session>): void =>
          void steps.push({ ...(steps.at(-1) as Session), ...change, version: steps.length + 1 })
        step({ state: 'awaiting_approval', shownAt: 1_790_000_001 })
        step(approved)
        step({ pendingExtension: { ...exampleSession('s').request, kind: 'extend' } })
        step({ state: 'open', openedAt: 1_790_000_020, pendingExtension: null, extensions: 1, tunnelLostAt: 1_790_000_030 })
        step({ ...ended, endedBy: 'Olga', endReason: 'policy', endCodes: ['outside_region'], tunnelLostAt: null })
        for (const session of steps) {
          await (session.version === 1 ? sessions.insert(session, []) : sessions.update(session, []))
          expect(await sessions.find(wholeInstallation, session.id)).toEqual(session)
        }
      }),
    )

    it(
      'never changes an ended session',
      withStorage(async ({ sessions, events }) => {
        await sessions.insert(exampleSession('s', ended), [])
        const again = exampleSession('s', { ...ended, endReason: 'error', version: 2 })
        await expect(sessions.update(again, [deviceEvent('press-1')])).rejects.toMatchObject({ code: 'constraint_violated' })
        await expect(sessions.update(exampleSession('s', { version: 2 }), [])).rejects.toMatchObject({ code: 'constraint_violated' })
        expect(await sessions.find(wholeInstallation, sessionId('s'))).toMatchObject({ endReason: 'completed', version: 1 })
        expect((await events.list(wholeInstallation, {}, { limit: 10, after: null })).items).toEqual([])
      }),
    )

    it(
      'never lets a session go back',
      withStorage(async ({ sessions }) => {
        await sessions.insert(exampleSession('s', approved), [])
        for (const state of ['requested', 'awaiting_approval'] as const) {
          await expect(sessions.update(exampleSession('s', { ...approved, state, version: 2 }), [])).rejects.toMatchObject({
            code: 'constraint_violated',
          })
        }
      }),
    )

    it(
      'never lets a session change its parties',
      withStorage(async ({ sessions }) => {
        await sessions.insert(exampleSession('s'), [])
        for (const change of [
          { deviceId: deviceId('press-2') },
          { personId: personId('Bea') },
          { organisationId: organisationId('south') },
          { requestedAt: 1 },
        ]) {
          await expect(sessions.update(exampleSession('s', { ...change, version: 2 }), [])).rejects.toMatchObject({
            code: 'constraint_violated',
          })
        }
      }),
    )

    it.each([
      ['ended without a reason', { state: 'ended', endedAt: 1 }],
      ['a reason without an end', { endReason: 'error' }],
      ['a reason that is not in the list', { ...ended, endReason: 'bored' }],
      ['a state that is not in the list', { state: 'paused' }],
      ['approved without an approval', { state: 'approved' }],
      ['open without an instant', { ...approved, state: 'open' }],
    ])('refuses a session that is %s', (_, change) =>
      withStorage(async ({ sessions }) => {
        await expect(sessions.insert(exampleSession('s', change as Partial<Session>), [])).rejects.toMatchObject({
          code: 'constraint_violated',
        })
      })(),
    )

    it(
      'knows every reason for an ending',
      withStorage(async ({ sessions }) => {
        for (const endReason of endReasons) await sessions.insert(exampleSession(endReason, { ...ended, endReason }), [])
        expect((await sessions.list(wholeInstallation, { state: 'ended' }, { limit: 50, after: null })).items.length).toBe(
          endReasons.length,
        )
      }),
    )

    it(
      'lets one of two changes of the same version win',
      withStorage(async ({ sessions }) => {
        await sessions.insert(exampleSession('s'), [])
        const both = [approved, ended].map((change) => sessions.update(exampleSession('s', { ...change, version: 2 }), []))
        const outcomes = await Promise.allSettled(both)
        expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected'])
        expect((outcomes[1] as PromiseRejectedResult).reason).toMatchObject({ code: 'stale_version' })
      }),
    )

    it(
      'lists the newest request first, in pages, and filters',
      withStorage(async ({ sessions }) => {
        for (let n = 0; n < 9; n++)
          await sessions.insert(exampleSession(`s${n}`, { requestedAt: 1_790_000_000 + Math.floor(n / 2), ...(n < 5 ? ended : {}) }), [])
        const all = []
        let after: string | null = null
        do {
          const page: Awaited<ReturnType<typeof sessions.list>> = await sessions.list(wholeInstallation, {}, { limit: 2, after })
          all.push(...page.items)
          after = page.next
        } while (after !== null)
        expect(new Set(all.map(({ id }) => id)).size).toBe(9)
        expect(all.map(({ requestedAt }) => requestedAt - 1_790_000_000)).toEqual([4, 3, 3, 2, 2, 1, 1, 0, 0])
        const count = async (filter: Parameters<typeof sessions.list>[1]) =>
          (await sessions.list(wholeInstallation, filter, { limit: 50, after: null })).items.length
        expect(await count({ live: true })).toBe(4)
        expect(await count({ state: 'ended' })).toBe(5)
        expect(await count({ person: personId('Ada'), device: deviceId('press-1'), organisation: organisationId('north') })).toBe(9)
        expect(await count({ person: personId('Bea') })).toBe(0)
        expect((await sessions.listLive()).length).toBe(4)
      }),
    )

    it(
      'refuses a session with a machine that is not there',
      withStorage(async ({ sessions }) => {
        await expect(sessions.insert(exampleSession('s', { deviceId: deviceId('nobody') }), [])).rejects.toMatchObject({
          code: 'unknown_device',
        })
      }),
    )
  })
}
