import { describe, expect, it } from 'vitest'
import { wholeInstallation } from '../basics/scope.ts'
import type { Device } from '../devices/device.ts'
import { sessionId } from '../storage/testing/example-records.ts'
import { authorizeStream, isRefused } from './authorize-stream.ts'
import { gracePeriodS, hmi, sessionsWorld } from './testing/sessions-world.ts'
import { eventsOf } from './testing/tunnel-events.ts'

describe('a tunnel that is lost', () => {
  it('cuts every stream in the same moment, and the session goes on when it is back within the grace period', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const granted = await authorizeStream(world.room, id, hmi)
    if (isRefused(granted)) throw new Error(granted.message)
    const stream = await granted.openStream()
    await world.lose()
    expect(stream.destroyed).toBe(true)
    expect(granted.signal).toMatchObject({ aborted: true, reason: 'device_offline' })
    await world.pass(gracePeriodS - 1)
    world.connect()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'open', tunnelLostAt: null })
    await world.pass(gracePeriodS * 2)
    expect((await world.stored(id)).state).toBe('open')
    expect(await eventsOf(world, 'tunnel.closed')).toMatchObject([{ detail: { reason: 'dead' } }])
  })

  it('and comes after the grace period finds the session ended, and ends it at the machine', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    await world.lose()
    await world.pass(gracePeriodS)
    world.connect()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ endReason: 'device_lost' })
    expect(world.machine).toMatchObject({ live: null, ended: [{ id, reason: 'device_lost' }] })
  })

  it('and replaced by a newer one leaves the session as it is', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const before = await world.stored(id)
    world.connect()
    await world.settle()
    await world.pass(gracePeriodS * 2)
    expect(await world.stored(id)).toEqual(before)
    expect(await eventsOf(world, 'tunnel.closed')).toMatchObject([{ detail: { reason: 'replaced' } }])
    expect(isRefused(await authorizeStream(world.room, id, hmi))).toBe(false)
  })

  it('and replaced carries out nothing more: the newer one repeats it', async () => {
    await using world = await sessionsWorld()
    const { devices } = world.storage
    const recordContact = devices.recordContact.bind(devices)
    const carriedOut: number[] = []
    devices.recordContact = async (...args) => {
      const { lastEvent, boot } = args[1]
      await recordContact(...args)
      if (boot !== undefined || lastEvent === undefined) return
      if (carriedOut.push(lastEvent) === 1) world.connect()
    }
    for (let n = 0; n < 4; n += 1) world.machine.append({ type: 'panel.changed', connected: true })
    await world.settle()
    expect(carriedOut).toEqual([1, 2, 3, 4])
  })

  it('and lost again before the sessions were settled counts from the first loss', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    await world.lose()
    await world.pass(30)
    world.connect()
    world.link?.lose()
    await world.settle()
    await world.pass(30)
    expect(await world.stored(id)).toMatchObject({ endReason: 'device_lost' })
  })

  it('while it is recorded that it is there is not back', async () => {
    await using world = await sessionsWorld()
    const { id } = await world.ask()
    await world.lose()
    const { devices } = world.storage
    const recordContact = devices.recordContact.bind(devices)
    devices.recordContact = async (...args) => {
      if (args[1].boot !== undefined) world.link?.lose()
      await world.turns(5)
      return recordContact(...args)
    }
    world.connect()
    await world.turns(50)
    expect((await world.stored(id)).tunnelLostAt).not.toBeNull()
    await world.pass(gracePeriodS)
    expect(await world.stored(id)).toMatchObject({ endReason: 'device_lost' })
  })

  it('because remote service was switched off at the machine ends its sessions at once, and is known until it is back', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.link?.lose('switched-off')
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'ended', endReason: 'switch_off' })
    expect((await world.device())?.remoteOffAt).toBe(world.clock.nowS())
    expect((await eventsOf(world, 'tunnel.closed')).at(-1)).toMatchObject({ detail: { reason: 'switched-off' } })
    world.machine.append({ type: 'remote.changed', enabled: false, by: 'Olga' })
    world.machine.append({ type: 'remote.changed', enabled: true, by: 'Omar' })
    world.connect()
    await world.settle()
    expect((await world.device())?.remoteOffAt).toBeNull()
    expect(await eventsOf(world, 'remote.changed')).toMatchObject([
      { actor: { kind: 'operator', id: 'Olga' }, detail: { enabled: false, where: 'machine' } },
      { actor: { kind: 'operator', id: 'Omar' }, detail: { enabled: true, where: 'machine' } },
    ])
  })

  it('tells of newer versions of its agent', async () => {
    await using world = await sessionsWorld()
    const update = { type: 'update.changed', version: '1.3.0', from: '1.2.0' } as const
    world.machine.append({ ...update, what: 'agreed', reason: null, by: 'Olga' })
    world.machine.append({ ...update, what: 'rolled_back', reason: 'crashed', by: null })
    await world.settle()
    expect(await eventsOf(world, 'update.changed')).toMatchObject([
      { actor: { kind: 'operator', id: 'Olga' }, detail: { what: 'agreed', version: '1.3.0', from: '1.2.0', reason: null } },
      { actor: { kind: 'device', id: world.machine.id }, detail: { what: 'rolled_back', reason: 'crashed' } },
    ])
  })

  it('may have an agent newer than this gateway: what it cannot understand is kept once, acted on never, and stops nothing', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const unknown = { type: 'unknown', name: 'valve.opened', json: '{"by":"Olga"}', cut: false }
    world.machine.append({ ...unknown, session: id } as never)
    world.machine.append({ ...unknown, session: 'ses_00000000000000000000000000000009' } as never)
    world.machine.append({ type: 'remote.changed', enabled: true, by: 'Omar' })
    await world.settle()
    world.link?.lose()
    world.connect()
    await world.settle()
    const kept = { actor: { kind: 'device', id: world.machine.id }, detail: { name: 'valve.opened', json: '{"by":"Olga"}', cut: false } }
    expect(await eventsOf(world, 'entry.unknown')).toMatchObject([
      { session: id, ...kept },
      { session: null, ...kept },
    ])
    expect(await eventsOf(world, 'remote.changed')).toHaveLength(1)
    expect(await world.stored(id)).toMatchObject({ state: 'approved' })
  })

  it('that comes back tells how the operator lets the session go on', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    expect(world.room.get(id)?.conduct).toMatchObject({ paused: false, viewOnly: false })
    const told: string[] = []
    world.room.onChange((session) => void told.push(session.id))
    world.machine.append({ type: 'session.conduct', session: id, paused: true, view_only: true, by: 'Olga' })
    await world.settle()
    expect(world.room.get(id)?.conduct).toMatchObject({ paused: true, viewOnly: true, by: 'Olga' })
    expect(told).toEqual([id])
    expect(await eventsOf(world, 'session.conduct')).toMatchObject([
      { session: id, actor: { kind: 'operator', id: 'Olga' }, detail: { paused: true, view_only: true } },
    ])
    world.machine.conduct = { paused: false, view_only: true, watched: true }
    await world.lose()
    world.connect()
    await world.settle()
    expect(world.room.get(id)?.conduct).toMatchObject({ paused: false, viewOnly: true })
    // Another machine's word about it is none.
    world.machine.append({ type: 'session.conduct', session: sessionId('other'), paused: true, view_only: true, by: 'Olga' })
    await world.settle()
    expect(world.room.get(id)?.conduct).toMatchObject({ paused: false, viewOnly: true })
  })

  it('tells whether somebody there watches, and watches nobody while it is gone', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const told: (boolean | undefined)[] = []
    world.room.onChange(() => void told.push(world.room.get(id)?.watched))
    world.machine.append({ type: 'session.watched', session: id, watched: true })
    world.machine.append({ type: 'session.watched', session: sessionId('other'), watched: true })
    await world.settle()
    expect(told).toEqual([true])
    world.machine.conduct = { ...world.machine.conduct, watched: true }
    await world.lose()
    expect(world.room.get(id)?.watched).toBe(false)
    world.connect()
    await world.settle()
    expect(world.room.get(id)?.watched).toBe(true)
  })

  it('is told what the customer switched off here, when it connects and at each change, and nothing twice', async () => {
    await using world = await sessionsWorld()
    expect(world.machine.portal).toEqual([{ remote: true, services: {} }])
    const id = await world.approved()
    const update = async (change: Pick<Device, 'switches'> | Pick<Device, 'remoteAllowed'>): Promise<void> => {
      const device = await world.device()
      await world.storage.devices.update(wholeInstallation, { ...device, ...change, version: device.version + 1 }, [])
      world.deviceChanges.tell(device.id)
      world.deviceChanges.tell(device.id)
      await world.settle()
    }
    await update({ switches: { files: false } })
    expect(world.room.get(id)?.ending).toBe(false)
    await update({ remoteAllowed: false })
    expect(world.machine.portal.slice(1)).toEqual([
      { remote: true, services: { files: false } },
      { remote: false, services: { files: false } },
    ])
    expect(await world.stored(id)).toMatchObject({ endReason: 'switch_off' })
    await world.lose()
    world.connect()
    await world.settle()
    expect(world.machine.portal.slice(3)).toEqual([{ remote: false, services: { files: false } }])
  })

  it('tells what holds the session beside the word of the operator, who stays named', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const conduct = { type: 'session.conduct', session: id, paused: true, view_only: false } as const
    world.machine.append({ ...conduct, by: 'Olga' })
    world.machine.append({ ...conduct, held: 'pin', by: null })
    await world.settle()
    expect(world.room.get(id)?.conduct).toMatchObject({ paused: true, held: 'pin', by: 'Olga' })
    world.machine.append({ ...conduct, held: null, by: null })
    await world.settle()
    expect(world.room.get(id)?.conduct).toMatchObject({ paused: true, held: null, by: 'Olga' })
    expect((await eventsOf(world, 'session.conduct')).map(({ actor, detail }) => [actor.kind, detail])).toEqual([
      ['operator', { paused: true, view_only: false, held: null }],
      ['device', { paused: true, view_only: false, held: 'pin' }],
      ['device', { paused: true, view_only: false, held: null }],
    ])
  })

  it('whose loss cannot be stored ends its sessions', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.database.busy = true
    await world.lose()
    expect(world.room.get(id)?.ending).toBe(true)
    world.database.busy = false
    await world.pass(1)
    expect(await world.stored(id)).toMatchObject({ endReason: 'device_lost' })
  })
})
