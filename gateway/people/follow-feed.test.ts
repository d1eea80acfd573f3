import { cpSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testJpeg } from '../../idp/test-support/test-jpeg.ts'
import { followFeed } from './follow-feed.ts'
import type { IdentityProvider } from './identity-provider.ts'
import type { PeopleRoom } from './people-room.ts'
import { PeopleWorld } from './testing/people-world.ts'

const patience = { timeout: 10_000 }

/** With an administrator, so that the provider is known as the one of this installation. */
async function started(): Promise<PeopleWorld> {
  const world = await PeopleWorld.make()
  await world.create('boss', { roles: ['service_administrator'] })
  return world
}

const copyData = (world: PeopleWorld, name: string): void =>
  cpSync(join(world.idp.folder, 'data'), join(world.idp.folder, name), { recursive: true })

async function backUp(world: PeopleWorld): Promise<void> {
  await world.idp.stop()
  copyData(world, 'backup')
  await world.idp.restart()
}

/** Puts the backup (or nothing) in the place of the provider's database, and starts it again. */
async function restore(world: PeopleWorld, { empty = false } = {}): Promise<void> {
  await world.idp.stop()
  rmSync(join(world.idp.folder, 'data'), { recursive: true })
  if (!empty) renameSync(join(world.idp.folder, 'backup'), join(world.idp.folder, 'data'))
  await world.idp.restart()
}

/** The waits between two tries pass. */
function later(world: PeopleWorld): true {
  world.clock.advance(1_000)
  return true
}

/** The provider, where each position that is asked for is noted. */
function noting(room: PeopleRoom): { room: PeopleRoom; positions: number[] } {
  const positions: number[] = []
  const changes: IdentityProvider['changes'] = (after, waitS, signal) => {
    positions.push(after)
    return room.provider.changes(after, waitS, signal)
  }
  return { room: { ...room, provider: { ...room.provider, changes } }, positions }
}

describe('the feed', () => {
  it('brings status, name and photo here in their order, each told with its reason', async () => {
    await using world = await started()
    const { person } = await world.create('mia')
    world.follow()
    await world.caughtUp()
    world.told.length = 0
    await world.atIdp(person.subject, { name: 'Mia Neu' })
    await world.room.provider.putPhoto(person.subject, testJpeg(8, 8))
    await world.atIdp(person.subject, { status: 'disabled' })
    await world.caughtUp()
    const photo = (await world.account(person.subject))['photo_sha256']
    expect(await world.person('mia')).toMatchObject({ name: 'Mia Neu', photoSha256: photo, status: 'disabled' })
    expect(world.told.map(({ reason }) => reason)).toEqual(['facts', 'facts', 'status'])
    const recorded = (await world.events('account.changed')).map(({ detail, actor }) => [detail['change'], actor.kind])
    expect(recorded).toEqual(
      expect.arrayContaining([
        ['account.profile', 'idp'],
        ['account.photo', 'idp'],
        ['account.status', 'idp'],
      ]),
    )
  })

  it('tells of a new password with its moment', async () => {
    await using world = await started()
    const { person, setupLink } = await world.create('mia')
    world.follow()
    await world.caughtUp()
    world.told.length = 0
    await world.idp.setPassword(setupLink.url, 'four random kitchen words')
    await world.caughtUp()
    expect(world.told).toMatchObject([{ id: person.id, reason: 'credentials', about: { at: expect.any(Number) } }])
  })

  it('is acknowledged only after it was carried out: what a crash interrupts comes again', async () => {
    await using world = await started()
    const { person } = await world.create('mia')
    world.follow()
    await world.caughtUp()
    await world.unfollow()
    const before = await world.room.store.feedPosition(world.idp.issuer)
    await world.atIdp(person.subject, { status: 'disabled' })
    const end = new AbortController()
    const store = {
      ...world.room.store,
      saveFeedPosition: async (): Promise<void> => {
        end.abort()
        throw new Error('the process died here')
      },
    }
    await followFeed({ ...world.room, store }, end.signal)
    expect(await world.room.store.feedPosition(world.idp.issuer)).toBe(before)
    world.follow()
    await world.caughtUp()
    expect(await world.person('mia')).toMatchObject({ status: 'disabled' })
    expect((await world.events('account.changed')).filter(({ detail }) => detail['change'] === 'account.status')).toHaveLength(1)
  })

  it('goes on where it was after a restart, and asks for nothing twice', async () => {
    await using world = await started()
    world.follow()
    await world.caughtUp()
    await world.unfollow()
    const position = await world.room.store.feedPosition(world.idp.issuer)
    const { room, positions } = noting(world.room)
    world.follow(room)
    await expect.poll(() => positions.length, patience).toBeGreaterThan(1)
    expect(new Set(positions)).toEqual(new Set([position]))
    expect(world.logged.filter(({ level }) => level === 'error')).toEqual([])
  })

  it('passes over accounts that nobody has facts for', async () => {
    await using world = await started()
    world.follow()
    await world.caughtUp()
    const sub = String((await world.idp.admin('POST', '/admin/accounts', { username: 'stranger', name: 'Stranger' })).json.account.sub)
    await world.atIdp(sub, { status: 'disabled' })
    await world.caughtUp()
    expect(await world.room.store.findBySubject(world.idp.issuer, sub)).toBeUndefined()
  })

  it('does not lose a change that meets a change of facts in the same moment', async () => {
    await using world = await started()
    const { person } = await world.create('mia')
    world.follow()
    await world.caughtUp()
    await world.unfollow()
    await world.atIdp(person.subject, { status: 'disabled' })
    let met = false
    const store: PeopleRoom['store'] = {
      ...world.room.store,
      update: async (scope, changed, events, condition) => {
        if (!met && changed.id === person.id) {
          met = true
          const newest = await world.person('mia')
          await world.room.store.update(scope, { ...newest, regions: ['south'], version: newest.version + 1 }, [])
        }
        return world.room.store.update(scope, changed, events, condition)
      },
    }
    world.follow({ ...world.room, store })
    await world.caughtUp()
    expect(met).toBe(true)
    expect(await world.person('mia')).toMatchObject({ status: 'disabled', regions: ['south'] })
  })
})

