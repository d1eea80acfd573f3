import { describe, expect, it } from 'vitest'
import { wholeInstallation } from '../basics/scope.ts'
import { sessionId } from '../storage/testing/example-records.ts'
import { sessionsWorld } from './testing/sessions-world.ts'
import { eventsOf } from './testing/tunnel-events.ts'

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
