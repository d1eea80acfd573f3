import { describe, expect, it } from 'vitest'
import type { Device } from '../devices/device.ts'
import type { DenialCode } from '../decisions/denial-codes.ts'
import type { Person } from '../people/person.ts'
import { deviceId, exampleApproval, exampleDevice, exampleSession, personId } from '../storage/testing/example-records.ts'
import { authorizeStream, isRefused } from './authorize-stream.ts'
import { files, hmi, sessionsWorld, type SessionsWorld } from './testing/sessions-world.ts'

describe('an open session', () => {
  const facts: readonly [string, Partial<Person>, string][] = [
    ['his account is disabled', { status: 'disabled' }, 'account_disabled'],
    ['his region is taken', { regions: ['south'] }, 'outside_region'],
    ['his permission is taken', { permissions: [] }, 'no_permission'],
    ['his training is taken', { trainings: [] }, 'no_training'],
    ['his training ends', { trainings: [{ productLine: 'press', level: 2, validUntil: 1_000 }] }, 'training_expired'],
    ['another undertaking is to be signed', { undertaking: { version: 'old', acceptedAt: 1 } }, 'undertaking_outdated'],
  ]
  it.each(facts)('ends when %s', async (_what, change, code) => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const granted = await authorizeStream(world.room, id, hmi)
    if (isRefused(granted)) throw new Error(granted.message)
    await world.changePerson(change)
    expect(await world.stored(id)).toMatchObject({ endReason: 'policy', endCodes: expect.arrayContaining([code]) as string[] })
    expect(granted.signal.aborted).toBe(true)
    expect(world.machine.live).toBeNull()
  })

  const devices: readonly [string, Partial<Device>, string, string][] = [
    ['is revoked', { status: 'revoked' }, 'revoked', 'device_revoked'],
    ['is suspended', { status: 'suspended' }, 'suspended', 'device_suspended'],
    ['is switched off at the gateway', { switches: { hmi: false } }, 'switch_off', 'switch_off'],
    ['goes to another region', { region: 'south' }, 'policy', 'outside_region'],
    ['loses its contract', { contract: 'ended' }, 'policy', 'contract_ended'],
  ]
  it.each(devices)('ends when its machine %s', async (_what, change, reason, code) => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    await world.changeDevice(change)
    expect(await world.stored(id)).toMatchObject({ endReason: reason, endCodes: expect.arrayContaining([code]) as string[] })
  })

  it('ends when the machine switches its service off, and not when it switches another one off', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.machine.switch('files', false)
    await world.settle()
    expect((await world.stored(id)).state).toBe('approved')
    world.machine.switch('hmi', false)
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ endReason: 'switch_off' })
    expect((await world.device()).services.map(({ enabled }) => enabled)).toEqual([false, false])
  })

  it('ends as a whole when one of its services is not allowed any more', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved({ services: [hmi, files] })
    await world.changeDevice({ switches: { files: false } })
    expect(await world.stored(id)).toMatchObject({ endReason: 'switch_off' })
  })

  it('ends when another policy is activated that does not allow it', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.decisions.overrule = (_input, result) => ({ ...result, allow: false, denials: [{ code: 'no_permission', message: 'no' }] })
    await world.decisions.activate({ ...world.policy, revision: `sha256:${'7'.repeat(64)}` })
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ endReason: 'policy', endCodes: ['no_permission'] })
  })

  it('ends in the second in which time alone takes a fact away', async () => {
    await using world = await sessionsWorld()
    const validUntil = world.clock.nowS() + 200
    await world.changePerson({ trainings: [{ productLine: 'press', level: 2, validUntil }] })
    const id = await world.approved()
    await world.pass(199, 1)
    expect((await world.stored(id)).state).toBe('approved')
    await world.pass(1)
    expect(await world.stored(id)).toMatchObject({ endReason: 'policy', endCodes: ['training_expired'], endedAt: validUntil })
  })

  const reasons: readonly [DenialCode[], string][] = [
    [['device_revoked', 'switch_off', 'device_suspended'], 'revoked'],
    [['switch_off', 'device_suspended'], 'suspended'],
    [['outside_region', 'switch_off'], 'switch_off'],
    [['time_limit'], 'time_limit'],
    [['time_limit', 'no_permission'], 'policy'],
    [['no_approval'], 'clock'],
    [['approval_expired'], 'clock'],
    [['policy_error'], 'policy'],
    [[], 'policy'],
  ]
  it.each(reasons)('that is denied for %j ends with the reason %s', async (codes, reason) => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.decisions.overrule = (_input, result) => ({ ...result, allow: false, denials: codes.map((code) => ({ code, message: code })) })
    await world.changeDevice({})
    expect(await world.stored(id)).toMatchObject({ endReason: reason, endCodes: codes })
  })

  it('ends when nobody can say whether it is allowed', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.decisions.overrule = () => {
      throw new Error('out of order')
    }
    await world.changeDevice({})
    expect(await world.stored(id)).toMatchObject({ endReason: 'error' })
  })

  it('keeps its streams while nothing changes for them, and loses them when other request rules hold', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const granted = await authorizeStream(world.room, id, hmi)
    if (isRefused(granted)) throw new Error(granted.message)
    await world.changePerson({ name: 'Tom B.' })
    expect(granted.signal.aborted).toBe(false)
    const rule = { effect: 'deny' as const, methods: ['PUT'], path: '/settings' }
    world.decisions.overrule = (_input, result) => ({ ...result, limits: { ...result.limits, request_rules: [rule] } })
    await world.changePerson({})
    expect(granted.signal).toMatchObject({ aborted: true, reason: 'policy_changed' })
    expect(await authorizeStream(world.room, id, hmi)).toMatchObject({ requestRules: [rule] })
  })

  it('leaves the sessions of others alone', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const asked = world.decisions.asked.length
    world.peopleChanges.tell(personId('Ada'), 'facts')
    world.deviceChanges.tell(deviceId('press-1'))
    await world.settle()
    expect(world.decisions.asked.length).toBe(asked)
    expect((await world.stored(id)).state).toBe('approved')
  })
})

