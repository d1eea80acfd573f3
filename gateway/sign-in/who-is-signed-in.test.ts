import { describe, expect, it } from 'vitest'
import { wholeInstallation } from '../basics/scope.ts'
import { tokenHash } from './sign-in-room.ts'
import { isStillSignedIn, whoIsSignedIn, type SignedIn } from './who-is-signed-in.ts'
import { SignInWorld } from './testing/sign-in-world.ts'

const hourMs = 3_600_000

async function signedIn(): Promise<{ world: SignInWorld; token: string; who: () => Promise<SignedIn | undefined> }> {
  const world = await SignInWorld.make()
  await world.person('mia')
  const token = await world.signIn('mia')
  return { world, token, who: () => whoIsSignedIn(world.room, token) }
}

describe('a sign-in', () => {
  it('ends when nobody used it for two hours', async () => {
    const { world, who } = await signedIn()
    await using _ = world
    world.people.clock.advance(2 * hourMs - 1_000)
    expect(await who()).toBeDefined()
    world.people.clock.advance(2 * hourMs - 1_000)
    expect(await who()).toBeDefined()
    world.people.clock.advance(2 * hourMs)
    expect(await who()).toBeUndefined()
  })

  it('ends ten hours after it began, however it is used, and does not come back when the clock does', async () => {
    const { world, who } = await signedIn()
    await using _ = world
    for (let hour = 0; hour < 9; hour += 1) {
      world.people.clock.advance(hourMs)
      expect(await who()).toBeDefined()
    }
    world.people.clock.advance(hourMs)
    expect(await who()).toBeUndefined()
    world.people.clock.jumpWallClock(-5 * hourMs)
    expect(await who()).toBeUndefined()
  })

  it('is not kept alive by looking whether it still counts', async () => {
    const { world, who } = await signedIn()
    await using _ = world
    const known = await who()
    if (known === undefined) throw new Error('not signed in')
    world.people.clock.advance(hourMs)
    expect(await isStillSignedIn(world.room, known.signIn)).toBe(true)
    world.people.clock.advance(hourMs)
    expect(await isStillSignedIn(world.room, known.signIn)).toBe(false)
    expect(await who()).toBeUndefined()
  })

  it('says only who: what the person may do is read each time', async () => {
    const { world, who } = await signedIn()
    await using _ = world
    const person = await world.people.person('mia')
    await world.room.people.update(wholeInstallation, { ...person, roles: [], version: person.version + 1 }, [])
    expect((await who())?.person.roles).toEqual([])
  })

  it('counts for nothing in the moment in which the account is disabled', async () => {
    const { world, who } = await signedIn()
    await using _ = world
    const person = await world.people.person('mia')
    await world.room.people.update(wholeInstallation, { ...person, status: 'disabled', version: person.version + 1 }, [])
    expect(await who()).toBeUndefined()
  })

  it('is nobody’s for a cookie that we never gave', async () => {
    const { world } = await signedIn()
    await using _ = world
    for (const cookie of ['', 'x', 'a'.repeat(43), '0'.repeat(100_000), '\u0000', "' OR 1=1 --", tokenHash('x')])
      expect(await whoIsSignedIn(world.room, cookie)).toBeUndefined()
  })
})
