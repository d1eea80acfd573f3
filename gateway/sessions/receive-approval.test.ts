import { describe, expect, it } from 'vitest'
import { deviceSigner } from '../../test/support/device-signer.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { deviceId } from '../storage/testing/example-records.ts'
import { endSession } from './end-session.ts'
import { extendSession } from './extend-session.ts'
import { receiveApproval, receiveRefusal } from './receive-approval.ts'
import { files, hmi, sessionsWorld } from './testing/sessions-world.ts'

describe('an approval', () => {
  it('starts the time of the session at the press', async () => {
    await using world = await sessionsWorld()
    const { id } = await world.ask({ services: [hmi, files] })
    await world.pass(20)
    await world.machine.press({ services: [hmi] })
    await world.settle()
    const nowS = world.clock.nowS()
    expect(await world.stored(id)).toMatchObject({
      state: 'approved',
      approvedAt: nowS,
      expiresAt: nowS + 600,
      approval: { operator: 'Olga', services: [hmi] },
    })
    expect(world.room.get(id)?.session).toEqual(await world.stored(id))
  })

  it.each([
    ['another device', { iss: 'spiffe://sallyport.example/device/other' }],
    ['another session', { sid: `ses_${'9'.repeat(32)}` }],
    ['another request', { request_digest: 'A'.repeat(44) }],
    ['services that nobody asked for', { services: ['files'] }],
    ['more time than was asked', { exp: 2_000_000_000 }],
  ])('for %s ends the session on both sides', async (_what, claims) => {
    await using world = await sessionsWorld()
    const { id } = await world.ask()
    await world.machine.press(claims)
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'ended', endReason: 'error', endCodes: ['approval_invalid'], approval: null })
    expect(world.machine).toMatchObject({ live: null, ended: [{ id, reason: 'error' }] })
  })

  it('with the key of another machine ends the session', async () => {
    await using world = await sessionsWorld()
    const { id } = await world.ask()
    await world.machine.press({}, await deviceSigner())
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ endReason: 'error', endCodes: ['approval_invalid'] })
  })

  it('of an agent that was started anew since ends the session as lost with its process', async () => {
    await using world = await sessionsWorld({ connected: false })
    world.connect()
    await world.settle()
    const { id } = await world.ask()
    await world.lose()
    await world.machine.press()
    world.machine.boot = 'a'.repeat(32)
    world.machine.live = null
    world.connect()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'ended', endReason: 'device_lost', approval: null })
  })

  it('that comes when the question is over ends at the machine, with the reason that was', async () => {
    await using world = await sessionsWorld()
    const { id } = await world.ask()
    await world.lose()
    await world.machine.press()
    await world.pass(61)
    expect(await world.stored(id)).toMatchObject({ state: 'ended', endReason: 'device_lost' })
    world.connect()
    await world.settle()
    expect(world.machine).toMatchObject({ live: null })
    expect(world.machine.ended).toContainEqual({ id, reason: 'device_lost', by: null })
  })

  it('that comes through another machine’s tunnel changes nothing', async () => {
    await using world = await sessionsWorld()
    const { id } = await world.ask()
    const jws = await world.machine.press()
    const other = { ...world.machine.connect(), deviceId: deviceId('press-1') }
    const before = world.room.get(id)?.session
    await receiveApproval(world.room, other, world.machine.boot, id, jws)
    await receiveRefusal(world.room, other, { session: id, kind: 'open', how: 'refused', by: 'Eve' })
    expect(world.room.get(id)?.session).toBe(before)
  })

  it('that is repeated changes nothing', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const before = await world.stored(id)
    const approval = world.machine.live?.approval ?? ''
    world.machine.append({ type: 'approval.given', session: id, approval })
    await world.settle()
    expect(await world.stored(id)).toEqual(before)
    expect(world.machine.live?.id).toBe(id)
  })

  it('that nothing waits for changes nothing', async () => {
    await using world = await sessionsWorld()
    const { id, request } = await world.ask()
    await world.machine.press()
    await world.settle()
    const before = await world.stored(id)
    world.machine.shown = request
    await world.machine.press({ exp: before.approval?.expiresAt })
    await world.settle()
    expect(await world.stored(id)).toEqual(before)
  })

  it('that policy does not carry ends the session for what policy says', async () => {
    await using world = await sessionsWorld()
    const { id } = await world.ask()
    world.decisions.overrule = (input, result) =>
      input.action === 'open' ? { ...result, allow: false, denials: [{ code: 'training_expired', message: 'over' }] } : result
    await world.machine.press()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ endReason: 'policy', endCodes: ['training_expired'], approval: null })
    expect(world.machine.live).toBeNull()
  })

  it('whose session ends while policy is asked does not open it', async () => {
    await using world = await sessionsWorld()
    const { id } = await world.ask()
    const { promise, resolve } = Promise.withResolvers<void>()
    world.decisions.held = promise
    await world.machine.press()
    await expect.poll(() => world.decisions.asked.at(-1)?.action, { interval: 1 }).toBe('open')
    world.database.busy = true
    await endSession(world.room, id, { reason: 'withdrawn' }).catch(() => undefined)
    world.database.busy = false
    resolve()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ approval: null })
    await world.pass(1)
    expect(await world.stored(id)).toMatchObject({ state: 'ended', endReason: 'withdrawn', approval: null })
    expect(await world.recorded(id)).not.toContain('approval.given')
  })

  it('that cannot be stored opens nothing', async () => {
    await using world = await sessionsWorld()
    const { id } = await world.ask()
    world.database.busy = true
    await world.machine.press()
    await world.settle()
    expect(world.room.get(id)).toMatchObject({ ending: true, session: { approval: null } })
    world.database.busy = false
    await world.pass(1)
    expect(await world.stored(id)).toMatchObject({ state: 'ended', endReason: 'error', approval: null })
  })
})

describe('a refusal', () => {
  it.each([
    ['refused', 'Olga', 'refused', []],
    ['not_now', 'Olga', 'refused', ['not_now']],
    ['not_today', null, 'refused', ['not_today']],
    ['timeout', null, 'approval_timeout', []],
  ] as const)('%s ends the request', async (how, by, reason, codes) => {
    await using world = await sessionsWorld()
    const { id } = await world.ask()
    world.machine.refuse(how, by)
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'ended', endReason: reason, endedBy: by, endCodes: codes })
    expect(world.machine.ended).toEqual([])
  })

  it('of an extension leaves the session as it was', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const { expiresAt } = await world.stored(id)
    await extendSession(world.room, id, 300)
    world.machine.refuse('timeout', null)
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'approved', expiresAt, pendingExtension: null, extensions: 0 })
  })

  it.each([
    ['refused', 'Olga', { kind: 'operator', id: 'Olga' }],
    ['timeout', null, { kind: 'device', id: 'machine' }],
  ] as const)('%s is recorded as the act of whose it was', async (how, by, actor) => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    await extendSession(world.room, id, 300)
    world.machine.refuse(how, by)
    await world.settle()
    const filter = { session: id, type: 'request.refused' as const }
    const { items } = await world.storage.events.list(wholeInstallation, filter, { limit: 9, after: null })
    expect(items).toMatchObject([{ actor, detail: { how, kind: 'extend' } }])
  })

  it('of a request that was approved is not believed', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.machine.append({ type: 'request.refused', session: id, kind: 'open', how: 'refused', by: 'Olga' })
    await world.settle()
    expect((await world.stored(id)).state).toBe('approved')
  })
})
