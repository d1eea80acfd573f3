import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '../../gateway/http-api/contract/sessions.ts'
import type { PanelClient } from '../support/panel-client.ts'
import type { PortalClient } from '../support/portal-client.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'
import { ServiceAdministrator } from '../support/service-administrator.ts'
import { approvedSession, askFor, openService, untilOnline } from '../support/technician-at-work.ts'

const operator = 'Olga Neumann'
const bothServices = { services: ['hmi', 'log'] }
let installation: RunningInstallation
let mia: PortalClient
let panel: PanelClient
let administrator: ServiceAdministrator

beforeAll(async () => {
  installation = await runInstallation({ gateway: { requestTimeoutS: 10 } })
  mia = await installation.signIn('mia')
  administrator = new ServiceAdministrator(await installation.signIn('ada'))
  panel = await installation.panel()
  await untilOnline(mia)
})
afterAll(() => installation[Symbol.asyncDispose]())
afterEach(() => administrator.endAllSessions())

const extend = (id: string, duration_s: number) => mia.api<Session>('POST', `/api/v1/sessions/${id}/extend`, { duration_s })

describe('the operator’s terms', () => {
  it('may be fewer services, and the others stay closed', async () => {
    const asked = { technician: mia, panel, operator, asking: bothServices, allows: { services: ['log'] } }
    const session = await approvedSession(asked)
    expect(session.services.map(({ name, approved }) => [name, approved])).toEqual([
      ['hmi', false],
      ['log', true],
    ])
    const opened = await mia.api('POST', `/api/v1/sessions/${session.id}/open`, { service: 'hmi' })
    expect(opened).toMatchObject({ status: 403, body: { code: 'service_not_approved' } })
    expect((await openService(mia, session.id, 'log')).status).toBe(200)
  })

  it('may be a shorter time, and when it is over every stream is cut within a second', async () => {
    const session = await approvedSession({ technician: mia, panel, operator, allows: { duration_s: 3 } })
    expect((session.expires_at ?? 0) - (session.approved_at ?? 0)).toBe(3)
    const work = await openService(mia, session.id)
    const socket = await work.socket('/count')
    await socket.next()
    await socket.closed
    const lateS = Date.now() / 1000 - (session.expires_at ?? 0)
    expect(lateS).toBeGreaterThan(-0.1)
    expect(lateS).toBeLessThan(1)
    const ended = await mia.waitForSession(session.id, ({ state }) => state === 'ended')
    expect(ended).toMatchObject({ end_reason: 'time_limit' })
    const { history } = await panel.waitFor((state) => state.session === null)
    expect(history[0]).toMatchObject({ session: session.id, reason: 'time_limit' })
    expect((await work.get('/')).status).toBe(410)
    expect((await mia.api('POST', `/api/v1/sessions/${session.id}/open`, { service: 'hmi' })).status).toBeGreaterThanOrEqual(400)
  })

  it('hold for more time too: it takes a press of its own', async () => {
    const session = await approvedSession({ technician: mia, panel, operator, allows: { duration_s: 120 } })
    const socket = await (await openService(mia, session.id)).socket('/count')
    expect(await extend(session.id, 300)).toMatchObject({
      status: 202,
      body: { extension: { duration_s: 300 }, expires_at: session.expires_at },
    })
    expect((await extend(session.id, 300)).body).toMatchObject({ code: 'extension_pending' })
    const shown = await panel.waitFor((state) => state.request !== null)
    expect(shown.request).toMatchObject({ kind: 'extend', session: session.id, duration_s: 300 })
    expect((await panel.approve(session.id, { operator: 'Peter Weiss', duration_s: 200 })).status).toBe(200)
    const extended = await mia.waitForSession(session.id, ({ extensions }) => extensions === 1)
    expect(extended).toMatchObject({
      extensions: 1,
      extension: null,
      expires_at: (session.expires_at ?? 0) + 200,
      approved_by: 'Peter Weiss',
    })
    await socket.next()
    socket.close()
  })

  it('and more time that is refused leaves the session as it was', async () => {
    const session = await approvedSession({ technician: mia, panel, operator, allows: { duration_s: 120 } })
    const socket = await (await openService(mia, session.id)).socket('/count')
    await extend(session.id, 300)
    await panel.waitFor((state) => state.request !== null)
    await panel.refuse(session.id, { operator, how: 'refused' })
    const after = await mia.waitForSession(session.id, ({ extension }) => extension === null)
    expect(after).toMatchObject({ state: 'open', extension: null, extensions: 0, expires_at: session.expires_at })
    await socket.next()
    socket.close()
    const history = await mia.api<{ items: { type: string; detail: object }[] }>('GET', `/api/v1/sessions/${session.id}/history`)
    expect(history.body.items).toContainEqual(
      expect.objectContaining({ type: 'request.refused', detail: { how: 'refused', kind: 'extend' } }),
    )
  })

  it('are a no when nobody answers in time', async () => {
    const { body } = await askFor(mia)
    expect((body.decide_by ?? 0) - body.requested_at).toBe(10)
    const over = await mia.waitForSession(body.id, ({ state }) => state === 'ended', 20_000)
    expect(over).toMatchObject({ state: 'ended', end_reason: 'approval_timeout', ended_by: null })
    expect((over.ended_at ?? 0) - body.requested_at).toBeLessThanOrEqual(12)
    const { request, history } = await panel.waitFor((state) => state.request === null)
    expect(request).toBeNull()
    expect(history[0]).toMatchObject({ session: body.id, outcome: 'timeout' })
    expect((await panel.approve(body.id, { operator })).status).toBe(404)
  })
})