describe('the decisions by which sessions go on', () => {
  const another = (world: SessionsWorld, digit = '7') =>
    world.decisions.activate({ ...world.policy, revision: `sha256:${digit.repeat(64)}` })

  it('are logged behind, and a stream that is asked for meanwhile has one of its own', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const { promise, resolve: written } = Promise.withResolvers<void>()
    world.decisions.log = promise
    await another(world)
    await world.settle()
    expect((await world.stored(id)).state).toBe('approved')
    const asked = world.decisions.asked.length
    const granted = await authorizeStream(world.room, id, hmi)
    expect([isRefused(granted), world.decisions.asked.length]).toEqual([false, asked + 1])
    written()
    await world.settle()
    expect((await world.stored(id)).state).toBe('open')
  })

  it('end them where they cannot be logged, with their streams', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const granted = await authorizeStream(world.room, id, hmi)
    if (isRefused(granted)) throw new Error(granted.message)
    const { promise, reject: fail } = Promise.withResolvers<void>()
    world.decisions.log = promise
    await another(world)
    await world.settle()
    expect(granted.signal.aborted).toBe(false)
    fail(new Error('the disk is full'))
    await world.settle()
    expect(granted.signal.aborted).toBe(true)
    expect(await world.stored(id)).toMatchObject({ endReason: 'policy', endCodes: ['policy_error'] })
    expect(world.machine.live).toBeNull()
  })

  it('end none that was ended meanwhile a second time', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const { promise, reject: fail } = Promise.withResolvers<void>()
    world.decisions.log = promise
    await another(world)
    await world.settle()
    world.machine.end()
    await world.settle()
    fail(new Error('the disk is full'))
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ endReason: 'ended_by_operator' })
    expect((await world.recorded(id)).filter((type) => type === 'session.ended')).toHaveLength(1)
  })

  it('are made anew after a kill that came before they were logged, and no event speaks of those that are lost', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.decisions.log = new Promise(() => {})
    const before = await world.recorded(id)
    await another(world)
    await world.settle()
    const asked = world.decisions.asked.length
    await world.restart()
    expect(world.decisions.asked.length).toBeGreaterThan(asked)
    expect((await world.recorded(id)).filter((type) => type !== 'session.tunnel_lost')).toEqual(before)
    expect((await world.stored(id)).state).toBe('approved')
    expect(world.room.list()).toHaveLength(1)
  })
})

describe('many sessions', () => {
  it.each([
    ['by another policy', (world: SessionsWorld) => world.decisions.activate({ ...world.policy, revision: `sha256:${'1'.repeat(64)}` })],
    ['when their decisions run out', async (world: SessionsWorld) => world.clock.advance(30_000)],
  ])('are decided anew %s a few at a time, however many they are, and none ends for waiting', async (_why, happen) => {
    await using world = await sessionsWorld()
    const count = 600
    await storeApproved(world, count)
    const { decisions } = world
    decisions.overrule = (input, result) => ({ ...result, valid_until: input.time.unix + 30 })
    await world.restart()
    const { length: before } = decisions.asked
    let most = 0
    const decideAnew = decisions.decideAnew.bind(decisions)
    let waiting = 0
    const patience = new Set<boolean | undefined>()
    decisions.decideAnew = async (inputs, options) => {
      most = Math.max(most, (waiting += inputs.length))
      if (inputs.length > 1) patience.add(options?.patient)
      const answers = await decideAnew(inputs, options)
      waiting -= inputs.length
      return answers
    }
    const { promise, resolve: answer } = Promise.withResolvers<void>()
    decisions.held = promise
    await happen(world)
    await world.turns(2_000)
    answer()
    await world.settle()
    expect(decisions.asked.length - before).toBeGreaterThanOrEqual(count)
    expect(most).toBeLessThanOrEqual(512)
    // Whoever asks for a stream meanwhile goes before them.
    expect([...patience]).toEqual([true])
    expect(world.room.list()).toHaveLength(count)
  })
})

async function storeApproved({ clock, storage }: SessionsWorld, count: number): Promise<void> {
  const nowS = clock.nowS()
  for (let index = 0; index < count; index += 1) {
    await storage.devices.insert(exampleDevice(`fleet-${index}`, { switches: {} }), [])
    const approval = { ...exampleApproval, jti: `${index}`.padStart(32, '0'), grantedAt: nowS, expiresAt: nowS + 3_600 }
    const of = { deviceId: deviceId(`fleet-${index}`), personId: personId('Tom') }
    const times = { requestedAt: nowS, approvedAt: nowS, expiresAt: nowS + 3_600 }
    await storage.sessions.insert(exampleSession(`${index}`, { ...of, ...times, state: 'approved', approval }), [])
  }
}

describe('a question that waits', () => {
  it('ends when what it was allowed by is taken away', async () => {
    await using world = await sessionsWorld()
    const { id } = await world.ask()
    await world.changePerson({ permissions: [] })
    expect(await world.stored(id)).toMatchObject({ endReason: 'policy', endCodes: expect.arrayContaining(['no_permission']) as string[] })
    expect(world.machine.shown).toBeNull()
  })
})
