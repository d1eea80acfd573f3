import { describe, expect, it, vi } from 'vitest'
import type { SessionId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { sessionId } from '../storage/testing/example-records.ts'
import { endSession } from './end-session.ts'
import { sessionsWorld } from './testing/sessions-world.ts'
import { eventsOf } from './testing/tunnel-events.ts'

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
