import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { deviceSigner } from '../../test/support/device-signer.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { ServiceName } from '../basics/ids.ts'
import { decisionInputSchema } from '../decisions/decision-input.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { deviceId, exampleDevice } from '../storage/testing/example-records.ts'
import { endSession } from './end-session.ts'
import { FakeMachine } from './testing/fake-machine.ts'
import { files, hmi, requestTimeoutS, sessionsWorld, type SessionsWorld } from './testing/sessions-world.ts'

const refusal = (asking: Promise<unknown>): Promise<unknown> =>
  asking.then(
    () => 'no refusal',
    ({ code, message, remedy }: CodedError) => ({ code, message, remedy }),
  )

const all = async (world: SessionsWorld) =>
  (await world.storage.sessions.list(wholeInstallation, { device: world.machine.id }, { limit: 10, after: null })).items

describe('a request', () => {
  it('is decided, stored, then shown as it was stored', async () => {
    await using world = await sessionsWorld()
    const session = await world.ask({ services: [hmi, files], ticket: 'T-1' })
    expect(session).toMatchObject({ state: 'awaiting_approval', shownAt: world.clock.nowS(), approval: null, expiresAt: null })
    expect(world.machine.shown).toEqual(session.request)
    expect(session.request).toMatchObject({ duration_s: 600, ticket: 'T-1', expires_at: world.clock.nowS() + requestTimeoutS })
    expect(await world.stored(session.id)).toEqual(session)
    expect(await world.recorded(session.id)).toEqual(['session.requested', 'decision.made', 'decision.made', 'notice.shown'])
  })

  it('for a machine that is not there, or not for this person, says the same', async () => {
    await using world = await sessionsWorld()
    await world.storage.devices.insert(exampleDevice('elsewhere', { region: 'south' }), [])
    const answers = await Promise.all(
      ['nowhere', 'elsewhere'].map((name) => refusal(world.ask({ deviceId: deviceId(name), services: ['nothing' as ServiceName] }))),
    )
    expect(answers[0]).toMatchObject({ code: 'machine_unknown', remedy: 'not_found' })
    expect(answers[1]).toEqual(answers[0])
    // Policy judged both, so that the time of the answer tells nothing either.
    expect(world.decisions.asked.map(({ action, device }) => [action, device.id])).toEqual([
      ['view', 'nowhere'],
      ['view', 'elsewhere'],
    ])
    expect(world.decisions.asked.every((input) => decisionInputSchema.safeParse(input).success)).toBe(true)
  })

  it.each([[[]], [['shell']], [['hmi', 'hmi']], [['hmi', 'shell']]])('for services %j is refused before policy is asked', async (names) => {
    await using world = await sessionsWorld()
    expect(await refusal(world.ask({ services: names as ServiceName[] }))).toMatchObject({ code: 'service_unknown', remedy: 'fix' })
    expect(world.decisions.asked.map(({ action }) => action)).toEqual(['view'])
  })

  it('that policy denies names every reason, of every service, each once', async () => {
    await using world = await sessionsWorld()
    await world.changePerson({ undertaking: null })
    await world.changeDevice({ switches: { files: false } })
    await expect(world.ask({ services: [hmi, files], durationS: 100_000 })).rejects.toMatchObject({ code: 'denied_by_policy' })
    const error = (await world.ask({ services: [hmi, files], durationS: 100_000 }).catch((error: unknown) => error)) as CodedError
    const codes = (error.details['denials'] as { code: string }[]).map(({ code }) => code)
    expect(codes.toSorted()).toEqual(['duration_too_long', 'switch_off', 'undertaking_missing'])
    expect(error.details['missing']).toEqual(expect.arrayContaining(['undertaking', 'customer_switch', 'shorter_duration']))
    expect(await all(world)).toEqual([])
  })

  it('to a machine that is not connected is refused', async () => {
    await using world = await sessionsWorld({ connected: false })
    expect(await refusal(world.ask())).toMatchObject({ code: 'machine_offline', remedy: 'retry' })
  })

  it('to a machine whose clock is wrong is refused, and taken once it is right', async () => {
    await using world = await sessionsWorld()
    world.machine.clockOffsetS = -301
    expect(await refusal(world.ask())).toMatchObject({
      code: 'machine_clock_wrong',
      message: expect.stringContaining('5 minutes behind') as string,
    })
    world.machine.clockOffsetS = 300
    expect((await world.ask()).state).toBe('awaiting_approval')
  })

  it('is one at a time: of two in the same moment one is busy, and a third while it waits', async () => {
    await using world = await sessionsWorld()
    const [one, other] = await Promise.allSettled([world.ask(), world.ask()])
    expect(one).toMatchObject({ status: 'fulfilled', value: { state: 'awaiting_approval' } })
    expect(other).toMatchObject({ status: 'rejected', reason: { code: 'machine_busy' } })
    expect(await refusal(world.ask())).toMatchObject({ code: 'machine_busy', remedy: 'conflict' })
    expect(await all(world)).toHaveLength(1)
    world.machine.refuse()
    await world.settle()
    expect((await world.ask()).state).toBe('awaiting_approval')
  })

  it.each([
    ['busy', 'machine_busy', 'refused'],
    ['not_now', 'not_now', 'refused'],
    ['not_today', 'not_today', 'refused'],
    ['switch_off', 'switch_off', 'switch_off'],
    ['unknown_service', 'unknown_service', 'refused'],
    ['bad_request', 'bad_request', 'refused'],
  ])('that the machine answers with %s is refused and over', async (answer, code, reason) => {
    await using world = await sessionsWorld()
    world.machine.beforeShowing = async () => ({ shown: false, code: answer })
    expect(await refusal(world.ask())).toMatchObject({ code, remedy: 'conflict' })
    expect(await all(world)).toMatchObject([{ state: 'ended', endReason: reason, endCodes: [answer] }])
    expect(world.room.list()).toEqual([])
  })

  it('whose tunnel is lost before the answer ends, and is taken back at the machine when it is there again', async () => {
    await using world = await sessionsWorld()
    world.machine.beforeShowing = () => {
      world.link?.lose()
      return new Promise(() => {})
    }
    expect(await refusal(world.ask())).toMatchObject({ code: 'device_gone' })
    const [session] = await all(world)
    expect(session).toMatchObject({ state: 'ended', endReason: 'error', tunnelLostAt: null })
    expect(world.machine.shown?.session).toBe(session?.id)
    world.connect()
    await world.settle()
    expect(world.machine.shown).toBeNull()
    expect(world.machine.ended.map(({ id }) => id)).toEqual([session?.id])
  })

  it('that is approved before the machine has answered is approved', async () => {
    await using world = await sessionsWorld()
    world.machine.beforeShowing = async () => {
      await world.machine.press()
      await world.settle()
      return { shown: true }
    }
    const session = await world.ask()
    expect(session).toMatchObject({ state: 'approved', approvedAt: world.clock.nowS() })
    expect(await world.recorded(session.id)).toEqual(['session.requested', 'decision.made', 'approval.given', 'decision.made'])
  })

  it('that is approved before its answer is lost is approved', async () => {
    await using world = await sessionsWorld()
    world.machine.beforeShowing = async () => {
      await world.machine.press()
      await world.settle()
      throw new CodedError({ code: 'device_timeout', message: 'no answer', remedy: 'retry' })
    }
    expect((await world.ask()).state).toBe('approved')
  })

  it('that is refused before the machine has answered comes back as refused', async () => {
    await using world = await sessionsWorld()
    world.machine.beforeShowing = async () => {
      world.machine.refuse('refused', 'Olga')
      await world.settle()
      return { shown: true }
    }
    expect(await world.ask()).toMatchObject({ state: 'ended', endReason: 'refused', endedBy: 'Olga' })
  })

  it('that ends while it is on its way is not left standing at the machine', async () => {
    await using world = await sessionsWorld()
    world.machine.beforeShowing = async (request) => {
      // The ending overtakes the request.
      world.machine.shown = null
      await endSession(world.room, request.session as never, { reason: 'withdrawn' })
      await world.settle()
      world.machine.shown = request
      return { shown: true }
    }
    const session = await world.ask()
    expect(session).toMatchObject({ state: 'ended', endReason: 'withdrawn' })
    await world.settle()
    expect(world.machine.shown).toBeNull()
  })

  it('that cannot be stored is not shown, and blocks nobody', async () => {
    await using world = await sessionsWorld()
    world.database.busy = true
    expect(await refusal(world.ask())).toMatchObject({ code: 'database_busy' })
    expect(world.machine.shown).toBeNull()
    world.database.busy = false
    expect((await world.ask()).state).toBe('awaiting_approval')
  })

  it('binds the photo that is shown beside it', async () => {
    await using world = await sessionsWorld()
    world.photo = async () => Buffer.from('jpeg')
    expect((await world.ask()).request.technician.photo_sha256).toBe(createHash('sha256').update('jpeg').digest('base64'))
  })

  it('ends at once when a fact changed while it was made', async () => {
    await using world = await sessionsWorld()
    world.machine.beforeShowing = async () => {
      const { person } = await world.asker()
      await world.storage.people.update(wholeInstallation, { ...person, status: 'disabled', version: person.version + 1 }, [])
      return undefined
    }
    const { id } = await world.ask()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'ended', endReason: 'policy', endCodes: ['account_disabled'] })
    expect(world.machine.shown).toBeNull()
  })
})

