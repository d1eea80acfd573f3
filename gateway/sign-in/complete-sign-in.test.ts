import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redirectUri } from '../../idp/test-support/test-idp.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { completeSignIn } from './complete-sign-in.ts'
import { tokenHash } from './sign-in-room.ts'
import { SignInWorld } from './testing/sign-in-world.ts'
import { whoIsSignedIn } from './who-is-signed-in.ts'

const failed = { code: 'sign_in_failed', remedy: 'sign_in' }

/** The address at which the browser comes back, with one member changed. */
function changed(callback: URL, name: string, value: string | null): URL {
  const copy = new URL(callback)
  if (value === null) copy.searchParams.delete(name)
  else copy.searchParams.set(name, value)
  return copy
}

describe('coming back from the provider', () => {
  it('signs in who proved himself there, with an event and without keeping the cookie’s value', async () => {
    await using world = await SignInWorld.make()
    const person = await world.person('mia')
    const token = await world.signIn('mia')
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    const signedIn = await whoIsSignedIn(world.room, token)
    expect(signedIn?.person.id).toBe(person.id)
    expect(signedIn?.signIn).toMatchObject({
      tokenHash: tokenHash(token),
      methods: ['pwd'],
      address: '192.0.2.7',
      providerSession: expect.stringMatching(/^[\w-]{22}$/),
    })
    expect(JSON.stringify(signedIn)).not.toContain(token)
    expect(await world.people.events('sign_in.completed')).toMatchObject([
      { actor: { kind: 'technician', id: person.id }, detail: { address: '192.0.2.7', methods: ['pwd'] } },
    ])
  })

  it('goes on to the page that was asked for', async () => {
    await using world = await SignInWorld.make()
    await world.person('mia')
    const { url, token } = await world.begin('/machines?search=a%20b')
    const callback = await world.through(world.browser(), url, 'mia')
    const { returnTo } = await completeSignIn(world.room, { callback, pendingToken: token, address: null })
    expect(returnTo).toBe('/machines?search=a%20b')
  })

  it('is answered once: neither the same browser nor the same code again', async () => {
    await using world = await SignInWorld.make()
    await world.person('mia')
    const { url, token } = await world.begin()
    const pending = { ...(await world.room.store.takePending(tokenHash(token))) } as Parameters<typeof world.room.store.insertPending>[0]
    await world.room.store.insertPending(pending)
    const callback = await world.through(world.browser(), url, 'mia')
    await world.complete(callback, token)
    await expect(world.complete(callback, token)).rejects.toMatchObject(failed)
    // Somebody who could also bring back what we forgot still has a code that was used.
    await world.room.store.insertPending(pending)
    await expect(world.complete(callback, token)).rejects.toMatchObject(failed)
  })

  it('with the code of another browser signs nobody in', async () => {
    await using world = await SignInWorld.make()
    await world.person('mia')
    await world.person('mallory')
    const attacker = await world.begin()
    const victim = await world.begin()
    const lure = await world.through(world.browser(), attacker.url, 'mallory')
    await expect(world.complete(lure, victim.token)).rejects.toMatchObject(failed)
    await expect(world.complete(lure, 'a'.repeat(43))).rejects.toMatchObject(failed)
    expect(await world.people.events('sign_in.completed')).toEqual([])
  })

  describe('spoilt on the way', () => {
    let world: SignInWorld
    beforeAll(async () => {
      world = await SignInWorld.make()
      await world.person('mia')
    })
    afterAll(() => world[Symbol.asyncDispose]())

    it.each<[string, (callback: URL) => URL]>([
      ['another state', (callback) => changed(callback, 'state', 'x'.repeat(43))],
      ['no state', (callback) => changed(callback, 'state', null)],
      ['another issuer', (callback) => changed(callback, 'iss', 'https://id.evil.test')],
      ['no issuer', (callback) => changed(callback, 'iss', null)],
      ['another code', (callback) => changed(callback, 'code', 'y'.repeat(43))],
      ['two codes', (callback) => new URL(`${callback.href}&code=z`)],
      ['an error of the provider', (callback) => changed(changed(callback, 'code', null), 'error', 'access_denied')],
      ['nothing at all', () => new URL(redirectUri)],
    ])('with %s fails', async (_what, spoil) => {
      const { url, token } = await world.begin()
      const callback = await world.through(world.browser(), url, 'mia')
      await expect(world.complete(spoil(callback), token)).rejects.toMatchObject(failed)
      expect(await world.people.events('sign_in.completed')).toEqual([])
    })
  })

  it.each(['nonce', 'codeVerifier'] as const)('needs the %s that this browser began with', async (member) => {
    await using world = await SignInWorld.make()
    await world.person('mia')
    const { url, token } = await world.begin()
    const pending = await world.room.store.takePending(tokenHash(token))
    if (pending === undefined) throw new Error('nothing is pending')
    await world.room.store.insertPending({ ...pending, [member]: 'n'.repeat(43) })
    const callback = await world.through(world.browser(), url, 'mia')
    await expect(world.complete(callback, token)).rejects.toMatchObject(failed)
  })

  it('after ten minutes is too late', async () => {
    await using world = await SignInWorld.make()
    await world.person('mia')
    const { url, token } = await world.begin()
    const callback = await world.through(world.browser(), url, 'mia')
    world.people.clock.advance(600_000)
    await expect(world.complete(callback, token)).rejects.toMatchObject(failed)
  })
})

