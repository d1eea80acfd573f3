import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Machine, MachinePage } from '../../gateway/http-api/contract/machines.ts'
import type { Session } from '../../gateway/http-api/contract/sessions.ts'
import { PanelClient } from '../support/panel-client.ts'
import { PortalClient } from '../support/portal-client.ts'
import { runDemo, type RunningDemoProcess } from '../support/running-demo.ts'
import { ServiceAdministrator, type FactsChange } from '../support/service-administrator.ts'
import { approvedSession, askFor, livePress, openService, untilOnline } from '../support/technician-at-work.ts'

let demo: RunningDemoProcess
let mia: PortalClient
let administrator: ServiceAdministrator
/** What a test changed for others is changed back, whether it passed or not. */
const undoing: (() => Promise<unknown>)[] = []

async function change(username: string, facts: FactsChange): Promise<void> {
  const before = await administrator.change(username, facts)
  undoing.push(() => administrator.restore(before))
}

async function switchOff(panel: PanelClient, machine: string): Promise<void> {
  undoing.push(async () => {
    await panel.setSwitch('hmi', true, 'Olga Neumann')
    await expect.poll(async () => (await administrator.device(machine)).services[0]?.enabled_at_machine, { timeout: 10_000 }).toBe(true)
  })
  await panel.setSwitch('hmi', false, 'Olga Neumann')
}

async function signIn(username: string): Promise<PortalClient> {
  const client = new PortalClient(demo.description.portal)
  await client.signIn(demo.account(username))
  return client
}

async function signInAndUndertake(username: string): Promise<PortalClient> {
  const client = await signIn(username)
  await client.signUndertaking((await client.api('GET', '/api/v1/me')).body as never)
  return client
}

const machinesOf = async (client: PortalClient, query = ''): Promise<string[]> =>
  (await client.api<MachinePage>('GET', `/api/v1/machines${query}`)).body.items.map(({ id }) => id)

/** Everything by which one could learn of a machine; what does not exist for one answers the same everywhere, whatever its name is. */
async function expectInvisible(client: PortalClient, id: string, words: readonly string[]): Promise<void> {
  expect(await machinesOf(client)).not.toContain(id)
  for (const word of [id, ...words]) expect(await machinesOf(client, `?search=${encodeURIComponent(word)}`)).toEqual([])
  const answers = await Promise.all([client.api('GET', `/api/v1/machines/${id}`), askFor(client, { machine: id })])
  const invented = await Promise.all([
    client.api('GET', '/api/v1/machines/no-such-machine'),
    askFor(client, { machine: 'no-such-machine' }),
  ])
  for (const [index, answer] of answers.entries()) {
    expect(answer).toMatchObject({ status: 404, body: { code: 'machine_unknown' } })
    expect({ ...answer.body, id: '' }).toEqual({ ...invented[index]?.body, id: '' })
    for (const word of words) expect(JSON.stringify(answer.body)).not.toContain(word)
  }
}

beforeAll(async () => {
  demo = await runDemo()
  mia = await signInAndUndertake('mia')
  administrator = new ServiceAdministrator(await signIn('ada'))
})
afterAll(() => demo[Symbol.asyncDispose]())
afterEach(async () => {
  await administrator.endAllSessions()
  for (const undo of undoing.splice(0).toReversed()) await undo()
})

describe('a machine does not exist for a technician', () => {
  it('outside the own region', async () => {
    expect(await machinesOf(mia)).toEqual(['plates-3', 'press-7'])
    await expectInvisible(mia, 'flow-1', ['Workflow', 'Kyoto', 'asia'])
  })

  it('without a training for its product line', async () => {
    const noah = await signInAndUndertake('noah')
    expect(await machinesOf(noah)).toEqual([])
    await expectInvisible(noah, 'press-7', ['Press 7', 'Heidelberg'])
  })

  it('when the training ran out yesterday', async () => {
    await expectInvisible(await signInAndUndertake('lena'), 'press-7', ['Press 7', 'Heidelberg'])
  })

  it('once an administrator took the permission away, and does again when it is given back', async () => {
    await change('mia', { permissions: ['service_http'] })
    await expectInvisible(mia, 'press-7', ['Press 7', 'Heidelberg'])
    await undoing.pop()?.()
    expect(await machinesOf(mia)).toContain('press-7')
  })
})

