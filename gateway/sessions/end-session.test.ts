import { describe, expect, it } from 'vitest'
import { technician } from '../ledger/event.ts'
import { sessionId } from '../storage/testing/example-records.ts'
import { authorizeStream, isRefused } from './authorize-stream.ts'
import { endSession } from './end-session.ts'
import { endReasons, type Session } from './session.ts'
import { hmi, sessionsWorld, type SessionsWorld } from './testing/sessions-world.ts'

async function streamOf(world: SessionsWorld, id: Session['id']) {
  const granted = await authorizeStream(world.room, id, hmi)
  if (isRefused(granted)) throw new Error(granted.message)
  return { granted, stream: await granted.openStream() }
}

describe('the end of a session', () => {
  it.each(endReasons)('for the reason %s happens once, and both parties are told', async (reason) => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const told: Session[] = []
    world.room.onChange((session) => told.push(session))
    const ended = await endSession(world.room, id, { reason, by: 'Tom' })
    await world.settle()
    expect(ended).toMatchObject({ state: 'ended', endReason: reason, endedBy: 'Tom', endedAt: world.clock.nowS() })
    expect(await world.stored(id)).toEqual(ended)
    expect(told).toEqual([ended])
    expect(world.machine).toMatchObject({ live: null, ended: [{ id, reason, by: 'Tom' }] })
    expect((await world.recorded(id)).filter((type) => type === 'session.ended')).toHaveLength(1)
    expect(world.room.get(id)).toBeUndefined()
    await world.pass(3_600, 60)
    expect(await world.stored(id)).toEqual(ended)
  })

  it('is the first of many at once; the others get it as it was', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const reasons = ['completed', 'policy', 'time_limit', 'error'] as const
    const results = await Promise.all(reasons.map((reason) => endSession(world.room, id, { reason })))
    expect(new Set(results.map(({ endReason }) => endReason))).toEqual(new Set(['completed']))
    expect(await endSession(world.room, id, { reason: 'revoked' })).toMatchObject({ endReason: 'completed' })
    await world.settle()
    expect(world.machine.ended).toHaveLength(1)
  })

  it('cuts every stream before the store answers', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const { granted, stream } = await streamOf(world, id)
    const ending = endSession(world.room, id, { reason: 'ended_by_technician', actor: technician((await world.asker()).person.id) })
    expect(stream.destroyed).toBe(true)
    expect(granted.signal).toMatchObject({ aborted: true, reason: 'ended_by_technician' })
    expect(await authorizeStream(world.room, id, hmi)).toMatchObject({ denied: true, code: 'session_over' })
    await ending
    await expect(granted.openStream()).rejects.toMatchObject({ code: 'grant_withdrawn' })
  })

  it('that cannot be stored shuts the session, tells the machine, and is stored as it was decided as soon as it can be', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const { stream } = await streamOf(world, id)
    const decidedAt = world.clock.nowS()
    world.database.busy = true
    await expect(endSession(world.room, id, { reason: 'ended_by_technician', by: 'Tom' })).rejects.toMatchObject({ code: 'database_busy' })
    await world.settle()
    expect(stream.destroyed).toBe(true)
    expect(world.machine).toMatchObject({ live: null, ended: [{ id, reason: 'ended_by_technician' }] })
    const over = { code: 'session_over', endedReason: 'ended_by_technician', endedBy: 'Tom' }
    expect(await authorizeStream(world.room, id, hmi)).toMatchObject(over)
    expect((await world.stored(id)).state).toBe('open')
    await world.pass(30, 1)
    await expect(endSession(world.room, id, { reason: 'policy' })).rejects.toMatchObject({ code: 'database_busy' })
    world.database.busy = false
    await world.pass(1)
    expect(await world.stored(id)).toMatchObject({
      state: 'ended',
      endReason: 'ended_by_technician',
      endedBy: 'Tom',
      endedAt: decidedAt,
    })
    expect((await world.recorded(id)).at(-1)).toBe('session.ended')
  })

  it('does not wait for a machine that does not answer', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.machine.beforeEnding = () => new Promise(() => {})
    expect(await endSession(world.room, id, { reason: 'completed' })).toMatchObject({ state: 'ended' })
  })

  it('of a session that is over is that which it has, and of one that never was an error', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    await endSession(world.room, id, { reason: 'completed' })
    expect(await endSession(world.room, id, { reason: 'error' })).toMatchObject({ endReason: 'completed' })
    await expect(endSession(world.room, sessionId('never'), { reason: 'error' })).rejects.toMatchObject({ code: 'session_over' })
  })
})
