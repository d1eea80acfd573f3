import { describe, expect, it } from 'vitest'
import { exampleSession } from '../storage/testing/example-records.ts'
import { authorizeStream, isRefused } from './authorize-stream.ts'
import { extendSession } from './extend-session.ts'
import { gracePeriodS, hmi, sessionsWorld, type SessionsWorld } from './testing/sessions-world.ts'

type Make = (world: SessionsWorld) => Promise<Awaited<ReturnType<SessionsWorld['approved']>>>

const makers: Readonly<Record<string, Make>> = {
  awaiting_approval: async (world) => (await world.ask()).id,
  approved: (world) => world.approved(),
  open: async (world) => {
    const id = await world.approved()
    await authorizeStream(world.room, id, hmi)
    return id
  },
}

describe('a restart of the gateway', () => {
  it.each(Object.entries(makers))('takes up a session that is %s and lets it go on when its tunnel is back', async (state, make) => {
    await using world = await sessionsWorld()
    const id = await make(world)
    const before = await world.stored(id)
    await world.restart(5_000)
    expect(await world.stored(id)).toMatchObject({ state, tunnelLostAt: world.clock.nowS() })
    expect(isRefused(await authorizeStream(world.room, id, hmi))).toBe(true)
    world.connect()
    await world.settle()
    expect(await world.stored(id)).toEqual({ ...before, version: before.version + 2 })
    expect(world.room.get(id)?.session).toEqual(await world.stored(id))
    expect(isRefused(await authorizeStream(world.room, id, hmi))).toBe(state === 'awaiting_approval')
  })

  it.each(['denies everything', 'throws'])(
    'ends no session while it shuts down, whose engine %s by then: it is decided anew after it',
    async (how) => {
      await using world = await sessionsWorld()
      const { decisions } = world
      const id = await world.approved()
      const granted = await authorizeStream(world.room, id, hmi)
      if (isRefused(granted)) throw new Error(granted.message)
      const before = await world.stored(id)
      await world.drain()
      decisions.overrule = (_input, result) => {
        if (how === 'throws') throw new Error('closed')
        return { ...result, allow: false, denials: [{ code: 'policy_error', message: 'closed' }] }
      }
      await world.changePerson({})
      expect(await world.stored(id)).toEqual(before)
      expect(granted.signal).toMatchObject({ aborted: true, reason: 'gateway_shutdown' })
      decisions.overrule = (_input, result) => result
      await world.restart()
      world.connect()
      await world.settle()
      expect((await world.stored(id)).state).toBe('open')
    },
  )

  it.each(Object.entries(makers))('ends a session that is %s when its tunnel does not come back', async (_state, make) => {
    await using world = await sessionsWorld()
    const id = await make(world)
    await world.restart()
    await world.pass(gracePeriodS - 1)
    expect((await world.stored(id)).state).not.toBe('ended')
    await world.pass(1)
    expect(await world.stored(id)).toMatchObject({ endReason: 'device_lost' })
  })

  it('prolongs no session, however often it happens', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const { expiresAt } = await world.stored(id)
    for (let n = 0; n < 9; n += 1) {
      await world.pass(50)
      await world.restart(10_000)
      world.connect()
      await world.settle()
      expect(await world.stored(id)).toMatchObject({ state: 'approved', expiresAt })
    }
    await world.pass(60)
    expect(await world.stored(id)).toMatchObject({ endReason: 'time_limit', endedAt: expiresAt })
  })

  it('keeps a question for more time that the machine shows, and takes back one that it never heard of', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    await extendSession(world.room, id, 300)
    await world.restart()
    world.connect()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'approved', pendingExtension: { duration_s: 300 } })
    // As if the gateway had been killed right after it stored the question.
    world.machine.shown = null
    await world.restart()
    world.connect()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'approved', pendingExtension: null })
    expect(await extendSession(world.room, id, 300)).toMatchObject({ pendingExtension: { duration_s: 300 } })
  })

  it('revives none whose time went by meanwhile', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    await world.stop()
    world.clock.advance(601_000)
    world.connect()
    await world.start()
    expect(isRefused(await authorizeStream(world.room, id, hmi))).toBe(true)
    await world.pass(1)
    expect(await world.stored(id)).toMatchObject({ state: 'ended', endReason: 'time_limit' })
    expect(world.machine.live).toBeNull()
  })

  it('ends a question whose time went by meanwhile', async () => {
    await using world = await sessionsWorld()
    const { id } = await world.ask()
    await world.restart(70_000)
    await world.pass(1)
    expect(await world.stored(id)).toMatchObject({ endReason: 'approval_timeout' })
  })

  it('decides anew what it takes up', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    await world.stop()
    await world.changePerson({ status: 'disabled' })
    await world.start()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ endReason: 'policy', endCodes: ['account_disabled'] })
  })

  it('keeps an extension that waits, and takes its press', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const { expiresAt } = await world.stored(id)
    await extendSession(world.room, id, 300)
    await world.restart(1_000)
    world.connect()
    await world.settle()
    await world.machine.press()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ extensions: 1, expiresAt: (expiresAt ?? 0) + 300 })
  })

  it('follows the tunnels that are there before it', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const { version } = await world.stored(id)
    await world.stop()
    world.connect()
    await world.start()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'approved', version })
    expect((await world.device()).lastSeenAt).toBe(world.clock.nowS())
  })

  it('hears of a tunnel that goes while it starts', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const nowS = world.clock.nowS()
    const other = exampleSession('other', { requestedAt: nowS })
    await world.storage.sessions.insert({ ...other, request: { ...other.request, expires_at: nowS + 600 } }, [])
    await world.stop()
    world.connect()
    const { sessions } = world.storage
    const update = sessions.update.bind(sessions)
    // The other session's lost tunnel is on its way to the disk.
    sessions.update = async (...args) => {
      world.link?.lose()
      await world.turns(5)
      return update(...args)
    }
    await world.start()
    await world.turns(50)
    sessions.update = update
    await world.pass(gracePeriodS)
    expect(await world.stored(id)).toMatchObject({ endReason: 'device_lost' })
  })

  it('leaves what has ended as it is', async () => {
    await using world = await sessionsWorld()
    const { id } = await world.ask()
    world.machine.refuse()
    await world.settle()
    const before = await world.stored(id)
    await world.restart()
    world.connect()
    await world.pass(60)
    expect(await world.stored(id)).toEqual(before)
    expect(world.room.list()).toEqual([])
  })
})

describe('the end of the process', () => {
  it('ends no session, cuts every stream and lets nothing happen afterwards', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const granted = await authorizeStream(world.room, id, hmi)
    if (isRefused(granted)) throw new Error(granted.message)
    const stream = await granted.openStream()
    await world.stop()
    expect(granted.signal).toMatchObject({ aborted: true, reason: 'gateway_shutdown' })
    expect(stream.destroyed).toBe(true)
    const before = await world.stored(id)
    await world.changePerson({ status: 'disabled' })
    await world.pass(3_600, 60)
    expect(await world.stored(id)).toEqual(before)
  })
})
