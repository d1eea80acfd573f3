import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SignInWorld } from '../sign-in/testing/sign-in-world.ts'
import { recoverAccount } from './recover-admin-command.ts'

describe('an administrator who cannot sign in any more', () => {
  let world: SignInWorld
  beforeEach(async () => {
    world = await SignInWorld.make()
  }, 60_000)
  afterEach(() => world[Symbol.asyncDispose]())

  it('gets a new link that sets a password, by the user name in any case of letters', async () => {
    await world.person('ada')
    const { url } = await recoverAccount(world.people.room.provider, 'ADA')
    await world.people.idp.setPassword(url, 'quite another long sentence')
    await expect(world.people.idp.setPassword(url, 'and once more the same link')).rejects.toThrow(/link|410|expected/)
  }, 60_000)

  it('is not let in by the back door when another administrator disabled the account, and an unknown one is named', async () => {
    const person = await world.person('ada')
    await world.people.room.provider.changeAccount(person.subject, { status: 'disabled' })
    await expect(recoverAccount(world.people.room.provider, 'ada')).rejects.toMatchObject({ code: 'account_disabled' })
    await expect(recoverAccount(world.people.room.provider, 'nobody')).rejects.toMatchObject({ code: 'account_unknown' })
  }, 60_000)
})
