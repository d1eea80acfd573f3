import { describe, expect, it } from 'vitest'
import { CodedError } from '../basics/coded-error.ts'
import { isRefused, authorizeStream } from './authorize-stream.ts'
import { endSession } from './end-session.ts'
import { extendSession } from './extend-session.ts'
import { files, hmi, sessionsWorld } from './testing/sessions-world.ts'

describe('an extension', () => {
  it('adds what was asked to the end, and the session goes on under the newer approval', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const before = await world.stored(id)
    await world.pass(500)
    expect(await extendSession(world.room, id, 300)).toMatchObject({ state: 'approved', expiresAt: before.expiresAt })
    expect(world.machine.shown).toMatchObject({ kind: 'extend', duration_s: 300, session: id })
    const jws = await world.machine.press()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({
      extensions: 1,
      expiresAt: (before.expiresAt ?? 0) + 300,
      approvedAt: before.approvedAt,
      pendingExtension: null,
      approval: { jws },
    })
    await world.pass(399)
    expect((await world.stored(id)).state).toBe('approved')
    await world.pass(2)
    expect(await world.stored(id)).toMatchObject({ endReason: 'time_limit' })
  })

  it('is asked one at a time', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    await extendSession(world.room, id, 300)
    await expect(extendSession(world.room, id, 300)).rejects.toMatchObject({ code: 'extension_pending' })
  })

  it('is refused before the approval, after the end, and where policy says no', async () => {
    await using world = await sessionsWorld()
    const { id } = await world.ask()
    await expect(extendSession(world.room, id, 300)).rejects.toMatchObject({ code: 'wrong_state' })
    await world.machine.press()
    await world.settle()
    await expect(extendSession(world.room, id, 100_000)).rejects.toMatchObject({ code: 'denied_by_policy' })
    await endSession(world.room, id, { reason: 'completed' })
    await expect(extendSession(world.room, id, 300)).rejects.toMatchObject({ code: 'session_over', remedy: 'gone' })
  })

  it('that the machine does not show is taken back, and may be asked again', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.machine.beforeShowing = async () => {
      world.machine.shown = null
      return { shown: false, code: 'not_now' }
    }
    await expect(extendSession(world.room, id, 300)).rejects.toMatchObject({ code: 'not_now' })
    expect(await world.stored(id)).toMatchObject({ state: 'approved', pendingExtension: null })
    world.machine.beforeShowing = async () => undefined
    expect(await extendSession(world.room, id, 300)).toMatchObject({ pendingExtension: { duration_s: 300 } })
  })

  it('is refused while the machine is not connected, and the session goes on', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    await world.lose()
    await expect(extendSession(world.room, id, 300)).rejects.toMatchObject({ code: 'machine_offline' })
    expect(await world.stored(id)).toMatchObject({ state: 'approved', pendingExtension: null })
  })

  it('that is pressed before its answer is lost is given', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.machine.beforeShowing = async () => {
      await world.machine.press()
      await world.settle()
      throw new CodedError({ code: 'device_timeout', message: 'no answer', remedy: 'retry' })
    }
    expect(await extendSession(world.room, id, 300)).toMatchObject({ extensions: 1, pendingExtension: null })
  })

  it('without an answer is dropped, and the next one has its whole time, whatever was done to the wall clock', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved({ durationS: 3_000 })
    await extendSession(world.room, id, 300)
    await world.pass(66)
    expect(await world.stored(id)).toMatchObject({ state: 'approved', pendingExtension: null })
    world.machine.shown = null
    world.clock.jumpWallClock(-50_000)
    await extendSession(world.room, id, 300)
    await world.pass(60)
    expect((await world.stored(id)).pendingExtension).not.toBeNull()
    await world.pass(6)
    expect((await world.stored(id)).pendingExtension).toBeNull()
  })

  it('that policy denies at the press leaves the session as it was', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const { expiresAt } = await world.stored(id)
    await extendSession(world.room, id, 300)
    world.decisions.overrule = (input, result) =>
      input.action === 'extend' ? { ...result, allow: false, denials: [{ code: 'extension_limit', message: 'no' }] } : result
    await world.machine.press()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'approved', expiresAt, extensions: 0, pendingExtension: null })
  })

  it('after one that only the machine took adds what was asked to the end that holds here', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const { expiresAt } = await world.stored(id)
    await extendSession(world.room, id, 300)
    await world.pass(59)
    world.link?.lose()
    // Pressed in the last second; the gateway hears of it when it has given the question up.
    await world.machine.press()
    await world.pass(10)
    world.connect()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'approved', expiresAt, extensions: 0 })
    await extendSession(world.room, id, 120)
    await world.machine.press()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'approved', expiresAt: (expiresAt ?? 0) + 120, extensions: 1 })
  })

  it('that leaves a service out closes its streams and keeps the others', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved({ services: [hmi, files] })
    const [one, other] = await Promise.all(
      [hmi, files].map(async (service) => {
        const stream = await authorizeStream(world.room, id, service)
        if (isRefused(stream)) throw new Error(stream.message)
        return stream.openStream()
      }),
    )
    await extendSession(world.room, id, 300)
    await world.machine.press({ services: [hmi] })
    await world.settle()
    expect([one?.destroyed, other?.destroyed]).toEqual([false, true])
    expect(await authorizeStream(world.room, id, files)).toMatchObject({ code: 'service_not_approved' })
  })
})
