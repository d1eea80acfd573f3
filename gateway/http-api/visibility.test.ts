import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deviceId, exampleDecision, exampleDevice, sessionId } from '../storage/testing/example-records.ts'
import { apiWorld, type ApiWorld } from './testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await apiWorld()
  // Of the technician's region, but of a product line that he is not trained for.
  await world.storage.devices.insert(exampleDevice('press-untrained', { productLine: 'folder', name: 'Folder of the north' }), [])
  await world.storage.decisionLog.append(exampleDecision('other'))
})
afterAll(() => world[Symbol.asyncDispose]())

const machinesElsewhere = ['press-2', 'press-untrained']
const machineNowhere = 'no-such-machine'
const sessionOfAnother = sessionId('two')
const sessionOfNobody = `ses_${'0'.repeat(32)}`

const bodies: Readonly<Record<string, (id: string) => object>> = {
  'POST /api/v1/sessions': (machine) => ({ machine, services: ['hmi'], purpose: 'The feeder stops', duration_s: 600 }),
  'POST /api/v1/sessions/:id/extend': () => ({ duration_s: 600 }),
  'POST /api/v1/sessions/:id/messages': () => ({ text: 'On my way' }),
  'POST /api/v1/sessions/:id/open': () => ({ service: 'hmi' }),
}

/** The answer without what is new in each: the id for support. */
async function answerTo(route: string, id: string): Promise<object> {
  const [method = '', path = ''] = route.split(' ')
  const body = bodies[route]?.(id)
  const request = { method, url: path.replace(':id', id), ...(body === undefined ? {} : { payload: body }) } as InjectOptions
  const answer = await world.send('technician', request)
  const { date: _date, ...headers } = answer.headers
  return { status: answer.statusCode, headers, body: answer.body.replace(/"id":"[0-9a-f]{16}"/, '') }
}

/** Every route that names a machine or a session and that a technician may call. */
const routesOf = (what: 'machines' | 'sessions'): string[] =>
  world.api.routes.map(({ method, url }) => `${String(method)} ${url}`).filter((route) => route.includes(`/api/v1/${what}/:id`))

describe('a machine that policy does not let a technician see', () => {
  it.each(machinesElsewhere)('is as one that does not exist, byte for byte: %s', async (id) => {
    const routes = [...routesOf('machines'), 'POST /api/v1/sessions']
    expect(routes.length).toBeGreaterThan(1)
    for (const route of routes) {
      const hidden = await answerTo(route, id)
      expect(hidden, route).toEqual(await answerTo(route, machineNowhere))
      expect(hidden, route).toMatchObject({ status: 404 })
    }
  })

  it('is in no list, whatever is searched for', async () => {
    const list = async (query: string): Promise<unknown> =>
      (await world.send('technician', { method: 'GET', url: `/api/v1/machines?${query}` })).json()
    for (const query of [
      '',
      'search=press-2',
      'search=Folder',
      'region=south',
      'product_line=folder',
      'online=false',
      'search=%25',
      'search=_',
    ]) {
      expect(JSON.stringify(await list(query)), query).not.toMatch(/press-2|untrained|Folder|south/)
    }
    expect(await list('search=Press+press-1')).toMatchObject({ items: [{ id: 'press-1' }], next: null })
    expect(await list('search=press-2')).toEqual(await list('search=nothing-like-it'))
  })

  it('is in no list of sessions, and asking for those of it tells nothing', async () => {
    const list = async (query: string): Promise<unknown> =>
      (await world.send('technician', { method: 'GET', url: `/api/v1/sessions?${query}` })).json()
    expect(await list('machine=press-2')).toEqual(await list(`machine=${machineNowhere}`))
    const someone = world.people['technician elsewhere'].id
    for (const query of ['', 'mine=false', `person=${someone}`, `mine=false&person=${someone}`]) {
      expect(await list(query)).toMatchObject({ items: [{ id: sessionId('one') }], next: null })
    }
  })

  it('becomes one that exists with the facts, and only then', async () => {
    const other = { method: 'GET', url: '/api/v1/machines/press-2' } as const
    expect((await world.send('technician elsewhere', other)).statusCode).toBe(200)
    expect((await world.send('technician', other)).statusCode).toBe(404)
  })
})

describe('a session of somebody else', () => {
  it('is as one that does not exist, byte for byte', async () => {
    const routes = routesOf('sessions')
    expect(routes).toHaveLength(6)
    for (const route of routes) {
      const hidden = await answerTo(route, sessionOfAnother)
      expect(hidden, route).toEqual(await answerTo(route, sessionOfNobody))
      expect(hidden, route).toMatchObject({ status: 404 })
    }
  })

  it('can be read and not used by those who see all', async () => {
    for (const actor of ['auditor', 'security team', 'administrator'] as const) {
      const url = `/api/v1/sessions/${sessionOfAnother}`
      expect((await world.send(actor, { method: 'GET', url })).json()).toMatchObject({ id: sessionOfAnother, mine: false })
      const opened = await world.send(actor, { method: 'POST', url: `${url}/open`, payload: { service: 'hmi' } })
      expect(opened.json()).toMatchObject({ status: 403, code: 'not_yours' })
    }
  })
})

describe('what is not for technicians', () => {
  it('refuses an id that exists as one that does not', async () => {
    const pairs = [
      [`/api/v1/decisions/${exampleDecision('other').id}`, `/api/v1/decisions/dec_${'0'.repeat(32)}`],
      [`/api/v1/people/${world.people.auditor.id}`, `/api/v1/people/per_${'0'.repeat(32)}`],
      [`/api/v1/people/${world.people.auditor.id}/photo`, `/api/v1/people/per_${'0'.repeat(32)}/photo`],
      [`/api/v1/devices/${deviceId('press-2')}`, `/api/v1/devices/${machineNowhere}`],
    ]
    for (const [there, nowhere] of pairs) {
      const hidden = await answerTo(`GET ${there}`, '')
      expect(hidden).toEqual(await answerTo(`GET ${nowhere}`, ''))
    }
  })
})
