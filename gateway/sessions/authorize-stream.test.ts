import { describe, expect, it } from 'vitest'
import type { ServiceName } from '../basics/ids.ts'
import { sessionId } from '../storage/testing/example-records.ts'
import { authorizeStream, isRefused, type AuthorizedStream } from './authorize-stream.ts'
import { endSession } from './end-session.ts'
import { reconsiderOne } from './reconsider.ts'
import type { Session } from './session.ts'
import { files, hmi, sessionsWorld, type SessionsWorld } from './testing/sessions-world.ts'

async function granted(world: SessionsWorld, id: Session['id'], service = hmi): Promise<AuthorizedStream> {
  const stream = await authorizeStream(world.room, id, service)
  if (isRefused(stream)) throw new Error(`${stream.code}: ${stream.message}`)
  return stream
}

describe('a stream', () => {
  it('opens the session, once, and carries bytes to the machine', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved({ services: [hmi, files] })
    const streams = await Promise.all([granted(world, id), granted(world, id, files), granted(world, id)])
    expect(await world.stored(id)).toMatchObject({ state: 'open', openedAt: world.clock.nowS() })
    expect((await world.recorded(id)).filter((type) => type === 'session.opened')).toHaveLength(1)
    await Promise.all(streams.map((stream) => stream.openStream()))
    expect(world.machine.streams).toHaveLength(3)
    expect(streams.map(({ kind, requestRules }) => [kind, requestRules])).toEqual(streams.map(() => ['http', null]))
  })

  it('is refused for a session that never was, waits, or is over', async () => {
    await using world = await sessionsWorld()
    expect(await authorizeStream(world.room, sessionId('never'), hmi)).toMatchObject({ code: 'unknown' })
    const { id } = await world.ask()
    expect(await authorizeStream(world.room, id, hmi)).toMatchObject({ code: 'not_open' })
    await endSession(world.room, id, { reason: 'ended_by_operator', by: 'Olga' })
    expect(await authorizeStream(world.room, id, hmi)).toEqual({
      denied: true,
      code: 'session_over',
      message: 'This session is over.',
      endedReason: 'ended_by_operator',
      endedBy: 'Olga',
    })
  })

  it('is refused to a service that the operator left out or that does not exist, and while the machine is not connected', async () => {
    await using world = await sessionsWorld()
    const { id } = await world.ask({ services: [hmi, files] })
    await world.machine.press({ services: [hmi] })
    await world.settle()
    expect(await authorizeStream(world.room, id, files)).toMatchObject({ code: 'service_not_approved' })
    expect(await authorizeStream(world.room, id, 'shell' as ServiceName)).toMatchObject({ code: 'service_not_approved' })
    await world.lose()
    expect(await authorizeStream(world.room, id, hmi)).toMatchObject({ code: 'device_offline' })
    expect((await world.stored(id)).state).toBe('approved')
  })

  it('that policy denies ends the session', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.decisions.overrule = (_input, result) => ({ ...result, allow: false, denials: [{ code: 'switch_off', message: 'It is off' }] })
    expect(await authorizeStream(world.room, id, hmi)).toMatchObject({ code: 'policy', message: 'It is off' })
    expect(await world.stored(id)).toMatchObject({ endReason: 'switch_off', openedAt: null })
  })

  it('asks `open` for the first and `use` for those after it', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.decisions.asked.length = 0
    await granted(world, id)
    await granted(world, id)
    expect(world.decisions.asked.map(({ action }) => action)).toEqual(['open', 'use'])
  })

  it('is decided anew when what it depends on changed while policy was asked', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const { promise, resolve } = Promise.withResolvers<void>()
    world.decisions.held = promise
    const asking = authorizeStream(world.room, id, hmi)
    await world.settle()
    world.decisions.held = Promise.resolve()
    await world.changeDevice({ switches: { hmi: false } })
    resolve()
    expect(await asking).toMatchObject({ denied: true, code: 'session_over' })
    expect(world.machine.streams).toEqual([])
  })

  it('is refused when that never comes to rest', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const live = world.room.demand(id)
    world.decisions.overrule = (input, result) => {
      if (input.action === 'open') live.generation += 1
      return result
    }
    expect(await authorizeStream(world.room, id, hmi)).toMatchObject({ code: 'policy' })
    expect((await world.stored(id)).state).toBe('approved')
  })

  it('is refused when the session ends while its opening is stored', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.room.onChange((session) => {
      if (session.state === 'open') void endSession(world.room, id, { reason: 'revoked' })
    })
    expect(await authorizeStream(world.room, id, hmi)).toMatchObject({ code: 'session_over' })
  })

  it('does not open under a decision from before a change', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    let once = true
    world.room.onChange((session) => {
      if (session.state === 'open' && once) void reconsiderOne(world.room, world.room.demand(id))
      once = false
    })
    world.decisions.asked.length = 0
    await granted(world, id)
    expect(world.decisions.asked.map(({ action }) => action)).toContain('use')
  })

  it('cannot be opened with a grant that was withdrawn', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const grant = await granted(world, id)
    await world.lose()
    await expect(grant.openStream()).rejects.toMatchObject({ code: 'grant_withdrawn', details: { reason: 'device_offline' } })
    world.connect()
    await world.settle()
    await expect(grant.openStream()).rejects.toMatchObject({ code: 'grant_withdrawn' })
    await (await granted(world, id)).openStream()
  })

  it('that comes when its session has ended is closed', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.machine.beforeStream = async () => {
      world.machine.beforeEnding = () => new Promise(() => {})
      await endSession(world.room, id, { reason: 'revoked' })
    }
    await expect((await granted(world, id)).openStream()).rejects.toMatchObject({ code: 'grant_withdrawn', details: { reason: 'revoked' } })
    expect(world.machine.streams.map(({ destroyed }) => destroyed)).toEqual([true])
  })

  it('is closed when the caller gives up', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const caller = new AbortController()
    const grant = await granted(world, id)
    const opening = grant.openStream(caller.signal)
    caller.abort(new Error('the browser is gone'))
    await expect(opening).rejects.toThrow('the browser is gone')
    expect(world.machine.streams.map(({ destroyed }) => destroyed)).toEqual([true])
    expect(grant.signal.aborted).toBe(false)
  })
})