describe('an account', () => {
  it('without facts here gets in nowhere, also when it is enabled at the provider', async () => {
    await using world = await SignInWorld.make()
    await world.people.idp.person('stranger', 'four random kitchen words')
    await expect(world.signIn('stranger')).rejects.toMatchObject({ code: 'account_unknown', remedy: 'forbidden' })
    expect(await world.people.events('sign_in.completed')).toEqual([])
  })

  it('that is disabled here is refused, whatever the provider says', async () => {
    await using world = await SignInWorld.make()
    const person = await world.person('mia')
    await world.room.people.update(wholeInstallation, { ...person, status: 'disabled', version: 2 }, [])
    await expect(world.signIn('mia')).rejects.toMatchObject({ code: 'account_disabled', remedy: 'forbidden' })
  })

  it('of the same subject at another provider is another one', async () => {
    await using world = await SignInWorld.make()
    await world.person('mia')
    const { url, token } = await world.begin()
    const callback = await world.through(world.browser(), url, 'mia')
    const elsewhere = { ...world.room, issuer: 'https://id.other.test' }
    await expect(completeSignIn(elsewhere, { callback, pendingToken: token, address: null })).rejects.toMatchObject({
      code: 'account_unknown',
    })
  })
})

describe('signing in again in the same browser', () => {
  it('gives a new cookie and ends the one before, with an event', async () => {
    await using world = await SignInWorld.make()
    await world.person('mia')
    const browser = world.browser()
    const first = await world.signIn('mia', browser)
    const elsewhere = await world.signIn('mia')
    const second = await world.signIn('mia', browser, first)
    expect(second).not.toBe(first)
    expect(await whoIsSignedIn(world.room, first)).toBeUndefined()
    expect(await whoIsSignedIn(world.room, second)).toBeDefined()
    expect(await whoIsSignedIn(world.room, elsewhere)).toBeDefined()
    expect((await world.people.events('sign_in.ended')).map(({ detail }) => detail['reason'])).toEqual(['signed_in_again'])
  })

  it('never takes up a cookie that somebody else put there', async () => {
    await using world = await SignInWorld.make()
    await world.person('mia')
    const planted = 'p'.repeat(43)
    expect(await world.signIn('mia', world.browser(), planted)).not.toBe(planted)
    expect(await whoIsSignedIn(world.room, planted)).toBeUndefined()
  })
})
