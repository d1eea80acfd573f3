import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachinePage } from '../../gateway/http-api/contract/machines.ts'
import type { Session } from '../../gateway/http-api/contract/sessions.ts'
import { CookieFetch } from '../support/browser-less.ts'
import { PanelClient } from '../support/panel-client.ts'
import { PortalClient } from '../support/portal-client.ts'
import { runDemo, type RunningDemoProcess } from '../support/running-demo.ts'

describe('the way of a session, by API', () => {
  let demo: RunningDemoProcess
  beforeAll(async () => {
    demo = await runDemo()
  }, 60_000)
  afterAll(async () => {
    await demo[Symbol.asyncDispose]()
  })

  it('lets a technician in after the press, and nobody before it', async () => {
    const mia = new PortalClient(demo.description.portal)
    await mia.signUndertaking(await mia.signIn(demo.account('mia')))
    const machines = await mia.api<MachinePage>('GET', '/api/v1/machines')
    expect(machines.body.items.map((machine) => machine.id)).toEqual(['plates-3', 'press-7'])

    const asked = await mia.api<Session>('POST', '/api/v1/sessions', {
      machine: 'press-7',
      services: ['hmi'],
      purpose: 'Ink temperature drifts',
      duration_s: 600,
    })
    expect(asked).toMatchObject({ status: 201, body: { state: 'awaiting_approval' } })
    const { id } = asked.body
    expect((await mia.api('POST', `/api/v1/sessions/${id}/open`, { service: 'hmi' })).body).toMatchObject({ code: 'not_open' })

    const panel = await PanelClient.pair(demo.machine('press-7').panel)
    const shown = await panel.waitFor((state) => state.request !== null)
    expect(shown.request).toMatchObject({
      session: id,
      purpose: 'Ink temperature drifts',
      technician: { name: 'Mia Brandt', organisation: 'Sallyport Service' },
    })
    expect((await panel.approve(id, { operator: 'Olga Neumann' })).status).toBe(200)
    expect(await mia.waitForSession(id, (session) => session.state === 'approved')).toMatchObject({
      state: 'approved',
      approved_by: 'Olga Neumann',
    })

    const opened = await mia.api<{ url: string }>('POST', `/api/v1/sessions/${id}/open`, { service: 'hmi' })
    expect(opened.status).toBe(200)
    const browser = new CookieFetch()
    const page = await browser.navigate(opened.body.url, {
      headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'cross-site' },
    })
    expect(page.response.status).toBe(200)
    expect(await page.response.text()).toContain('The machine’s own login')

    expect((await panel.end('Olga Neumann')).status).toBe(200)
    expect(await mia.waitForSession(id, (session) => session.state === 'ended')).toMatchObject({
      end_reason: 'ended_by_operator',
      ended_by: 'Olga Neumann',
    })
    const over = await browser.fetch(page.url, { headers: { accept: 'text/html' } })
    expect(over.status).toBe(410)
    expect(await over.text()).toContain('Olga Neumann')
  })
})
