import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DevicePage } from './contract/device-answers.ts'
import { apiWorld, type Actor, type ApiWorld } from './testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await apiWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const devicesOf = async (actor: Actor): Promise<string[]> =>
  (await world.send(actor, { method: 'GET', url: '/api/v1/devices' })).json<DevicePage>().items.map(({ id }) => id)
const change = (actor: Actor, payload: object) => world.send(actor, { method: 'PATCH', url: '/api/v1/devices/press-1', payload })

it('a customer administrator sees the machines of his own organisation and no other', async () => {
  expect(await devicesOf('administrator')).toEqual(['press-1', 'press-2'])
  expect(await devicesOf('customer administrator')).toEqual(['press-1'])
  expect(await devicesOf('customer administrator elsewhere')).toEqual(['press-2'])
})

it.each([{ switches: { hmi: false } }, { remote_allowed: false }, { attended_only: { hmi: true } }, { recording: { hmi: 'off' } }])(
  'he decides %j',
  async (wanted) => {
    const url = '/api/v1/devices/press-1'
    const { version } = (await world.send('customer administrator', { method: 'GET', url })).json<{ version: number }>()
    expect((await change('customer administrator', { version, ...wanted })).statusCode).toBe(200)
  },
)

it('nobody of a customer gets a role that reaches beyond it, neither at the beginning nor later', async () => {
  const { id, version, organisationId } = world.people['customer administrator elsewhere']
  const changed = await world.send('administrator', {
    method: 'PATCH',
    url: `/api/v1/people/${id}`,
    payload: { version, roles: ['auditor'] },
  })
  expect(changed.json()).toMatchObject({ status: 400, code: 'not_for_customers' })
  const made = { username: 'cara', name: 'Cara Winter', organisation: organisationId, roles: ['service_administrator'] }
  const refused = await world.send('administrator', { method: 'POST', url: '/api/v1/people', payload: made })
  expect(refused.json()).toMatchObject({ status: 400, code: 'not_for_customers' })
  const nowhere = { ...made, organisation: `org_${'0'.repeat(32)}` }
  const unknown = await world.send('administrator', { method: 'POST', url: '/api/v1/people', payload: nowhere })
  expect(unknown.json()).toMatchObject({ code: 'organisation_unknown' })
})

it.each([{ contract: 'active' }, { region: 'south' }, { name: 'Mine' }, { switches: { hmi: true }, product_line: 'other' }])(
  'and not %j, which is the service organisation’s',
  async (wanted) => {
    const refused = await change('customer administrator', { version: 1, ...wanted })
    expect(refused.json()).toMatchObject({ status: 403, code: 'forbidden' })
  },
)
