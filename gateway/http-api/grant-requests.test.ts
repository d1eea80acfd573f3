import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { GrantRequestId, ServiceName } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { Person } from '../people/person.ts'
import { deviceId } from '../storage/testing/example-records.ts'
import type { GrantRequestAnswer, GrantRequestPage } from './contract/grant-requests.ts'
import { apiWorld, type Actor, type ApiWorld } from './testing/api-world.ts'

let world: ApiWorld
beforeEach(async () => {
  world = await apiWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

const url = '/api/v1/grant-requests'
const noPermission = { machine: 'press-1', service: 'hmi', code: 'no_permission' }

const ask = (actor: Actor, about: object | null, note = 'The feeder stops') =>
  world.send(actor, { method: 'POST', url, payload: { about, note } })
const listOf = async (actor: Actor, query = ''): Promise<GrantRequestPage> =>
  (await world.send(actor, { method: 'GET', url: `${url}${query}` })).json()
const answer = (actor: Actor, id: string, verdict: string, text = '') =>
  world.send(actor, { method: 'POST', url: `${url}/${id}/answer`, payload: { verdict, text } })
/** Facts as an administrator changes them, and everybody is told. */
async function setFacts(actor: keyof ApiWorld['people'], change: Partial<Person>): Promise<void> {
  const person = (await world.storage.people.find(wholeInstallation, world.people[actor].id)) as Person
  await world.storage.people.update(wholeInstallation, { ...person, ...change, version: person.version + 1 }, [])
  world.peopleChanges.tell(person.id, 'facts')
}
/** May see the machine, and not the pages of it. */
const withoutPages = () => setFacts('technician', { permissions: ['remote_access'] })
const asked = async (): Promise<GrantRequestAnswer> => (await ask('technician', noPermission)).json()

describe('asking for it', () => {
  it('puts what stands against somebody on the list of those who can grant it', async () => {
    await withoutPages()
    const answered = await ask('technician', noPermission)
    expect(answered.statusCode).toBe(201)
    expect(answered.json()).toMatchObject({
      machine: { id: 'press-1', name: 'Press press-1' },
      code: 'no_permission',
      answered_by_role: 'service_administrator',
      state: 'open',
      mine: true,
      can_answer: false,
    })
    const { items, open } = await listOf('administrator', '?open=true')
    expect(items).toEqual([expect.objectContaining({ note: 'The feeder stops', mine: false, can_answer: true })])
    expect(open).toBe(1)
    expect((await listOf('auditor')).items).toEqual([expect.objectContaining({ can_answer: false })])
    for (const other of ['security team', 'technician elsewhere'] as const) expect((await listOf(other)).items).toEqual([])
    expect((await listOf('technician', '?mine=true')).items).toHaveLength(1)
  })

  it('tells nobody anything about machines that he does not see, or that do not exist', async () => {
    await withoutPages()
    const refused = async (about: object) => {
      const { statusCode, body } = await ask('technician elsewhere', about)
      return [statusCode, (JSON.parse(body) as { code: string; title: string }).title]
    }
    expect(await refused(noPermission)).toEqual(await refused({ ...noPermission, machine: 'none-of-it' }))
    expect((await refused(noPermission))[0]).toBe(404)
  })

  it('is refused for what does not stand against it, and for what nobody else can grant', async () => {
    expect((await ask('technician', noPermission)).json()).toMatchObject({ status: 409, code: 'not_denied' })
    expect((await ask('technician', { ...noPermission, service: 'other' })).json()).toMatchObject({ status: 404, code: 'service_unknown' })
    await setFacts('technician', { undertaking: null })
    const own = await ask('technician', { ...noPermission, code: 'undertaking_missing' })
    expect(own.json()).toMatchObject({ status: 409, code: 'nobody_to_ask' })
    expect((await ask('technician', null, '')).json()).toMatchObject({ status: 400, problems: [{ path: 'body.note' }] })
  })

  it('is open once for the same reason, and asked by one person fifty times a day', async () => {
    await withoutPages()
    await asked()
    expect((await ask('technician', noPermission)).json()).toMatchObject({ status: 409, code: 'grant_request_exists' })
    for (let n = 1; n < 50; n += 1) {
      const { id } = (await ask('technician without facts', null, `Wish ${n}`)).json<GrantRequestAnswer>()
      expect((await world.send('technician without facts', { method: 'POST', url: `${url}/${id}/withdraw` })).statusCode).toBe(200)
    }
    expect((await ask('technician without facts', null)).statusCode).toBe(201)
    expect((await ask('technician without facts', null)).statusCode).toBe(429)
  })
})

it('is refused to somebody who has twenty of them open', async () => {
  await withoutPages()
  // Those below name no reason of the policy: looking at his changed facts would end them.
  await world.grants.settled()
  const { id: personId, organisationId } = world.people.technician
  for (let n = 0; n < 20; n += 1) {
    const about = { deviceId: deviceId('press-1'), service: 'hmi' as ServiceName, code: `reason_${n}` }
    const id = `gnt_${String(n).padStart(32, '0')}` as GrantRequestId
    const request = {
      id,
      organisationId,
      personId,
      about,
      note: '',
      answeredByRole: 'security_team',
      answeredByOrganisation: null,
      state: 'open',
      askedAt: 0,
      answer: null,
    } as const
    await world.storage.grantRequests.insert(request, [])
  }
  expect((await ask('technician', noPermission)).json()).toMatchObject({ status: 429, code: 'too_many_grant_requests' })
  await world.send('technician', { method: 'POST', url: `${url}/gnt_${'0'.repeat(32)}/withdraw` })
  expect((await ask('technician', noPermission)).statusCode).toBe(201)
})

describe('an open request', () => {
  it('ends as granted once its reason is gone, and not before', async () => {
    await withoutPages()
    const { id } = await asked()
    expect((await answer('administrator', id, 'granted')).json()).toMatchObject({ status: 409, code: 'grant_it_first' })
    await setFacts('technician', { regions: ['north', 'south'] })
    expect((await listOf('technician', '?mine=true')).items).toEqual([expect.objectContaining({ state: 'open' })])
    await setFacts('technician', { permissions: ['remote_access', 'service_http'] })
    await expect
      .poll(async () => (await listOf('technician', '?mine=true')).items)
      .toEqual([expect.objectContaining({ state: 'granted', answered_by: null })])
    expect((await listOf('administrator', '?open=true')).open).toBe(0)
  })

  it('ends as granted when the customer switches the service on', async () => {
    const press = await world.storage.devices.find(wholeInstallation, deviceId('press-1'))
    if (press === undefined) throw new Error('no machine')
    const switchTo = async (on: boolean, version: number) => {
      await world.storage.devices.update(wholeInstallation, { ...press, switches: { hmi: on }, version: press.version + version }, [])
      world.deviceChanges.tell(press.id)
    }
    await switchTo(false, 1)
    expect((await ask('technician', { ...noPermission, code: 'switch_off' })).statusCode).toBe(201)
    await switchTo(true, 2)
    await expect.poll(async () => (await listOf('technician', '?mine=true')).items[0]?.state).toBe('granted')
  })

  it('about what the customer decides is on the list of his administrator alone, who switches the service on', async () => {
    const press = '/api/v1/devices/press-1'
    const switchTo = async (on: boolean): Promise<number> => {
      const { version } = (await world.send('customer administrator', { method: 'GET', url: press })).json<{ version: number }>()
      const payload = { version, switches: { hmi: on } }
      return (await world.send('customer administrator', { method: 'PATCH', url: press, payload })).statusCode
    }
    expect(await switchTo(false)).toBe(200)
    const about = { machine: 'press-1', service: 'hmi', code: 'switch_off' }
    const { id, answered_by_role: role } = (await ask('technician', about)).json<GrantRequestAnswer>()
    expect(role).toBe('customer_administrator')
    for (const other of ['administrator', 'security team', 'customer administrator elsewhere'] as const) {
      expect((await listOf(other)).items).toEqual([])
      expect((await answer(other, id, 'declined')).statusCode).toBe(404)
    }
    const [shown] = (await listOf('customer administrator', '?open=true')).items
    expect(shown).toMatchObject({ machine: { name: 'Press press-1', site: 'Hamburg' }, can_answer: true, note: 'The feeder stops' })
    expect(await switchTo(true)).toBe(200)
    await world.grants.settled()
    expect((await listOf('technician', '?mine=true')).items[0]).toMatchObject({ state: 'granted' })
  })

  it('goes to the service administration where the customer has nobody here', async () => {
    await setFacts('customer administrator', { status: 'disabled' })
    const press = await world.storage.devices.find(wholeInstallation, deviceId('press-1'))
    if (press === undefined) throw new Error('no machine')
    await world.storage.devices.update(wholeInstallation, { ...press, switches: { hmi: false }, version: press.version + 1 }, [])
    const asked = await ask('technician', { ...noPermission, code: 'switch_off' })
    expect(asked.json()).toMatchObject({ answered_by_role: 'service_administrator' })
  })

  it('is declined with a sentence by those whose list it is on, once', async () => {
    await withoutPages()
    const { id } = await asked()
    expect((await answer('security team', id, 'declined')).statusCode).toBe(404)
    const declined = await answer('administrator', id, 'declined', 'Ask Lena, she is trained for it.')
    expect(declined.json()).toMatchObject({ state: 'declined', answered_by: 'administrator', answer: 'Ask Lena, she is trained for it.' })
    expect((await answer('other administrator', id, 'declined')).json()).toMatchObject({ status: 409, code: 'grant_request_over' })
    expect((await listOf('technician', '?mine=true')).items[0]).toMatchObject({ answer: 'Ask Lena, she is trained for it.' })
  })

  it('is withdrawn by whoever asked, and by nobody else', async () => {
    await withoutPages()
    const { id } = await asked()
    const withdraw = (actor: Actor) => world.send(actor, { method: 'POST', url: `${url}/${id}/withdraw` })
    expect((await withdraw('administrator')).statusCode).toBe(404)
    expect((await withdraw('technician')).json()).toMatchObject({ state: 'withdrawn' })
    expect((await withdraw('technician')).json()).toMatchObject({ code: 'grant_request_over' })
  })

  it('about rights in general is answered by a word, and never by whoever asked it', async () => {
    await setFacts('administrator', { roles: ['service_administrator', 'technician'] })
    const { id } = (await ask('administrator', null, 'I start in Spain on Monday')).json<GrantRequestAnswer>()
    expect((await answer('administrator', id, 'granted')).statusCode).toBe(404)
    expect((await answer('other administrator', id, 'granted', 'Done')).json()).toMatchObject({ state: 'granted', answer: 'Done' })
  })

  it('has no name of the machine for somebody who may not see it any more', async () => {
    await withoutPages()
    await asked()
    await setFacts('technician', { regions: [] })
    expect((await listOf('technician', '?mine=true')).items[0]?.machine).toEqual({ id: 'press-1', name: 'press-1', site: '' })
    expect((await listOf('administrator')).items[0]?.machine).toMatchObject({ name: 'Press press-1' })
  })

  it('is recorded when it is asked and when it is answered', async () => {
    await withoutPages()
    const { id } = await asked()
    await answer('administrator', id, 'declined', 'No')
    const { items } = await world.storage.events.list(wholeInstallation, {}, { limit: 50, after: null })
    const recorded = items.filter(({ type }) => type.startsWith('grant.')).toReversed()
    expect(recorded.map(({ type, detail }) => [type, detail['state'], detail['code'], detail['text']])).toEqual([
      ['grant.requested', 'open', 'no_permission', 'The feeder stops'],
      ['grant.answered', 'declined', 'no_permission', 'No'],
    ])
  })
})