describe('while the provider does not answer', () => {
  it('it is tried again each second, said once, and nothing is lost', async () => {
    await using world = await started()
    const { person } = await world.create('mia')
    const { room, positions } = noting(world.room)
    world.follow(room)
    await world.caughtUp()
    world.logged.length = 0
    await world.idp.stop()
    await expect
      .poll(() => world.logged.map(({ message }) => message), patience)
      .toContain('the feed of the identity provider cannot be followed now')
    for (const _ of [1, 2, 3]) {
      const asked = positions.length
      await expect.poll(() => later(world) && positions.length, patience).toBeGreaterThan(asked)
    }
    expect(world.logged).toHaveLength(1)
    await world.idp.restart()
    await world.atIdp(person.subject, { status: 'disabled' })
    await expect.poll(() => later(world) && world.person('mia').then(({ status }) => status), patience).toBe('disabled')
  })

  it('ending does not wait for it', async () => {
    await using world = await started()
    await world.idp.stop()
    world.follow()
    await expect.poll(() => world.logged.length, patience).toBe(1)
    await world.unfollow()
  })
})

describe('after the provider’s database was restored', () => {
  it('everybody is read anew, the stricter side holds on both, and everybody signs in again', async () => {
    await using world = await started()
    const { person: mia } = await world.create('mia')
    const { person: kim } = await world.create('kim')
    await world.room.provider.putPhoto(kim.subject, testJpeg(8, 8))
    world.follow()
    await world.caughtUp()
    await backUp(world)
    await world.atIdp(mia.subject, { status: 'disabled' })
    await world.atIdp(kim.subject, { name: 'Kim Neu' })
    await world.room.provider.deletePhoto(kim.subject)
    await expect.poll(() => later(world) && world.person('kim').then(({ photoSha256 }) => photoSha256), patience).toBeNull()
    const reconciled = async (): Promise<unknown[]> =>
      (await world.events('account.changed'))
        .filter(({ detail }) => detail['change'] === 'account.reconciled')
        .map(({ detail }) => detail['person'])
    const before = await reconciled()
    world.told.length = 0
    await restore(world)
    expect(await world.account(mia.subject)).toMatchObject({ status: 'active' })
    await expect.poll(() => later(world) && world.account(mia.subject), patience).toMatchObject({ status: 'disabled' })
    await expect.poll(async () => (await world.person('kim')).name, patience).toBe('Name of kim')
    expect((await world.person('kim')).photoSha256).not.toBeNull()
    expect((await world.person('mia')).status).toBe('disabled')
    expect(
      world.told
        .filter(({ reason }) => reason === 'credentials')
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual([mia.id, kim.id, (await world.person('boss')).id].toSorted())
    expect(world.logged.some(({ level, message }) => level === 'error' && message.includes('another history'))).toBe(true)
    expect(await reconciled()).toEqual([...before, kim.id])
    await world.caughtUp()
    await world.atIdp(kim.subject, { name: 'Kim again' })
    await world.caughtUp()
    expect((await world.person('kim')).name).toBe('Kim again')
  })

  it('it is noticed also where the restored one has gone on past our number', async () => {
    await using world = await started()
    const { person } = await world.create('mia')
    world.follow()
    await world.caughtUp()
    await world.unfollow()
    await backUp(world)
    await world.atIdp(person.subject, { name: 'A name that is lost' })
    world.follow()
    await world.caughtUp()
    await world.unfollow()
    await restore(world)
    await world.atIdp(person.subject, { status: 'disabled' })
    for (let n = 0; n < 20; n += 1) await world.atIdp(person.subject, { name: `Name ${n}` })
    world.follow()
    await world.caughtUp()
    expect(await world.person('mia')).toMatchObject({ status: 'disabled', name: 'Name 19' })
    expect(world.logged.some(({ message }) => message.includes('another history'))).toBe(true)
  })

  it('who is not in it any more is disabled', async () => {
    await using world = await started()
    world.follow()
    await world.caughtUp()
    await world.unfollow()
    await backUp(world)
    const { person } = await world.create('late')
    world.follow()
    await world.caughtUp()
    await restore(world)
    await expect.poll(() => later(world) && world.person('late').then(({ status }) => status), patience).toBe('disabled')
    expect(world.told).toContainEqual({ id: person.id, reason: 'status', about: {} })
    expect((await world.person('boss')).status).toBe('active')
  })

  it('an empty one disables nobody, lets nobody stay signed in, and all is well once the right one is back', async () => {
    await using world = await started()
    const { person } = await world.create('mia')
    world.follow()
    await world.caughtUp()
    await backUp(world)
    world.told.length = 0
    await restore(world, { empty: true })
    await expect.poll(() => later(world) && world.told.map(({ id }) => id), patience).toContain(person.id)
    expect(new Set(world.told.map(({ reason }) => reason))).toEqual(new Set(['credentials']))
    await expect.poll(() => world.logged.filter(({ level }) => level === 'error').length, patience).toBeGreaterThan(1)
    expect([(await world.person('mia')).status, (await world.person('boss')).status]).toEqual(['active', 'active'])
    await restore(world)
    await expect
      .poll(() => later(world) && world.logged.map(({ message }) => message), patience)
      .toContain('everybody was compared with his account at the identity provider')
    await world.atIdp(person.subject, { status: 'disabled' })
    await world.caughtUp()
    expect((await world.person('mia')).status).toBe('disabled')
  })
})

it('notices that the gateway’s own database is older than what the provider forgot', async () => {
  await using world = await started()
  const { person } = await world.create('mia')
  world.follow()
  await world.caughtUp()
  await world.unfollow()
  const old = await world.room.store.feedPosition(world.idp.issuer)
  await world.atIdp(person.subject, { status: 'disabled' })
  world.follow()
  await world.caughtUp()
  await world.unfollow()
  // As a backup of ours would say.
  const mia = await world.person('mia')
  await world.room.store.update({ kind: 'installation' }, { ...mia, status: 'active', version: mia.version + 1 }, [])
  await world.room.store.saveFeedPosition(world.idp.issuer, old)
  world.follow()
  await world.caughtUp()
  await expect.poll(async () => (await world.person('mia')).status, patience).toBe('disabled')
})
