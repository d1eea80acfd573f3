import { describe, expect, it, vi } from 'vitest'
import type { SessionId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { Device } from '../devices/device.ts'
import { sessionId } from '../storage/testing/example-records.ts'
import { authorizeStream, isRefused } from './authorize-stream.ts'
import { endSession } from './end-session.ts'
import { gracePeriodS, hmi, sessionsWorld, type SessionsWorld } from './testing/sessions-world.ts'

const eventsOf = async (
  world: SessionsWorld,
  type: 'tunnel.connected' | 'tunnel.closed' | 'switch.changed' | 'remote.changed' | 'session.conduct' | 'entry.unknown',
) => (await world.storage.events.list(wholeInstallation, { device: world.machine.id, type }, { limit: 50, after: null })).items.toReversed()

describe('a tunnel that comes', () => {
  it('brings what the machine is, and every event once', async () => {
    await using world = await sessionsWorld({ connected: false })
    world.machine.clockOffsetS = 7
    world.machine.append({ type: 'panel.changed', connected: true })
    world.machine.switch('files', false)
    world.connect()
    await world.settle()
    expect(await world.device()).toMatchObject({
      boot: world.machine.boot,
      lastEvent: 2,
      agentVersion: '1.0.0',
      services: world.machine.services,
    })
    expect(await eventsOf(world, 'tunnel.connected')).toMatchObject([{ detail: { boot: world.machine.boot, clock_offset_s: 7 } }])
    expect(world.room.clockOffsetS(world.machine.id)).toBe(7)
    world.machine.switch('files', true)
    await world.settle()
    expect(await world.device()).toMatchObject({ lastEvent: 3, services: world.machine.services })
    expect(await eventsOf(world, 'switch.changed')).toMatchObject([
      { actor: { kind: 'operator', id: 'Olga' }, detail: { enabled: true, service: 'files', where: 'machine' } },
    ])
  })

  it('of a device that was never registered is closed', async () => {
    await using world = await sessionsWorld({ connected: false })
    const closed: string[] = []
    const link = { ...world.machine.connect(), deviceId: 'stranger' as never, close: (reason: string) => void closed.push(reason) }
    world.links.add(link)
    await world.settle()
    expect(closed).toEqual(['unknown-device'])
  })

  it.each(['first answer', 'an event'])('that cannot be followed is closed: %s', async (where) => {
    await using world = await sessionsWorld({ connected: where !== 'first answer' })
    const link = world.link ?? world.machine.connect()
    if (where === 'first answer') {
      world.machine.beforeInfo = () => Promise.reject(new Error('nonsense'))
      world.links.add(link)
    } else {
      world.database.busy = true
      world.machine.append({ type: 'panel.changed', connected: true })
    }
    await world.settle()
    expect(world.links.list()).toEqual([])
    expect(await link.closed).toBe('wrong-protocol')
  })

  it('after which an event that was not acknowledged comes again changes nothing', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.machine.append({ type: 'switch.changed', service: 'files', enabled: false, by: 'Olga' })
    await world.settle()
    const before = await world.stored(id)
    await world.storage.devices.recordContact(world.machine.id, { lastEvent: 0 }, [])
    world.machine.services = world.machine.services.map((service) => ({ ...service, enabled: service.name === 'hmi' }))
    await world.lose()
    world.connect()
    await world.settle()
    expect(await world.stored(id)).toEqual({ ...before, version: before.version + 2 })
    expect(await eventsOf(world, 'switch.changed')).toHaveLength(1)
    expect((await world.device()).lastEvent).toBe(2)
  })

  it('of a machine that lost its state counts its events from the beginning', async () => {
    await using world = await sessionsWorld()
    for (let n = 0; n < 5; n += 1) world.machine.append({ type: 'panel.changed', connected: n % 2 === 0 })
    await world.settle()
    await world.lose()
    world.machine.events = []
    world.machine.switch('files', false)
    world.machine.services = world.machine.services.map((service) => ({ ...service, enabled: true }))
    world.connect()
    await world.settle()
    expect(await world.device()).toMatchObject({ lastEvent: 1 })
    expect(await eventsOf(world, 'switch.changed')).toHaveLength(1)
  })

  it('ends at the machine what the gateway does not know, and here what the machine does not know', async () => {
    await using world = await sessionsWorld()
    const { id } = await world.ask()
    await world.lose()
    const stranger = sessionId('stranger')
    world.machine.shown = null
    world.machine.live = { id: stranger, approval: 'x', exp: world.machine.nowS + 600, services: ['hmi'] }
    world.connect()
    await world.settle()
    expect(world.machine.ended).toEqual([
      { id, reason: 'device_lost', by: null },
      { id: stranger, reason: 'error', by: null },
    ])
    expect(await world.stored(id)).toMatchObject({ endReason: 'device_lost' })
  })

  it('tells the machine how a session ended while it was away', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    await world.lose()
    await endSession(world.room, id, { reason: 'ended_by_technician', by: 'Tom' })
    world.connect()
    await world.settle()
    expect(world.machine).toMatchObject({ live: null, ended: [{ id, reason: 'ended_by_technician', by: 'Tom' }] })
  })

  it('of an agent that was started anew ends the sessions that the one before it showed', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.link?.lose()
    world.machine.restart()
    world.connect()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ endReason: 'device_lost' })
    expect((await world.recorded(id)).filter((type) => type === 'session.ended')).toHaveLength(1)
  })

  it('whose snapshot still has a session of an earlier process does not keep it', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    await world.lose()
    world.machine.boot = 'b'.repeat(32)
    world.connect()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ endReason: 'device_lost' })
    expect(world.machine.live).toBeNull()
  })

  it('carries out what happened meanwhile before it judges: an end by the operator is that, not a loss', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    await world.lose()
    world.machine.end('ended_by_operator', null)
    world.connect()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ endReason: 'ended_by_operator' })
  })

  it('brings the press that happened meanwhile', async () => {
    await using world = await sessionsWorld()
    const { id } = await world.ask()
    await world.lose()
    await world.machine.press()
    await world.pass(10)
    world.connect()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'approved', approvedAt: world.clock.nowS() - 10, tunnelLostAt: null })
  })

  it('finds a question before the operator that the gateway died over: it waits for his answer', async () => {
    await using world = await sessionsWorld()
    const { update } = world.storage.sessions
    // The machine shows it; the process dies before that is stored.
    Object.assign(world.storage.sessions, { update: () => new Promise(() => {}) })
    void world.ask().catch(() => undefined)
    await vi.waitFor(() => expect(world.machine.shown).not.toBeNull())
    await world.turns(20)
    Object.assign(world.storage.sessions, { update })
    await world.stop()
    const id = world.machine.shown?.session as SessionId
    expect(await world.stored(id)).toMatchObject({ state: 'requested', shownAt: null })
    await world.start()
    world.connect()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'awaiting_approval', shownAt: world.clock.nowS() })
    await world.machine.press()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'approved' })
  })

  it('does not judge a session that is on its way to the machine', async () => {
    await using world = await sessionsWorld()
    world.machine.beforeShowing = async () => {
      const shown = world.machine.shown
      world.machine.shown = null
      const older = world.link
      world.connect()
      await world.settle()
      world.machine.shown = shown
      expect(older?.waiting).toBe(true)
      return undefined
    }
    await expect(world.ask()).rejects.toMatchObject({ code: 'device_gone' })
    const { items } = await world.storage.sessions.list(wholeInstallation, { device: world.machine.id }, { limit: 1, after: null })
    expect(items).toMatchObject([{ endReason: 'error' }])
  })
})

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