describe('a request is denied with every reason and what would remove it', () => {
  it('while the undertaking is not signed, and is sent once it is', async () => {
    const kenji = await signIn('kenji')
    const denied = { denials: [expect.objectContaining({ code: 'undertaking_missing' })], missing: ['undertaking'] }
    const asked = await askFor(kenji, { machine: 'flow-1', services: ['web'] })
    expect(asked).toMatchObject({ status: 403, body: { code: 'denied_by_policy', ...denied } })
    const shown = await kenji.api<Machine>('GET', '/api/v1/machines/flow-1')
    expect(shown.body.services[0]).toMatchObject({ name: 'web', can_request: false, ...denied })
    await kenji.signUndertaking((await kenji.api('GET', '/api/v1/me')).body as never)
    const again = await askFor(kenji, { machine: 'flow-1', services: ['web'] })
    expect(again).toMatchObject({ status: 201, body: { state: 'awaiting_approval' } })
  })

  it('without the permission for the kind of service, together with whatever else is missing', async () => {
    await change('mia', { permissions: ['remote_access'] })
    const asked = await askFor(mia, { duration_s: 24 * 3600 })
    expect(asked).toMatchObject({ status: 403, body: { code: 'denied_by_policy' } })
    const { denials } = asked.body as unknown as { denials: { code: string }[] }
    expect(denials.map(({ code }) => code).toSorted()).toEqual(['duration_too_long', 'no_permission'])
  })

  it('while the service is switched off at the machine', async () => {
    const panel = await PanelClient.pair(demo.machine('plates-3').panel)
    await switchOff(panel, 'plates-3')
    await expect
      .poll(async () => (await mia.api<Machine>('GET', '/api/v1/machines/plates-3')).body.services[0]?.enabled, { timeout: 10_000 })
      .toBe(false)
    const asked = await askFor(mia, { machine: 'plates-3' })
    expect(asked).toMatchObject({ status: 403, body: { denials: [expect.objectContaining({ code: 'switch_off' })] } })
  })
})

describe('the operator has the word', () => {
  let panel: PanelClient
  beforeAll(async () => {
    panel = await PanelClient.pair(demo.machine('press-7').panel)
  })

  it('and nothing opens before the press', async () => {
    const { body } = await askFor(mia)
    const opened = await mia.api('POST', `/api/v1/sessions/${body.id}/open`, { service: 'hmi' })
    expect(opened).toMatchObject({ status: 403, body: { code: 'not_open' } })
  })

  it('and who refuses is named', async () => {
    const { body } = await askFor(mia)
    await panel.waitFor((state) => state.request?.session === body.id)
    expect((await panel.refuse(body.id, { operator: 'Peter Weiss', how: 'refused' })).status).toBe(200)
    const refused = await mia.waitForSession(body.id, ({ state }) => state === 'ended')
    expect(refused).toMatchObject({ state: 'ended', end_reason: 'refused', ended_by: 'Peter Weiss' })
    const opened = await mia.api('POST', `/api/v1/sessions/${body.id}/open`, { service: 'hmi' })
    expect(opened.status).toBeGreaterThanOrEqual(400)
  })

  it('and "not now" keeps the same technician away until the operator lifts it', async () => {
    const { body } = await askFor(mia)
    await panel.waitFor((state) => state.request?.session === body.id)
    await panel.refuse(body.id, { operator: 'Peter Weiss', how: 'not_now' })
    expect(await mia.waitForSession(body.id, ({ state }) => state === 'ended')).toMatchObject({ end_reason: 'refused' })
    expect(await askFor(mia)).toMatchObject({ status: 409, body: { code: 'not_now' } })
    await panel.unquiet(body.technician.id)
    expect(await askFor(mia)).toMatchObject({ status: 201 })
  })

  it('and a second technician who asks meanwhile is told that the machine is busy, not with whom', async () => {
    await change('kenji', { regions: ['asia', 'europe'] })
    const kenji = await signInAndUndertake('kenji')
    const { id } = await approvedSession({ technician: mia, panel, operator: 'Olga Neumann' })
    const asked = await askFor(kenji)
    expect(asked).toMatchObject({ status: 409, body: { code: 'machine_busy' } })
    expect(JSON.stringify(asked.body)).not.toContain('Mia')
    const shown = await kenji.api<Machine>('GET', '/api/v1/machines/press-7')
    expect(shown.body.session).toEqual({ id: '', state: 'approved', mine: false })
    expect(await kenji.api('GET', `/api/v1/sessions/${id}`)).toMatchObject({ status: 404, body: { code: 'session_unknown' } })
    expect(await kenji.api('POST', `/api/v1/sessions/${id}/end`)).toMatchObject({ status: 404 })
  })
})

