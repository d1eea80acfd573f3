import { describe, expect, it } from 'vitest'
import { redirectUri, signedOutUri } from '../../idp/test-support/test-idp.ts'
import { endSignIn } from './end-sign-in.ts'
import { SignInWorld } from './testing/sign-in-world.ts'
import { whoIsSignedIn, type SignedIn } from './who-is-signed-in.ts'

const patience = { timeout: 10_000 }

async function demandSignedIn(world: SignInWorld, token: string): Promise<SignedIn> {
  const known = await whoIsSignedIn(world.room, token)
  if (known === undefined) throw new Error('not signed in')
  return known
}

describe('signing out', () => {
  it('makes the cookie worthless at once, with one event', async () => {
    await using world = await SignInWorld.make()
    const person = await world.person('mia')
    const token = await world.signIn('mia')
    await endSignIn(world.room, await demandSignedIn(world, token))
    expect(await whoIsSignedIn(world.room, token)).toBeUndefined()
    expect(await world.people.events('sign_in.ended')).toMatchObject([{ actor: { kind: 'technician', id: person.id } }])
  })

  it('leads to the provider, which ends its own session without a question and comes back', async () => {
    await using world = await SignInWorld.make()
    await world.person('mia')
    const browser = world.browser()
    const token = await world.signIn('mia', browser)
    expect((await browser.get((await world.begin()).url)).url.href.startsWith(redirectUri)).toBe(true)
    const url = await endSignIn(world.room, await demandSignedIn(world, token))
    expect(url.origin).toBe(world.people.idp.issuer)
    expect((await browser.get(url)).url.href).toBe(signedOutUri)
    expect((await browser.get((await world.begin()).url)).url.pathname).toMatch(/^\/interaction\//)
  })

  it('at the provider ends what came from that session there, and nothing else', async () => {
    await using world = await SignInWorld.make()
    const person = await world.person('mia')
    await world.people.create('boss', { roles: ['service_administrator'] })
    world.people.follow()
    await world.people.caughtUp()
    const [here, elsewhere] = [world.browser(), world.browser()]
    const first = await world.signIn('mia', here)
    const second = await world.signIn('mia', here)
    const other = await world.signIn('mia', elsewhere)
    await here.get(await world.room.client.endSessionUrl((await demandSignedIn(world, first)).signIn.idToken))
    await expect.poll(() => whoIsSignedIn(world.room, first), patience).toBeUndefined()
    await expect.poll(() => whoIsSignedIn(world.room, second), patience).toBeUndefined()
    expect(await whoIsSignedIn(world.room, other)).toBeDefined()
    await expect.poll(async () => (await world.people.events('sign_in.ended')).length, patience).toBe(1)
    expect((await world.people.events('sign_in.ended'))[0]).toMatchObject({
      actor: { kind: 'idp' },
      detail: { person: person.id, reason: 'signed_out', count: 2 },
    })
  })
})

describe('what happens at the provider', () => {
  it('ends every sign-in of an account that is disabled', async () => {
    await using world = await SignInWorld.make()
    const person = await world.person('mia')
    await world.people.create('boss', { roles: ['service_administrator'] })
    world.people.follow()
    await world.people.caughtUp()
    const tokens = [await world.signIn('mia'), await world.signIn('mia')]
    await world.people.atIdp(person.subject, { status: 'disabled' })
    for (const token of tokens) await expect.poll(() => whoIsSignedIn(world.room, token), patience).toBeUndefined()
    await world.people.atIdp(person.subject, { status: 'active' })
    await expect.poll(async () => (await world.people.person('mia')).status, patience).toBe('active')
    for (const token of tokens) expect(await whoIsSignedIn(world.room, token)).toBeUndefined()
  })

  it('ends what is older than a new password', async () => {
    await using world = await SignInWorld.make()
    const person = await world.person('mia')
    await world.people.create('boss', { roles: ['service_administrator'] })
    world.people.follow()
    await world.people.caughtUp()
    const token = await world.signIn('mia')
    const link = await world.people.room.provider.newSetupLink(person.subject)
    await world.people.idp.setPassword(link.url, 'another four kitchen words')
    await expect.poll(() => whoIsSignedIn(world.room, token), patience).toBeUndefined()
  })

  it('ends everybody’s sign-in when its database was exchanged', async () => {
    await using world = await SignInWorld.make()
    await world.person('mia')
    await world.people.create('boss', { roles: ['service_administrator'] })
    world.people.follow()
    await world.people.caughtUp()
    await world.people.unfollow()
    // The provider has a clock of its own: a sign-in is ended where it is not younger than the moment at which the loss was noticed.
    world.people.clock.jumpWallClock(Date.now() + 60_000 - world.people.clock.nowMs())
    const token = await world.signIn('mia')
    expect(await whoIsSignedIn(world.room, token)).toBeDefined()
    await world.people.room.store.saveFeedPosition(world.people.idp.issuer, 1)
    world.people.follow()
    await expect.poll(() => whoIsSignedIn(world.room, token), patience).toBeUndefined()
    await expect
      .poll(async () => (await world.people.events('sign_in.ended')).map(({ detail }) => detail['reason']), patience)
      .toEqual(['credentials'])
  })
})
