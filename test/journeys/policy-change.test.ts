import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachinePage } from '../../gateway/http-api/contract/machines.ts'
import type { Impact } from '../../gateway/http-api/contract/policy-simulations.ts'
import type { PanelClient } from '../support/panel-client.ts'
import { policyPeople, SecurityTeam, withShutdown, withWeakRegion } from '../support/policy-at-work.ts'
import type { PortalClient } from '../support/portal-client.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'
import { approvedSession, askFor, openService, untilOnline } from '../support/technician-at-work.ts'

const operator = 'Olga Neumann'

/** Two of the security team, two technicians and an operator, by API: everything between them is real. */
describe('a change of the policy, by API', () => {
  let installation: RunningInstallation
  let sam: SecurityTeam
  let lena: SecurityTeam
  let mia: PortalClient
  let noah: PortalClient
  let panel: PanelClient
  let shipped: string

  beforeAll(async () => {
    installation = await runInstallation({ gateway: { policy: { fourEyes: true } } })
    await policyPeople(installation)
    sam = new SecurityTeam(await installation.signIn('sam'))
    lena = new SecurityTeam(await installation.signIn('lena'))
    mia = await installation.signIn('mia')
    noah = await installation.signIn('noah')
    panel = await installation.panel()
    shipped = await sam.active()
    await untilOnline(mia)
  }, 60_000)
  afterAll(() => installation[Symbol.asyncDispose]())

  const seenBy = async (technician: PortalClient): Promise<string[]> =>
    (await technician.api<MachinePage>('GET', '/api/v1/machines')).body.items.map(({ id }) => id)

  it('needs another person than the author, and opens what it opens when it is activated and not before', async () => {
    const made = await sam.submit(withWeakRegion(await sam.sourcesOf(shipped)), 'Asia helps out everywhere')
    expect(made).toMatchObject({ status: 201, body: { state: 'submitted', parent: null, tests: { failed: 0 } } })
    const { revision } = made.body
    expect(await sam.approve(revision)).toMatchObject({ status: 403, body: { code: 'author_cannot_review' } })
    expect(await sam.activate(revision)).toMatchObject({ status: 403, body: { code: 'second_person_needed' } })
    expect(await lena.activate(revision)).toMatchObject({ status: 403, body: { code: 'second_person_needed' } })
    expect((await lena.approve(revision)).status).toBe(201)
    expect(await seenBy(noah)).toEqual(['flow-1'])
    expect(await lena.activate(revision)).toMatchObject({ status: 200, body: { sequence: 2, ended_sessions: 0 } })
    expect(await seenBy(noah)).toEqual(['plates-3', 'press-7', 'flow-1'])
  })

  it('ends the session that it forbids within a second, for both, and can be taken back by one person', async () => {
    const session = await approvedSession({ technician: mia, panel, operator })
    const work = await openService(mia, session.id)
    const before = await sam.active()
    const made = await sam.submit(withShutdown(await sam.sourcesOf(before), Math.floor(Date.now() / 1000)), 'Audit of the presses')
    const { revision } = made.body
    expect((await lena.approve(revision)).status).toBe(201)
    const impact = await lena.client.api<Impact>('POST', '/api/v1/policy/impact', { target: { revision } })
    expect(impact.body.sessions).toMatchObject([{ id: session.id, person: { name: 'Mia Brandt' }, codes: ['plant_shutdown'] }])
    const asked = await lena.activate(revision)
    expect(asked).toMatchObject({ status: 409, body: { code: 'denies_more' } })
    const done = await lena.activate(revision, asked.body.denied_percent)
    const answeredAtMs = performance.now()
    expect(done).toMatchObject({ status: 200, body: { ended_sessions: 1 } })
    const [ended, state] = await Promise.all([
      mia.waitForSession(session.id, ({ state: now }) => now === 'ended', 1_000),
      panel.waitFor(({ session: now }) => now === null, 1_000),
    ])
    expect(performance.now() - answeredAtMs).toBeLessThan(1_000)
    expect(ended).toMatchObject({ state: 'ended', end_reason: 'policy' })
    expect(state.session).toBeNull()
    expect((await work.get('/')).status).toBe(410)
    expect(await askFor(mia)).toMatchObject({ status: 403, body: { code: 'denied_by_policy' } })

    expect(await sam.rollBack()).toMatchObject({ status: 200, body: { revision: before, sequence: 4 } })
    expect((await askFor(mia)).status).toBe(201)
  })
})