describe('an event', () => {
  it.each([
    ['ended_by_operator', null, { kind: 'operator', id: null }],
    ['switch_off', 'Olga', { kind: 'operator', id: 'Olga' }],
    ['time_limit', null, { kind: 'device', id: 'machine' }],
    ['panel_lost', null, { kind: 'device', id: 'machine' }],
    ['device_lost', null, { kind: 'device', id: 'machine' }],
    ['clock', null, { kind: 'device', id: 'machine' }],
  ] as const)('session.ended for %s ends the session once, by whom it was', async (reason, by, actor) => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.machine.end(reason, by)
    world.machine.append({ type: 'session.ended', session: id, reason: 'clock', by: 'Eve' })
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ endReason: reason, endedBy: by })
    const { items } = await world.storage.events.list(wholeInstallation, { session: id, type: 'session.ended' }, { limit: 9, after: null })
    expect(items).toMatchObject([{ actor }])
    expect(world.machine.ended).toEqual([])
  })

  it('about a session of nobody, or of another machine, or with an id that is none, changes nothing', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    for (const session of [sessionId('stranger'), 'ses_1', '../../etc', '']) {
      world.machine.append({ type: 'session.ended', session, reason: 'clock', by: null })
      world.machine.append({ type: 'request.refused', session, kind: 'extend', how: 'refused', by: null })
    }
    world.machine.append({ type: 'switch.changed', service: 'unheard-of', enabled: false, by: null })
    await world.settle()
    expect((await world.stored(id)).state).toBe('approved')
    expect((await world.device()).lastEvent).toBe(world.machine.events.length)
    expect(await eventsOf(world, 'switch.changed')).toEqual([])
  })

  it('of a machine that sends thousands is carried out in its turn', async () => {
    await using world = await sessionsWorld()
    for (let n = 0; n < 600; n += 1) world.machine.append({ type: 'panel.changed', connected: true })
    await world.turns(3_000)
    expect((await world.device()).lastEvent).toBe(500)
    world.clock.advance(1_000)
    await world.turns(200)
    expect((await world.device()).lastEvent).toBeGreaterThan(500)
    expect((await world.device()).lastEvent).toBeLessThanOrEqual(521)
  })
})
