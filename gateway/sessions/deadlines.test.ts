import { describe, expect, it } from 'vitest'
import { authorizeStream, isRefused } from './authorize-stream.ts'
import { gracePeriodS, hmi, sessionsWorld } from './testing/sessions-world.ts'

describe('time', () => {
  it('ends a question that nobody answers, a little after the machine would', async () => {
    await using world = await sessionsWorld()
    const { id } = await world.ask()
    await world.pass(64)
    expect((await world.stored(id)).state).toBe('awaiting_approval')
    await world.pass(1)
    expect(await world.stored(id)).toMatchObject({ state: 'ended', endReason: 'approval_timeout' })
    expect(world.machine.shown).toBeNull()
  })

  it('ends a session within a second of its limit, with its streams', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const granted = await authorizeStream(world.room, id, hmi)
    if (isRefused(granted)) throw new Error(granted.message)
    const stream = await granted.openStream()
    await world.pass(599)
    expect(stream.destroyed).toBe(false)
    await world.pass(1)
    expect(stream.destroyed).toBe(true)
    expect(await world.stored(id)).toMatchObject({ endReason: 'time_limit', endedAt: (await world.stored(id)).expiresAt })
    expect(world.machine.ended).toEqual([{ id, reason: 'time_limit', by: null }])
  })

  it('ends a session whose tunnel is gone for the grace period, and no sooner', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    await world.lose()
    expect(await world.stored(id)).toMatchObject({ state: 'approved', tunnelLostAt: world.clock.nowS() })
    await world.pass(gracePeriodS - 1)
    expect((await world.stored(id)).state).toBe('approved')
    await world.pass(1)
    expect(await world.stored(id)).toMatchObject({ endReason: 'device_lost', tunnelLostAt: null })
  })

  it('goes on while the tunnel is gone', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved({ durationS: 90 })
    await world.pass(60)
    await world.lose()
    await world.pass(30)
    expect(await world.stored(id)).toMatchObject({ endReason: 'time_limit' })
  })

  it('is judged by the clock that nobody can set: set back, it prolongs nothing', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.clock.jumpWallClock(-50_000)
    world.machine.clockOffsetS = 50_000
    world.decisions.overrule = (input, result) => ({ ...result, allow: true, denials: [], valid_until: input.time.unix + 60 })
    await world.pass(599, 10)
    expect((await world.stored(id)).state).toBe('approved')
    await world.pass(1)
    expect(await world.stored(id)).toMatchObject({ endReason: 'time_limit' })
  })

  it.each([
    ['forward past its end', 10_000],
    ['an hour forward', 3_600],
    ['back before its approval', -10_000],
    ['an hour back', -3_600],
    ['ten minutes back', -600],
  ])('set %s ends a session for the clock', async (_where, seconds) => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.clock.jumpWallClock(seconds * 1000)
    await world.pass(1)
    expect(await world.stored(id)).toMatchObject({ state: 'ended', endReason: 'clock' })
    expect(world.machine.live).toBeNull()
  })

  it('set back by less than clocks may differ leaves a session its time', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.clock.jumpWallClock(-50_000)
    await world.pass(599, 1)
    expect((await world.stored(id)).state).toBe('approved')
    await world.pass(1)
    expect(await world.stored(id)).toMatchObject({ endReason: 'time_limit' })
  })

  it('set forward within a session ends it for the clock where its stored end comes sooner', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.clock.jumpWallClock(300_000)
    await world.pass(299, 1)
    expect((await world.stored(id)).state).toBe('approved')
    await world.pass(1)
    expect(await world.stored(id)).toMatchObject({ endReason: 'clock', endedAt: (await world.stored(id)).expiresAt })
  })

  it('set forward past a question ends it', async () => {
    await using world = await sessionsWorld()
    const { id } = await world.ask()
    world.clock.jumpWallClock(3_600_000)
    await world.pass(1)
    expect(await world.stored(id)).toMatchObject({ endReason: 'approval_timeout' })
  })

  it('corrected by little is no reason for anything', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const asked = world.decisions.asked.length
    world.clock.jumpWallClock(1_500)
    await world.pass(1)
    expect(world.decisions.asked.length).toBe(asked)
    expect((await world.stored(id)).state).toBe('approved')
  })

  it('is tried again when the store could not take the end', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    await world.pass(599)
    world.database.busy = true
    await world.pass(10, 1)
    expect(await world.stored(id)).toMatchObject({ state: 'approved' })
    expect(await authorizeStream(world.room, id, hmi)).toMatchObject({ code: 'session_over' })
    world.database.busy = false
    await world.pass(1)
    expect(await world.stored(id)).toMatchObject({ endReason: 'time_limit', endedAt: (await world.stored(id)).expiresAt })
  })
})
