import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { HelpCall } from '../../agent/wire/help-call.ts'
import { deviceId } from '../storage/testing/example-records.ts'
import type { MachinePage } from './contract/machines.ts'
import { apiWorld, type Actor, type ApiWorld } from './testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await apiWorld()
})
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(() => world.calls.clear())

const call: HelpCall = {
  id: `hlp_${'1'.repeat(32)}`,
  what: 'The feeder stops',
  ticket: null,
  services: ['hmi'],
  by: 'Olga',
  called_at: 1_790_000_000_500,
  lets_in_until: null,
}
const calling = async (actor: Actor): Promise<MachinePage> =>
  (await world.send(actor, { method: 'GET', url: '/api/v1/machines?calling=true' })).json()
const ask = async (help: unknown) => {
  const payload = { machine: 'press-1', services: ['hmi'], purpose: 'I come', duration_s: 600, help }
  const answer = await world.send('technician', { method: 'POST', url: '/api/v1/sessions', payload })
  return { status: answer.statusCode, code: answer.json<{ code?: string }>().code }
}

it('shows calls to whom policy lets see the machine alone', async () => {
  world.calls.set(deviceId('press-1'), call)
  world.calls.set(deviceId('press-2'), { ...call, id: `hlp_${'2'.repeat(32)}`, what: 'Somebody else’s' })
  const { items, next } = await calling('technician')
  expect([items.map(({ id }) => id), next]).toEqual([['press-1'], null])
  expect(items[0]?.help).toMatchObject({ id: call.id, what: 'The feeder stops', by: 'Olga', called_at: 1_790_000_000, lets_in_until: null })
  expect((await calling('technician without facts')).items).toEqual([])
  expect((await calling('technician elsewhere')).items.map(({ id }) => id)).toEqual(['press-2'])
  expect((await calling('administrator')).items).toEqual([])
  const page = (await world.send('technician', { method: 'GET', url: '/api/v1/machines/press-1' })).json<{ help: unknown }>()
  expect(page.help).toMatchObject({ id: call.id })
})

it('takes the call that is open, and no other', async () => {
  expect(await ask(call.id)).toEqual({ status: 409, code: 'help_over' })
  world.calls.set(deviceId('press-1'), call)
  // The machine of this test is not connected: so far it went.
  expect(await ask(call.id)).toEqual({ status: 503, code: 'machine_offline' })
  for (const help of ['hlp_1', 7, '']) expect([help, (await ask(help)).status]).toEqual([help, 400])
})
