import { expect, it } from 'vitest'
import { acceptUndertaking } from './accept-undertaking.ts'
import { PeopleWorld } from './testing/people-world.ts'

it('keeps which version was signed and when, with its event, and tells it', async () => {
  await using world = await PeopleWorld.make()
  const { person } = await world.create('mia')
  const signed = await acceptUndertaking(world.room, person, '2026-1', '2026-1')
  expect(signed.undertaking).toEqual({ version: '2026-1', acceptedAt: world.clock.nowS() })
  expect(await world.person('mia')).toEqual(signed)
  expect((await world.events('undertaking.accepted'))[0]).toMatchObject({
    actor: { kind: 'technician', id: person.id },
    detail: { person: person.id, version: '2026-1' },
  })
  expect(world.told).toMatchObject([{ id: person.id, reason: 'facts' }])
})

it('takes no version but the one that is asked for', async () => {
  await using world = await PeopleWorld.make()
  const { person } = await world.create('mia')
  await expect(acceptUndertaking(world.room, person, '2025-1', '2026-1')).rejects.toMatchObject({
    code: 'undertaking_outdated',
    remedy: 'conflict',
  })
  expect((await world.person('mia')).undertaking).toBeNull()
  expect(await world.events('undertaking.accepted')).toEqual([])
})

it('is signed anew when there is a new version: the old signature stays until then, under its own version', async () => {
  await using world = await PeopleWorld.make()
  const { person } = await world.create('mia')
  const old = await acceptUndertaking(world.room, person, '2025-1', '2025-1')
  await expect(acceptUndertaking(world.room, old, '2025-1', '2026-1')).rejects.toMatchObject({ code: 'undertaking_outdated' })
  expect((await world.person('mia')).undertaking?.version).toBe('2025-1')
  world.clock.advance(60_000)
  const anew = await acceptUndertaking(world.room, old, '2026-1', '2026-1')
  expect(anew.undertaking).toEqual({ version: '2026-1', acceptedAt: world.clock.nowS() })
})

it('counts where an administrator changed the facts while the person was reading', async () => {
  await using world = await PeopleWorld.make()
  const { person } = await world.create('mia')
  await world.room.store.update({ kind: 'organisation', id: person.organisationId }, { ...person, regions: ['south'], version: 2 }, [])
  const signed = await acceptUndertaking(world.room, person, '1', '1')
  expect(signed).toMatchObject({ regions: ['south'], undertaking: { version: '1' } })
})
