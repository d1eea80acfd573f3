import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemRandom } from '../../agent/basics/random.ts'
import { hashPin } from '../../agent/operators/pin-hash.ts'
import type { Session } from '../../gateway/http-api/contract/sessions.ts'
import { launchChromium } from '../support/chromium.ts'
import type { PortalClient } from '../support/portal-client.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'
import { askFor, openService, untilOnline, type Work } from '../support/technician-at-work.ts'

const pin = '2468'

/** The operator in a real browser at the panel, with her PIN; gateway, agent and machine are processes, the technician speaks HTTP as his browser does. */
describe('a session, from the machine’s side', () => {
  let installation: RunningInstallation
  let machine: Server
  let browser: Browser
  let panel: Page
  let mia: PortalClient
  let session: Session
  let work: Work
  const posted: string[] = []
  let streamClosedAtMs = 0

  beforeAll(async () => {
    machine = createServer((request, response) => {
      if (request.method === 'POST') posted.push(request.url ?? '')
      if (request.url !== '/stream') return void response.setHeader('content-type', 'text/html').end('<h1>Press 7</h1>')
      response.on('close', () => (streamClosedAtMs = performance.now()))
      response.write('begun\n')
    }).listen(0, '127.0.0.1')
    await once(machine, 'listening')
    const service = { kind: 'http', target: `127.0.0.1:${(machine.address() as AddressInfo).port}` }
    installation = await runInstallation({
      agent: {
        operators: [{ name: 'Olga Neumann', pin: await hashPin(pin, systemRandom), mayLoosen: true }],
        services: { hmi: { ...service, title: 'Operating panel' }, log: { ...service, title: 'Log' } },
      },
    })
    browser = await launchChromium()
    panel = await (await browser.newContext({ locale: 'en-GB', viewport: { width: 1024, height: 600 }, hasTouch: true })).newPage()
    await panel.goto(installation.agent.ready.pairing_url)
    mia = await installation.signIn('mia')
    await untilOnline(mia)
  }, 90_000)
  afterAll(async () => {
    await browser.close()
    await installation[Symbol.asyncDispose]()
    machine.closeAllConnections()
    machine.close()
  })

  const typePin = async (): Promise<void> => {
    const dialog = panel.getByRole('dialog', { name: 'PIN of Olga Neumann' })
    for (const digit of pin) await dialog.getByRole('button', { name: digit, exact: true }).tap()
    await dialog.getByRole('button', { name: 'OK' }).tap()
    await dialog.waitFor({ state: 'detached' })
  }
  const now = async (): Promise<Session> => (await mia.api<Session>('GET', `/api/v1/sessions/${session.id}`)).body
  const post = (path: string) =>
    work.browser.fetch(new URL(path, work.url), { method: 'POST', headers: { origin: work.url.origin, accept: 'text/html' }, body: '' })
  const expectConduct = (conduct: object): Promise<void> => expect.poll(async () => (await now()).conduct).toMatchObject(conduct)

  it('begins with the PIN, for one of two services and half of the time', async () => {
    const asked = await askFor(mia, { services: ['hmi', 'log'], duration_s: 1_200 })
    session = asked.body
    await panel.getByRole('checkbox', { name: 'Log' }).uncheck()
    for (let press = 0; press < 2; press += 1) await panel.getByRole('button', { name: 'Shorter' }).tap()
    await panel.getByRole('button', { name: /^Remote service.*Allow for 10 min$/u }).tap()
    await typePin()
    await panel.getByRole('banner').getByText('Mia Brandt is in this machine').waitFor()
    await panel.getByText('Allowed by Olga Neumann (with PIN)').waitFor()
    session = await mia.waitForSession(session.id, ({ state }) => state === 'approved')
    expect(session.services).toMatchObject([
      { name: 'hmi', approved: true },
      { name: 'log', approved: false },
    ])
    expect((session.expires_at ?? 0) - (session.approved_at ?? 0)).toBe(600)
    work = await openService(mia, session.id)
    expect(work.status).toBe(200)
    expect((await mia.api('POST', `/api/v1/sessions/${session.id}/open`, { service: 'log' })).status).toBe(403)
    expect([(await post('/set')).status, posted]).toEqual([200, ['/set']])
  }, 30_000)

  it('lets look and not act while the operator wants it so, and says so to the technician', async () => {
    await panel.getByRole('button', { name: 'View only' }).tap()
    await panel.getByText('View only: pages can be looked at, nothing is sent').waitFor()
    await expectConduct({ view_only: true, paused: false })
    const refused = await post('/again')
    expect([refused.status, posted]).toEqual([403, ['/set']])
    expect(await refused.text()).toContain('The operator lets you only look')
    expect((await work.get('/')).status).toBe(200)
    await panel.getByRole('button', { name: 'Let act again' }).tap()
    await typePin()
    await expectConduct({ view_only: false })
    expect([(await post('/again')).status, posted]).toEqual([200, ['/set', '/again']])
  }, 30_000)

  it('stands still while it is paused, and loses nothing', async () => {
    await panel.getByRole('button', { name: 'Pause' }).tap()
    await expectConduct({ paused: true, by: 'Olga Neumann' })
    const answer = work.get('/')
    expect(await Promise.race([answer, new Promise((resolve) => setTimeout(() => resolve('nothing'), 500))])).toBe('nothing')
    await panel.getByRole('button', { name: 'Go on' }).tap()
    await typePin()
    expect((await answer).status).toBe(200)
    await expectConduct({ paused: false })
  }, 30_000)

  it('lasts longer when the operator says so with her PIN', async () => {
    const before = (await now()).expires_at ?? 0
    expect((await mia.api('POST', `/api/v1/sessions/${session.id}/extend`, { duration_s: 300 })).status).toBe(202)
    await panel
      .getByRole('button', { name: /^Remote service.*Allow 5 min more$/u })
      .and(panel.locator(':enabled'))
      .tap()
    await typePin()
    await expect.poll(async () => (await now()).expires_at).toBe(before + 300)
  }, 30_000)

  it('ends within a second while the gateway stands still', async () => {
    const stream = await work.get('/stream')
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    installation.gateway.process.kill('SIGSTOP')
    const pressedAtMs = performance.now()
    await panel.getByRole('button', { name: 'End now' }).tap()
    await panel.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()
    await expect.poll(() => streamClosedAtMs).toBeGreaterThan(pressedAtMs)
    expect(streamClosedAtMs - pressedAtMs).toBeLessThan(1_000)
    installation.gateway.process.kill('SIGCONT')
    const ended = await mia.waitForSession(session.id, ({ state }) => state === 'ended')
    expect(ended).toMatchObject({ end_reason: 'ended_by_operator' })
  }, 30_000)
})
