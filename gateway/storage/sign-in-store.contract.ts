import { describe, expect, it } from 'vitest'
import { wholeInstallation } from '../basics/scope.ts'
import { exampleSignIn, organisationEvent, personId } from './testing/example-records.ts'
import type { StorageUnderTest } from './testing/temporary-storage.ts'
import { underStorage } from './testing/under-storage.ts'

/** Every implementation of `SignInStore` passes this. */
export function signInStoreContract(create: () => Promise<StorageUnderTest>): void {
  const withStorage = underStorage(create)
  const pending = (name: string, expiresAt = 1_790_000_600) => ({
    tokenHash: name,
    state: 's',
    nonce: 'n',
    codeVerifier: 'v',
    returnTo: '/machines?x=1',
    expiresAt,
  })

  describe('a sign-in store', () => {
    it(
      'gives back a sign-in as it was put in, until it is deleted',
      withStorage(async ({ signIns, events }) => {
        const signIn = exampleSignIn('a', { providerSession: 'sid', address: '2001:db8::1' })
        await signIns.insert(signIn, [organisationEvent('north', 'sign_in.completed')])
        await signIns.touch(signIn.tokenHash, 1_790_000_500)
        expect(await signIns.find(signIn.tokenHash)).toEqual({ ...signIn, lastSeenAt: 1_790_000_500 })
        await signIns.delete(signIn.tokenHash, [organisationEvent('north', 'sign_in.ended')])
        await signIns.touch(signIn.tokenHash, 1)
        expect(await signIns.find(signIn.tokenHash)).toBeUndefined()
        const recorded = await events.list(wholeInstallation, {}, { limit: 10, after: null })
        expect(recorded.items.map(({ type }) => type).toSorted()).toEqual(['sign_in.completed', 'sign_in.ended'])
      }),
    )

    it(
      'deletes all sign-ins of a person, and nobody else’s',
      withStorage(async ({ signIns }) => {
        for (const name of ['a', 'b']) await signIns.insert(exampleSignIn(name), [])
        await signIns.insert(exampleSignIn('c', { personId: personId('Bea') }), [])
        expect(await signIns.deleteOfPerson(personId('Ada'))).toBe(2)
        expect(await signIns.deleteOfPerson(personId('Ada'))).toBe(0)
        expect(await signIns.find(exampleSignIn('c').tokenHash)).toBeDefined()
      }),
    )

    it(
      'refuses a sign-in of a person who is not there',
      withStorage(async ({ signIns }) => {
        await expect(signIns.insert(exampleSignIn('a', { personId: personId('nobody') }), [])).rejects.toMatchObject({
          code: 'unknown_person',
        })
      }),
    )

    it(
      'gives a pending sign-in to one taker',
      withStorage(async ({ signIns }) => {
        await signIns.insertPending(pending('p'))
        const taken = await Promise.all([signIns.takePending('p'), signIns.takePending('p')])
        expect(taken).toEqual([pending('p'), undefined])
      }),
    )

    it(
      'gives a grant of a command line to one taker, and none of a browser that signed out',
      withStorage(async ({ signIns }) => {
        const signIn = exampleSignIn('a')
        await signIns.insert(signIn, [])
        const grant = (name: string) => ({
          codeHash: exampleSignIn(name).tokenHash,
          signIn: signIn.tokenHash,
          codeChallenge: 'c',
          expiresAt: 1_790_000_060,
        })
        await signIns.insertGrant(grant('x'))
        await signIns.insertGrant(grant('y'))
        const taken = await Promise.all([signIns.takeGrant(grant('x').codeHash), signIns.takeGrant(grant('x').codeHash)])
        expect(taken).toEqual([grant('x'), undefined])
        await signIns.delete(signIn.tokenHash, [])
        expect(await signIns.takeGrant(grant('y').codeHash)).toBeUndefined()
        await expect(signIns.insertGrant(grant('z'))).rejects.toMatchObject({ code: 'unknown_sign_in' })
      }),
    )

    it(
      'knows whether a person is signed in anywhere',
      withStorage(async ({ signIns }) => {
        expect(await signIns.isAnywhere(personId('Ada'), 99, 49)).toBe(false)
        await signIns.insert(exampleSignIn('a', { expiresAt: 100, lastSeenAt: 50 }), [])
        await signIns.insert(exampleSignIn('b', { personId: personId('Bea') }), [])
        expect(await signIns.isAnywhere(personId('Ada'), 99, 49)).toBe(true)
        expect(await signIns.isAnywhere(personId('Ada'), 100, 49)).toBe(false)
        expect(await signIns.isAnywhere(personId('Ada'), 99, 50)).toBe(false)
        await signIns.delete(exampleSignIn('a').tokenHash, [])
        expect(await signIns.isAnywhere(personId('Ada'), 99, 49)).toBe(false)
      }),
    )

    it(
      'deletes what has expired',
      withStorage(async ({ signIns }) => {
        await signIns.insert(exampleSignIn('old', { expiresAt: 100 }), [])
        await signIns.insert(exampleSignIn('new', { expiresAt: 101 }), [])
        await signIns.insertPending(pending('old', 100))
        await signIns.insertPending(pending('new', 101))
        await signIns.deleteExpired(100)
        expect(await signIns.find(exampleSignIn('old').tokenHash)).toBeUndefined()
        expect(await signIns.find(exampleSignIn('new').tokenHash)).toBeDefined()
        expect(await signIns.takePending('old')).toBeUndefined()
        expect(await signIns.takePending('new')).toBeDefined()
      }),
    )
  })
}