describe('streams of one person', () => {
  it('are so many at once: one more is refused by its name, and there is room again when one is closed or could not be opened', async () => {
    await using world = await sessionsWorld({ limits: { streamsPerPerson: 2 } })
    const grant = await granted(world, await world.approved())
    const [first] = [await grant.openStream(), await grant.openStream()]
    const tooMany = { code: 'too_many_streams_of_person', details: { status: 429 } }
    await expect(grant.openStream()).rejects.toMatchObject(tooMany)
    first?.destroy()
    await world.turns(2)
    world.machine.beforeStream = () => Promise.reject(new Error('the machine says no'))
    for (let n = 0; n < 3; n += 1) await expect(grant.openStream()).rejects.toThrow('the machine says no')
    world.machine.beforeStream = async () => {}
    await grant.openStream()
    await expect(grant.openStream()).rejects.toMatchObject(tooMany)
  })
})

describe('a recorded page', () => {
  it('goes to the machine beside the streams of its service, takes none of their places, and ends with the grant', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const grant = await granted(world, id)
    const page = await grant.openMirror('a'.repeat(32))
    expect(world.machine.pages.map(({ service, page: shown }) => ({ service, page: shown }))).toEqual([
      { service: hmi, page: 'a'.repeat(32) },
    ])
    expect(world.room.get(id)?.openStreams(hmi)).toBe(0)
    await endSession(world.room, id, { reason: 'ended_by_operator', by: 'Olga' })
    expect(page.destroyed).toBe(true)
    await expect(grant.openMirror('b'.repeat(32))).rejects.toBeDefined()
    expect(world.machine.pages).toHaveLength(1)
  })

  it('is told of while there is one; the moment between two pages is nobody’s news', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const grant = await granted(world, id)
    const told: (boolean | undefined)[] = []
    world.room.onChange(() => void told.push(world.room.get(id)?.recorded))
    // One that is only named to the operator, since it cannot be recorded.
    await grant.openMirror('c'.repeat(32), false)
    expect(told).toEqual([])
    const first = await grant.openMirror('a'.repeat(32))
    first.destroy()
    await world.turns(2)
    world.clock.advance(1_900)
    const second = await grant.openMirror('b'.repeat(32))
    world.clock.advance(2_000)
    expect(told).toEqual([true])
    second.destroy()
    await world.turns(2)
    world.clock.advance(2_000)
    expect(told).toEqual([true, false])
  })

  it('has no way to a machine that is not connected, or that does not show it', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const grant = await granted(world, id)
    world.machine.live = null
    await expect(grant.openMirror('a'.repeat(32))).rejects.toMatchObject({ code: 'mirror_unknown' })
    await world.lose()
    await expect(grant.openMirror('a'.repeat(32))).rejects.toBeDefined()
    expect(world.machine.pages).toEqual([])
  })
})
