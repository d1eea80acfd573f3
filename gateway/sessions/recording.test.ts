import { describe, expect, it } from 'vitest'
import type { RecordingMode } from '../../agent/wire/mirror.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { DecisionResult } from '../decisions/decision-result.ts'
import { authorizeStream, isRefused } from './authorize-stream.ts'
import { extendSession } from './extend-session.ts'
import { recordingOf } from './decision-facts.ts'
import { files, hmi, sessionsWorld, type SessionsWorld } from './testing/sessions-world.ts'

/** Policy as it is, with these limits for the web interface. */
const demand = (world: SessionsWorld, limits: Partial<DecisionResult['limits']>): void => {
  world.decisions.overrule = ({ service }, result) =>
    service?.name === hmi ? { ...result, limits: { ...result.limits, ...limits } } : result
}

async function set(world: SessionsWorld, recording: Record<string, RecordingMode>): Promise<void> {
  const device = await world.device()
  await world.storage.devices.update(wholeInstallation, { ...device, recording, version: device.version + 1 }, [])
  world.deviceChanges.tell(device.id)
  await world.settle()
}

describe('how the pages of a service are recorded', () => {
  it('is what the customer set, every field masked by default, and nothing where there are no pages or the machine wants none', async () => {
    await using world = await sessionsWorld()
    const device = await world.device()
    const service = (name: string, kind: 'http' | 'tcp', recorded?: boolean) => ({ name, kind, title: name, enabled: true, recorded })
    const services = [
      service('a', 'http'),
      service('b', 'http', true),
      service('c', 'http', false),
      service('d', 'tcp'),
      service('e', 'http'),
    ]
    const recording = { b: 'mask_texts', c: 'mask_all', d: 'mask_all', e: 'off' } as const
    expect(recordingOf({ ...device, services, recording })).toEqual({ a: 'mask_all', b: 'mask_texts', c: 'off', d: 'off', e: 'off' })
  })

  it('is read by policy, goes to the proxy with the grant, and another setting withdraws that', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved({ services: [hmi, files] })
    await set(world, { hmi: 'mask_texts' })
    expect(world.decisions.asked.at(-1)?.device.recording).toEqual({ hmi: 'mask_texts', files: 'mask_all' })
    const grant = await authorizeStream(world.room, id, hmi)
    if (isRefused(grant)) throw new Error(grant.message)
    expect([grant.recording, grant.recordDemanded, grant.signal.aborted]).toEqual(['mask_texts', false, false])
    await set(world, { hmi: 'mask_passwords' })
    expect(grant.signal.aborted).toBe(true)
    expect(await authorizeStream(world.room, id, hmi)).toMatchObject({ recording: 'mask_passwords' })
  })

  it('is told to the machine where it is off', async () => {
    await using world = await sessionsWorld()
    await set(world, { hmi: 'off', files: 'mask_texts' })
    await set(world, { hmi: 'mask_all', files: 'mask_texts' })
    expect(world.machine.portal.slice(1)).toEqual([
      { remote: true, services: {}, unrecorded: ['hmi'] },
      { remote: true, services: {} },
    ])
  })
})

describe('what policy demands of the operator’s picture', () => {
  it('stands in the request that he is shown, and in that for more time, for the services that are left', async () => {
    await using world = await sessionsWorld()
    expect(Object.keys((await world.ask({ services: [hmi, files] })).request)).not.toContain('record')
    await using other = await sessionsWorld()
    demand(other, { record: true, on_unexplained: 'pause' })
    const id = await other.approved({ services: [hmi, files] })
    expect((await other.stored(id)).request).toMatchObject({ record: [hmi], pause_unexplained: [hmi] })
    await extendSession(other.room, id, 600)
    expect(other.machine.shown).toMatchObject({ kind: 'extend', record: [hmi], pause_unexplained: [hmi] })
  })

  it('does not become looser than he was told', async () => {
    await using world = await sessionsWorld()
    demand(world, { record: true })
    const id = await world.approved()
    demand(world, { record: false })
    expect(await authorizeStream(world.room, id, hmi)).toMatchObject({ recordDemanded: true })
  })

  it('ends the session when no recorder runs, once, and the machine is told', async () => {
    await using world = await sessionsWorld()
    demand(world, { record: true })
    const id = await world.approved()
    const grant = await authorizeStream(world.room, id, hmi)
    if (isRefused(grant)) throw new Error(grant.message)
    grant.recorderLost()
    grant.recorderLost()
    await world.settle()
    expect(await world.stored(id)).toMatchObject({ state: 'ended', endReason: 'recorder_lost', endedBy: null })
    expect(world.machine.ended).toEqual([{ id, reason: 'recorder_lost', by: null }])
  })

  it('ends it when the customer lets the pages be recorded no more', async () => {
    await using world = await sessionsWorld()
    demand(world, { record: true })
    const id = await world.approved()
    await authorizeStream(world.room, id, hmi)
    const denial = { code: 'not_recorded', message: 'not recorded' } as const
    world.decisions.overrule = (_input, result) => ({ ...result, allow: false, denials: [denial] })
    await set(world, { hmi: 'off' })
    expect(await world.stored(id)).toMatchObject({ endReason: 'recorder_lost', endCodes: ['not_recorded'] })
  })
})

it('a session that the machine paused by itself says why, until an operator lets it go on', async () => {
  await using world = await sessionsWorld()
  const id = await world.approved()
  const conduct = { type: 'session.conduct', session: id, view_only: false } as const
  world.machine.append({ ...conduct, paused: true, why: 'unexplained', by: null })
  await world.settle()
  expect(world.room.get(id)?.conduct).toMatchObject({ paused: true, why: 'unexplained', by: null })
  world.machine.append({ ...conduct, paused: false, why: null, by: 'Olga' })
  await world.settle()
  expect(world.room.get(id)?.conduct).toMatchObject({ paused: false, why: null, by: 'Olga' })
  const { items } = await world.storage.events.list(wholeInstallation, { session: id }, { limit: 50, after: null })
  expect(items.filter(({ type }) => type === 'session.conduct').map(({ actor, detail }) => [actor.kind, detail['why']])).toEqual([
    ['operator', undefined],
    ['device', 'unexplained'],
  ])
})
