import { describe, expect, it } from 'vitest'
import type { ServiceName, SessionId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { Storage } from './create-storage.ts'
import { mostCookies } from './sql-access-origins.ts'
import { mostSignIns } from './sql-sign-in-store.ts'
import { exampleDecision, exampleGrantRequest, exampleSession, exampleSignIn, sessionId } from './testing/example-records.ts'
import type { StorageUnderTest } from './testing/temporary-storage.ts'
import { underStorage } from './testing/under-storage.ts'

const dayMs = 24 * 3_600_000
const hmi = 'hmi' as ServiceName
const ended = (endedAt: number) => ({ state: 'ended', endReason: 'completed', endedAt }) as const

/** An origin with a code, a cookie and a pin, all called after its session. */
async function entered({ accessOrigins }: Storage, session: SessionId, name: string): Promise<string> {
  const label = name.repeat(26)
  await accessOrigins.create({ label, sessionId: session, service: hmi, createdAt: 1 })
  await accessOrigins.addCode({ hash: `code ${name}`, label, signIn: 'one', expiresAt: 1_000 })
  await accessOrigins.addCookie({ hash: `cookie ${name}`, label, signIn: 'one', createdAt: 1 })
  await accessOrigins.pinCookies(label, [{ name: 'sid', digests: ['1'] }])
  return label
}

/** Every implementation of `RetentionStore`, and of what is bounded by number, passes this. */
export function retentionContract(create: () => Promise<StorageUnderTest>): void {
  const withStorage = underStorage(create)

  describe('what has had its time', () => {
    it(
      'is forgotten of sessions that ended before: codes, cookies and pins, not the label, and nothing of a session that goes on',
      withStorage(async (storage) => {
        const { sessions, accessOrigins, retention } = storage
        await sessions.insert(exampleSession('over', ended(100)), [])
        await sessions.insert(exampleSession('later', ended(101)), [])
        await sessions.insert(exampleSession('live'), [])
        const [over, later, live] = [
          await entered(storage, sessionId('over'), 'a'),
          await entered(storage, sessionId('later'), 'b'),
          await entered(storage, sessionId('live'), 'c'),
        ]
        await retention.forgetAccess({ nowMs: 999, endedBeforeS: 100 })
        expect(await accessOrigins.findCookie('cookie a')).toBeUndefined()
        expect(await accessOrigins.cookiePins(over)).toEqual([])
        expect(await accessOrigins.find(over)).toBeDefined()
        for (const [name, label] of [
          ['b', later],
          ['c', live],
        ] as const) {
          expect(await accessOrigins.findCookie(`cookie ${name}`)).toEqual({ label, signIn: 'one' })
          expect(await accessOrigins.cookiePins(label)).toHaveLength(1)
        }
        expect(await accessOrigins.redeemCode('code c', 999)).toEqual({ label: live, signIn: 'one' })
        await retention.forgetAccess({ nowMs: 1_000, endedBeforeS: 100 })
        expect(await accessOrigins.redeemCode('code b', 0)).toBeUndefined()
      }),
    )

    it(
      'is forgotten of decisions, the oldest first and a few at a time; one of the last thirty days never',
      withStorage(async ({ decisionLog, retention }) => {
        const at = [100, 200, 300].map((evaluatedAt) => exampleDecision(`at ${evaluatedAt}`, { evaluatedAt }))
        // The database looks at its own clock, which nobody can set from here.
        const young = exampleDecision('young', { evaluatedAt: Date.now() - 29 * dayMs })
        await decisionLog.appendMany([young, ...at])
        const left = async (): Promise<unknown[]> =>
          (await decisionLog.list(wholeInstallation, {}, { limit: 10 })).items.map(({ evaluatedAt }) => evaluatedAt)
        expect(await retention.forgetDecisions(300, 1)).toBe(1)
        expect(await left()).toEqual([young.evaluatedAt, 300, 200])
        expect(await retention.forgetDecisions(300, 10)).toBe(1)
        expect(await left()).toEqual([young.evaluatedAt, 300])
        await expect(retention.forgetDecisions(Date.now(), 10)).rejects.toMatchObject({ code: 'constraint_violated' })
        expect(await left()).toEqual([young.evaluatedAt, 300])
      }),
    )

    it(
      'is said to be forgotten to who asks the log again, only where something is gone that was asked for',
      withStorage(async ({ decisionLog, retention, replayLog }) => {
        const forgotten = async (from?: number): Promise<boolean> => (await replayLog.span(from === undefined ? {} : { from })).forgotten
        expect(await forgotten()).toBe(false)
        await decisionLog.appendMany([100, 200, 300].map((evaluatedAt) => exampleDecision(`at ${evaluatedAt}`, { evaluatedAt })))
        expect(await forgotten()).toBe(false)
        await retention.forgetDecisions(200, 10)
        expect([await forgotten(), await forgotten(150), await forgotten(200), await forgotten(250)]).toEqual([true, true, false, false])
      }),
    )
  })

  describe('what was asked for', () => {
    it(
      'is forgotten some time after its answer, the oldest first and a few at a time; while it is open, never',
      withStorage(async ({ grantRequests, retention }) => {
        for (const [n, at] of [100, 200, 300].entries()) {
          await grantRequests.insert(exampleGrantRequest(n), [])
          await grantRequests.end(wholeInstallation, exampleGrantRequest(n, { state: 'declined', answer: { at, by: null, text: '' } }), [])
        }
        await grantRequests.insert(exampleGrantRequest(3, { askedAt: 1 }), [])
        const left = async (): Promise<unknown[]> =>
          (await grantRequests.list(wholeInstallation, {}, { limit: 10, after: null })).items.map(({ answer }) => answer?.at)
        expect(await retention.forgetGrantRequests(300, 1)).toBe(1)
        expect(await left()).toEqual([undefined, 300, 200])
        expect(await retention.forgetGrantRequests(300, 10)).toBe(1)
        expect(await left()).toEqual([undefined, 300])
      }),
    )
  })

  describe('what is bounded by number', () => {
    it(
      `are ${mostCookies} browsers of an origin: one more, and the first is forgotten`,
      withStorage(async ({ sessions, accessOrigins }) => {
        await sessions.insert(exampleSession('s'), [])
        const label = 'a'.repeat(26)
        await accessOrigins.create({ label, sessionId: sessionId('s'), service: hmi, createdAt: 1 })
        for (let n = 0; n < mostCookies; n += 1) await accessOrigins.addCookie({ hash: `c${n}`, label, signIn: 'one', createdAt: 1 })
        expect(await accessOrigins.findCookie('c0')).toEqual({ label, signIn: 'one' })
        await accessOrigins.addCookie({ hash: 'one more', label, signIn: 'one', createdAt: 1 })
        expect(await accessOrigins.findCookie('c0')).toBeUndefined()
        expect(await accessOrigins.findCookie('c1')).toEqual({ label, signIn: 'one' })
        expect(await accessOrigins.findCookie('one more')).toEqual({ label, signIn: 'one' })
      }),
    )

    it(
      `are ${mostSignIns} sign-ins of a person: one more, and the oldest is signed out; another person's stay`,
      withStorage(async ({ signIns }) => {
        const known = async (name: string): Promise<boolean> => (await signIns.find(exampleSignIn(name).tokenHash)) !== undefined
        for (let n = 0; n < mostSignIns; n += 1) await signIns.insert(exampleSignIn(`s${n}`), [])
        expect(await known('s0')).toBe(true)
        await signIns.insert(exampleSignIn('one more'), [])
        expect([await known('s0'), await known('s1'), await known('one more')]).toEqual([false, true, true])
      }),
    )
  })
}
