import { describe, expect, it } from 'vitest'
import { isCodedError } from '../basics/coded-error.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { deviceId, exampleDevice } from '../storage/testing/example-records.ts'
import { callingDevices } from './calling-devices.ts'
import { files, hmi, sessionsWorld, type SessionsWorld } from './testing/sessions-world.ts'

const calling = async (world: SessionsWorld): Promise<string[]> =>
  (await callingDevices(world.room, await world.asker())).map(({ id }) => id)
const codeOf = (asking: Promise<unknown>): Promise<unknown> =>
  asking.then(
    () => 'asked',
    (error: unknown) => (isCodedError(error) ? error.code : error),
  )
const recorded = async (world: SessionsWorld) => {
  const { items } = await world.storage.events.list(wholeInstallation, { device: world.machine.id }, { limit: 50, after: null })
  return items.filter(({ type }) => type.startsWith('help.')).toReversed()
}

describe('a call for help', () => {
  it('is recorded and seen by whom policy lets see the machine, until it is withdrawn', async () => {
    await using world = await sessionsWorld()
    let told = 0
    world.deviceChanges.onChange(() => (told += 1))
    const call = world.machine.callForHelp()
    await world.settle()
    expect(told).toBe(1)
    expect(await calling(world)).toEqual([world.machine.id])
    await world.changePerson({ regions: [] })
    expect(await calling(world)).toEqual([])
    world.machine.withdrawCall()
    await world.settle()
    expect(world.room.calls.size).toBe(0)
    expect(await recorded(world)).toMatchObject([
      { type: 'help.called', actor: { kind: 'operator', id: 'Olga' }, detail: { call: call.id, what: 'The feeder stops' } },
      { type: 'help.withdrawn', actor: { kind: 'operator', id: 'Olga' }, detail: { call: call.id } },
    ])
  })

  it('is not lost with the gateway, and not invented by it: the machine says at each connect', async () => {
    await using world = await sessionsWorld()
    const call = world.machine.callForHelp()
    await world.settle()
    await world.restart(5_000)
    expect(world.room.calls.size).toBe(0)
    world.connect()
    await world.settle()
    expect(world.room.calls.get(world.machine.id)).toEqual(call)
    await world.lose()
    // Withdrawn while nobody listened, by an agent whose events are gone as well.
    world.machine.help = null
    world.connect()
    await world.settle()
    expect(world.room.calls.size).toBe(0)
  })

  it('goes with the machine that was switched off as a whole', async () => {
    await using world = await sessionsWorld()
    world.machine.callForHelp()
    await world.settle()
    world.link?.lose('switched-off')
    await world.settle()
    expect(world.room.calls.size).toBe(0)
  })

  it('is taken by a request that names it, for its own services', async () => {
    await using world = await sessionsWorld()
    expect(await codeOf(world.ask({ help: `hlp_${'0'.repeat(32)}` }))).toBe('help_over')
    const { id: help } = world.machine.callForHelp()
    await world.settle()
    expect(await codeOf(world.ask({ help, services: [hmi, files] }))).toBe('service_unknown')
    expect(world.room.list()).toEqual([])
    const { id } = await world.ask({ help })
    expect(world.machine.shown).toMatchObject({ help, services: ['hmi'] })
    await world.machine.press()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'approved', request: { help } })
  })

  it('that lets in whom the gateway sends opens by the machine’s own word', async () => {
    await using world = await sessionsWorld()
    const { id: help } = world.machine.callForHelp({ lets_in_until: world.clock.nowMs() + 600_000 })
    await world.settle()
    const { id } = await world.ask({ help })
    await world.machine.press({ mode: 'planned', operator: { name: 'Olga', proof: 'pin' } })
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'approved', approval: { mode: 'planned', operator: 'Olga', proof: 'pin' } })
  })

  it('of one among many that he may not see is found, the longest waiting first', async () => {
    await using world = await sessionsWorld()
    const call = world.machine.callForHelp()
    await world.settle()
    for (let n = 0; n < 250; n += 1) {
      const id = deviceId(`south-${n}`)
      await world.storage.devices.insert(exampleDevice(`south-${n}`, { region: 'south' }), [])
      world.room.calls.set(id, { ...call, called_at: call.called_at - 1_000 })
    }
    await world.storage.devices.insert(exampleDevice('north-2'), [])
    world.room.calls.set(deviceId('north-2'), { ...call, called_at: call.called_at - 500 })
    expect(await calling(world)).toEqual([deviceId('north-2'), world.machine.id])
  })
})
