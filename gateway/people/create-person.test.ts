import { describe, expect, it } from 'vitest'
import { testJpeg } from '../../idp/test-support/test-jpeg.ts'
import { CodedError } from '../basics/coded-error.ts'
import { gatewayActor } from '../ledger/event.ts'
import { organisationId } from '../storage/testing/example-records.ts'
import { createPerson } from './create-person.ts'
import type { PeopleRoom } from './people-room.ts'
import { PeopleWorld } from './testing/people-world.ts'

const crash = async (): Promise<never> => {
  throw new CodedError({ code: 'identity_provider_unreachable', message: 'The process died here.', remedy: 'retry' })
}

/** The room, where one call to the provider is the last thing that happens. */
const dyingAt = (room: PeopleRoom, call: 'changeAccount' | 'newSetupLink'): PeopleRoom => ({
  ...room,
  provider: { ...room.provider, [call]: crash },
})

describe('a new person', () => {
  it('has an enabled account, facts under its subject, an event, and a link that works', async () => {
    await using world = await PeopleWorld.make()
    const { person, setupLink } = await world.create('mia')
    expect(await world.person('mia')).toEqual(person)
    expect(person).toMatchObject({ issuer: world.idp.issuer, status: 'active', undertaking: null, photoSha256: null, version: 1 })
    expect(await world.account(person.subject)).toMatchObject({ username: 'mia', status: 'active', has_password: false })
    expect((await world.idp.fetch(setupLink.url)).status).toBe(200)
    const [created] = await world.events('account.created')
    expect(created?.detail).toMatchObject({ person: person.id, username: 'mia', status: 'active', roles: ['technician'] })
  })

  it('is kept under the name as the provider wrote it', async () => {
    await using world = await PeopleWorld.make()
    expect((await world.create('zoe', { name: '  Zoe\u0308 Z ' })).person.name).toBe('Zoë Z')
  })

  it('cannot take the user name of somebody else, in any case of letters', async () => {
    await using world = await PeopleWorld.make()
    await world.create('mia')
    await expect(world.create('MIA')).rejects.toMatchObject({ code: 'username_taken', remedy: 'conflict' })
    await expect(world.create('mia', { name: 'Mia the second' })).rejects.toMatchObject({ code: 'username_taken' })
    expect(await world.events('account.created')).toHaveLength(1)
  })
})

describe('a creation that did not get to its end', () => {
  it('leaves nothing to sign in with where the facts could not be stored, and is simply tried again', async () => {
    await using world = await PeopleWorld.make()
    const facts = { username: 'mia', name: 'Mia', roles: [], regions: [], permissions: [], trainings: [] }
    await expect(createPerson(world.room, organisationId('nowhere'), facts, gatewayActor)).rejects.toMatchObject({
      code: 'unknown_organisation',
    })
    const left = await world.room.provider.findAccount('mia')
    expect(left).toMatchObject({ status: 'disabled', used: false })
    const { person, setupLink } = await world.create('mia', { name: 'Mia Muster' })
    expect(person).toMatchObject({ subject: left?.subject, name: 'Mia Muster', status: 'active' })
    expect(await world.account(person.subject)).toMatchObject({ status: 'active', name: 'Mia Muster' })
    expect((await world.idp.fetch(setupLink.url)).status).toBe(200)
  })

  it('voids the link that the first attempt made', async () => {
    await using world = await PeopleWorld.make()
    const first = await world.room.provider.createAccount({ username: 'mia', name: 'Mia' })
    expect((await world.idp.fetch(first.setupLink.url)).status).toBe(404)
    const { setupLink } = await world.create('mia')
    expect((await world.idp.fetch(first.setupLink.url)).status).toBe(404)
    expect((await world.idp.fetch(setupLink.url)).status).toBe(200)
  })

  it('goes on after the facts were stored, with what is said now', async () => {
    await using world = await PeopleWorld.make()
    await expect(world.create('mia', {}, dyingAt(world.room, 'changeAccount'))).rejects.toMatchObject({
      code: 'identity_provider_unreachable',
    })
    const left = await world.person('mia')
    expect(await world.account(left.subject)).toMatchObject({ status: 'disabled' })
    const { person, setupLink } = await world.create('mia', { regions: ['south'] })
    expect(person).toMatchObject({ id: left.id, regions: ['south'], status: 'active', version: 2 })
    expect((await world.idp.fetch(setupLink.url)).status).toBe(200)
    expect((await world.events('facts.changed'))[0]?.detail).toMatchObject({ regions: ['south'] })
  })

  it('goes on also where the feed has disabled the half-made person meanwhile', async () => {
    await using world = await PeopleWorld.make()
    await world.create('boss', { roles: ['service_administrator'] })
    await expect(world.create('mia', {}, dyingAt(world.room, 'changeAccount'))).rejects.toMatchObject({ remedy: 'retry' })
    world.follow()
    await expect.poll(async () => (await world.person('mia')).status, { timeout: 10_000 }).toBe('disabled')
    await world.create('mia')
    await world.caughtUp()
    expect((await world.person('mia')).status).toBe('active')
  })

  it('takes no account over that somebody used, or that belongs to a person of another name', async () => {
    await using world = await PeopleWorld.make()
    const sub = await world.idp.person('used', 'four random kitchen words')
    await world.atIdp(sub, { status: 'disabled' })
    await expect(world.create('used')).rejects.toMatchObject({ code: 'username_taken' })
    expect(await world.account(sub)).toMatchObject({ status: 'disabled' })
    const { person } = await world.create('idle')
    await world.atIdp(person.subject, { status: 'disabled' })
    await expect(world.create('idle', { name: 'Somebody Else' })).rejects.toMatchObject({ code: 'username_taken' })
  })

  it('ends with one person where two administrators make him at once', async () => {
    await using world = await PeopleWorld.make()
    const results = await Promise.allSettled([world.create('mia'), world.create('mia'), world.create('mia')])
    const made = results.filter((result) => result.status === 'fulfilled')
    expect(made.length).toBeGreaterThan(0)
    expect((await world.person('mia')).status).toBe('active')
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ remedy: 'conflict' })
    }
  })
})

it('keeps a photo that was set before the facts were there', async () => {
  await using world = await PeopleWorld.make()
  const store: PeopleRoom['store'] = {
    ...world.room.store,
    insert: async (person, events) => {
      await world.room.provider.putPhoto(person.subject, testJpeg(8, 8))
      // The feed is carried out while nobody is there to keep the photo for.
      await world.caughtUp()
      await world.room.store.insert(person, events)
    },
  }
  world.follow()
  const { person } = await world.create('mia', {}, { ...world.room, store })
  expect(person.photoSha256).toBe((await world.account(person.subject))['photo_sha256'])
  expect(person.photoSha256).not.toBeNull()
  expect((await world.person('mia')).photoSha256).toBe(person.photoSha256)
})