describe('sessions of one person', () => {
  it('are so many at once: one more is refused by its name before anything is stored, and there is room again when one ended', async () => {
    await using world = await sessionsWorld({ limits: { sessionsPerPerson: 1 } })
    const other = new FakeMachine({ id: deviceId('other'), signer: await deviceSigner(), clock: world.clock })
    await world.storage.devices.insert(exampleDevice('other', { switches: {}, services: other.services }), [])
    world.links.add(other.connect())
    await world.settle()
    const { id } = await world.ask()
    expect(await refusal(world.ask({ deviceId: other.id }))).toEqual({
      code: 'too_many_sessions',
      message: 'You have 1 sessions, and may not have more at once. End one, then ask again.',
      remedy: 'conflict',
    })
    expect(other.shown).toBeNull()
    await endSession(world.room, id, { reason: 'withdrawn' })
    await world.settle()
    await world.ask({ deviceId: other.id })
    // Somebody else stands in nobody's way.
    expect(await refusal(world.ask())).toMatchObject({ code: 'too_many_sessions' })
  })

  it('count from the first moment: of two that are asked for at once one is too many', async () => {
    await using world = await sessionsWorld({ limits: { sessionsPerPerson: 2 } })
    const other = new FakeMachine({ id: deviceId('other'), signer: await deviceSigner(), clock: world.clock })
    const third = new FakeMachine({ id: deviceId('third'), signer: await deviceSigner(), clock: world.clock })
    for (const machine of [other, third]) {
      await world.storage.devices.insert(exampleDevice(machine.id, { switches: {}, services: machine.services }), [])
      world.links.add(machine.connect())
    }
    await world.settle()
    const asked = await Promise.allSettled([world.machine, other, third].map(({ id }) => world.ask({ deviceId: id })))
    expect(asked.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'fulfilled', 'rejected'])
  })
})
