import { describe, expect, it } from 'vitest'
import type { ServiceName } from '../basics/ids.ts'
import { exampleSession, sessionId } from './testing/example-records.ts'
import type { StorageUnderTest } from './testing/temporary-storage.ts'
import { underStorage } from './testing/under-storage.ts'

/** Every implementation of `AccessOrigins` passes this. */
export function accessOriginsContract(create: () => Promise<StorageUnderTest>): void {
  const withStorage = underStorage(create)
  const hmi = 'hmi' as ServiceName
  const origin = { label: 'a'.repeat(26), sessionId: sessionId('s'), service: hmi, createdAt: 1_790_000_000_000 }

  describe('access origins', () => {
    it(
      'are found by label, and by session and service',
      withStorage(async ({ sessions, accessOrigins }) => {
        await sessions.insert(exampleSession('s'), [])
        await accessOrigins.create(origin)
        expect(await accessOrigins.find(origin.label)).toEqual(origin)
        expect(await accessOrigins.findFor(origin.sessionId, hmi)).toEqual(origin)
        expect(await accessOrigins.find('b'.repeat(26))).toBeUndefined()
        expect(await accessOrigins.findFor(origin.sessionId, 'vnc' as ServiceName)).toBeUndefined()
      }),
    )

    it(
      'have one label for a service of a session, never used again',
      withStorage(async ({ sessions, accessOrigins }) => {
        await sessions.insert(exampleSession('s'), [])
        const outcomes = await Promise.allSettled([
          accessOrigins.create(origin),
          accessOrigins.create({ ...origin, label: 'b'.repeat(26) }),
          accessOrigins.create({ ...origin, service: 'vnc' as ServiceName }),
        ])
        expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'made' : (outcome.reason as { code: string }).code))).toEqual([
          'made',
          'access_origin_exists',
          'access_origin_exists',
        ])
      }),
    )

    it(
      'redeem a code once, and never at its end',
      withStorage(async ({ sessions, accessOrigins }) => {
        await sessions.insert(exampleSession('s'), [])
        await accessOrigins.create(origin)
        for (const hash of ['one', 'late']) await accessOrigins.addCode({ hash, label: origin.label, signIn: 'one', expiresAt: 1_000 })
        const redeemed = await Promise.all([accessOrigins.redeemCode('one', 999), accessOrigins.redeemCode('one', 999)])
        expect(redeemed).toEqual([{ label: origin.label, signIn: 'one' }, undefined])
        expect(await accessOrigins.redeemCode('late', 1_000)).toBeUndefined()
        expect(await accessOrigins.redeemCode('late', 999)).toBeUndefined()
        await expect(accessOrigins.addCode({ hash: 'x', label: 'nothing', signIn: 'one', expiresAt: 1 })).rejects.toMatchObject({
          code: 'unknown_origin',
        })
      }),
    )

    it(
      'know their cookies',
      withStorage(async ({ sessions, accessOrigins }) => {
        await sessions.insert(exampleSession('s'), [])
        await accessOrigins.create(origin)
        await accessOrigins.addCookie({ hash: 'c', label: origin.label, signIn: 'one', createdAt: 1 })
        expect(await accessOrigins.findCookie('c')).toEqual({ label: origin.label, signIn: 'one' })
        expect(await accessOrigins.findCookie('d')).toBeUndefined()
      }),
    )

    it(
      'hand on what was opened under a sign-in, and nothing else',
      withStorage(async ({ sessions, accessOrigins, signIns }) => {
        await sessions.insert(exampleSession('s'), [])
        await accessOrigins.create(origin)
        for (const signIn of ['one', 'two']) {
          await accessOrigins.addCode({ hash: `code of ${signIn}`, label: origin.label, signIn, expiresAt: 1_000 })
          await accessOrigins.addCookie({ hash: `cookie of ${signIn}`, label: origin.label, signIn, createdAt: 1 })
        }
        await signIns.handOver('one', 'three')
        const { label } = origin
        expect(await accessOrigins.findCookie('cookie of one')).toEqual({ label, signIn: 'three' })
        expect(await accessOrigins.findCookie('cookie of two')).toEqual({ label, signIn: 'two' })
        expect(await accessOrigins.redeemCode('code of one', 1)).toEqual({ label, signIn: 'three' })
      }),
    )

    it(
      'know what a machine pinned, name by name, until it is given free',
      withStorage(async ({ sessions, accessOrigins }) => {
        await sessions.insert(exampleSession('s'), [])
        await accessOrigins.create(origin)
        const pins = [
          { name: 'a"b', digests: ['1', '2'] },
          { name: 'sid', digests: ['3'] },
        ]
        await accessOrigins.pinCookies(origin.label, pins)
        expect(await accessOrigins.cookiePins(origin.label)).toEqual(pins)
        await accessOrigins.pinCookies(origin.label, [
          { name: 'a"b', digests: [] },
          { name: 'sid', digests: ['4', '3'] },
          { name: 'never', digests: [] },
        ])
        expect(await accessOrigins.cookiePins(origin.label)).toEqual([{ name: 'sid', digests: ['4', '3'] }])
        expect(await accessOrigins.cookiePins('b'.repeat(26))).toEqual([])
        await expect(accessOrigins.pinCookies('b'.repeat(26), pins)).rejects.toMatchObject({ code: 'unknown_origin' })
      }),
    )

    it(
      'belong to a session',
      withStorage(async ({ accessOrigins }) => {
        await expect(accessOrigins.create(origin)).rejects.toMatchObject({ code: 'unknown_session' })
      }),
    )
  })
}