describe('an open session ends at once, and both sides read why', () => {
  let panel: PanelClient

  /** Live values run; then something happens. What the technician and the operator read after it. */
  async function interrupted(happens: () => Promise<unknown>): Promise<{ ended: Session; atPanel: string | null; page: string }> {
    const { session, work, socket } = await livePress({ technician: mia, panel, operator: 'Olga Neumann' })
    const before = performance.now()
    await happens()
    const closedAfterMs = (await socket.closed) - before
    expect(closedAfterMs).toBeLessThan(1000)
    const watcher = await signIn('sam')
    const ended = await watcher.waitForSession(session.id, ({ state }) => state === 'ended')
    const { history } = await panel.waitFor(
      (state) => state.session === null && state.history[0]?.session === session.id && state.history[0].ended_at !== null,
    )
    const over = await work.get('/')
    expect(over.status).toBe(410)
    return { ended, atPanel: history[0]?.reason ?? null, page: await over.text() }
  }
  beforeAll(async () => {
    panel = await PanelClient.pair(demo.machine('press-7').panel)
  })

  it('when an administrator takes the training away', async () => {
    const seen = await interrupted(() => change('mia', { trainings: [] }))
    expect(seen.ended).toMatchObject({ end_reason: 'policy', end_denials: [{ code: 'no_training' }] })
    expect(seen.atPanel).toBe('policy')
    expect(seen.ended.end_denials[0]?.message).toBe('There is no training for this product line.')
    expect(seen.page).toContain('A condition for your access no longer holds.')
  })

  it('when the operator switches the service off at the panel', async () => {
    const seen = await interrupted(() => switchOff(panel, 'press-7'))
    expect(seen).toMatchObject({ ended: { end_reason: 'switch_off', ended_by: 'Olga Neumann' }, atPanel: 'switch_off' })
    expect(seen.page).toContain('switched off at the machine')
  })

  it('when the operator switches remote service off as a whole, which the portal then says', async () => {
    const seen = await interrupted(() => panel.setRemote(false, 'Olga Neumann'))
    expect(seen).toMatchObject({ ended: { end_reason: 'switch_off', ended_by: 'Olga Neumann' }, atPanel: 'switch_off' })
    const shown = async () => (await mia.api<Machine>('GET', '/api/v1/machines/press-7')).body
    await expect.poll(shown).toMatchObject({ online: false, remote_off_at: expect.any(Number) })
    expect(await askFor(mia)).toMatchObject({ status: 503, body: { code: 'machine_offline' } })
    expect((await panel.setRemote(true, 'Olga Neumann')).status).toBe(200)
    await untilOnline(mia)
    expect((await shown()).remote_off_at).toBeNull()
  })

  it('when the switch at the gateway is turned off', async () => {
    undoing.push(() => administrator.setSwitch('press-7', 'hmi', true))
    const seen = await interrupted(() => administrator.setSwitch('press-7', 'hmi', false))
    expect(seen).toMatchObject({ ended: { end_reason: 'switch_off' }, atPanel: 'switch_off' })
    // The operator sees it beside her own switch, which stays as it is.
    const { services } = await panel.waitFor((state) => state.services.some(({ portal }) => portal === false))
    expect(services.find(({ name }) => name === 'hmi')).toMatchObject({ enabled: true, portal: false })
  })

  it('when remote service as a whole is turned off at the gateway, which keeps the machine connected so that it can be taken back', async () => {
    const seen = await interrupted(() => administrator.allowRemote('press-7', false))
    expect(seen).toMatchObject({ ended: { end_reason: 'switch_off' }, atPanel: 'switch_off' })
    const off = await panel.waitFor((state) => state.remote.portal === false)
    expect(off).toMatchObject({ remote: { on: true }, connection: { state: 'connected' } })
    expect((await askFor(mia)).status).toBe(403)
    expect(await administrator.device('press-7')).toMatchObject({ online: true, remote_allowed: false, remote_off_at: null })
    await administrator.allowRemote('press-7', true)
    await panel.waitFor((state) => state.remote.portal === true)
    const asked = await askFor(mia)
    expect(asked.status).toBe(201)
    await mia.api('POST', `/api/v1/sessions/${asked.body.id}/end`)
  })

  it('only after a press where the customer wants one in the portal: the machine knows, and the portal shows what was chosen there', async () => {
    const limited = (state: { readonly services: readonly { readonly name: string; readonly portal_attended: boolean }[] }): boolean =>
      state.services.some(({ name, portal_attended }) => name === 'hmi' && portal_attended)
    await administrator.wantPress('press-7', 'hmi', true)
    await panel.waitFor(limited)
    const { services } = await administrator.device('press-7')
    expect(services.find(({ name }) => name === 'hmi')).toMatchObject({ mode: 'attended', attended_only: true })
    await administrator.wantPress('press-7', 'hmi', false)
    await panel.waitFor((state) => !limited(state))
  })

  it('when the technician ends it', async () => {
    const seen = await interrupted(async () => {
      const { items } = (await mia.api<{ items: Session[] }>('GET', '/api/v1/sessions?live=true')).body
      await mia.api('POST', `/api/v1/sessions/${items[0]?.id}/end`)
    })
    expect(seen).toMatchObject({ ended: { end_reason: 'ended_by_technician', ended_by: 'Mia Brandt' }, atPanel: 'ended_by_technician' })
  })

  it('when the technician signs out in the last place where he is signed in', async () => {
    const elsewhere = await signIn('mia')
    const seen = await interrupted(async () => {
      await elsewhere.api('POST', '/api/v1/sign-out')
      expect((await mia.api<{ items: Session[] }>('GET', '/api/v1/sessions?live=true')).body.items).toHaveLength(1)
      await mia.api('POST', '/api/v1/sign-out')
    })
    expect(seen).toMatchObject({ ended: { end_reason: 'ended_by_technician', ended_by: 'Mia Brandt' }, atPanel: 'ended_by_technician' })
    mia = await signIn('mia')
  })

  it('when the account is disabled, which also signs the person out everywhere', async () => {
    const seen = await interrupted(() => administrator.change('mia', { status: 'disabled' }))
    expect(seen).toMatchObject({ ended: { end_reason: 'policy', end_denials: [{ code: 'account_disabled' }] }, atPanel: 'policy' })
    expect(await mia.api('GET', '/api/v1/me')).toMatchObject({ status: 401, body: { code: 'not_signed_in' } })
    await expect(signIn('mia')).rejects.toThrow(/failed/)
    await administrator.change('mia', { status: 'active' })
    mia = await signIn('mia')
  })

  it('when the machine is suspended, and its panel says so', async () => {
    const plates = await PanelClient.pair(demo.machine('plates-3').panel)
    const session = await approvedSession({ technician: mia, panel: plates, operator: 'Olga Neumann', asking: { machine: 'plates-3' } })
    const work = await openService(mia, session.id)
    expect(work.status).toBe(200)
    await administrator.act('plates-3', 'suspend', 'Inspection')
    expect(await mia.waitForSession(session.id, ({ state }) => state === 'ended')).toMatchObject({ end_reason: 'suspended' })
    const state = await plates.waitFor(({ connection, session: live }) => connection.state === 'refused' && live === null)
    expect(state.connection).toMatchObject({ state: 'refused', reason: 'suspended' })
    expect(state.history[0]).toMatchObject({ session: session.id, reason: 'suspended' })
    expect((await work.get('/')).status).toBe(410)
  })

  it('when the machine is revoked, and its panel says so', async () => {
    const seen = await interrupted(() => administrator.act('press-7', 'revoke', 'Stolen'))
    expect(seen).toMatchObject({ ended: { end_reason: 'revoked' }, atPanel: 'revoked' })
    const { connection } = await panel.waitFor((state) => state.connection.state === 'refused')
    expect(connection).toMatchObject({ state: 'refused', reason: 'revoked' })
    expect(await askFor(mia)).toMatchObject({ status: 403, body: { denials: [expect.objectContaining({ code: 'device_revoked' })] } })
  })
})
