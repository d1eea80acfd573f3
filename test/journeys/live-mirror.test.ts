import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import type { PortalClient } from '../support/portal-client.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'
import { askFor, untilOnline } from '../support/technician-at-work.ts'

const operator = 'Olga Neumann'

/** A page of a machine: what a technician does on it changes it, without the machine. */
const page7 = `<!doctype html><html lang="en"><head><title>Press 7</title></head><body><h1>Press 7</h1>
<p>Pieces: <b id="count">0</b></p><button onclick="count.textContent=Number(count.textContent)+1">One more</button>
<form method="post" action="/set"><label>Speed <input id="speed" name="speed" value="10"></label>
<label>Password <input id="password" name="password" type="password"></label><button>Set</button></form>
<a href="/second">Second page</a></body></html>`

/** Technician and operator in real browsers, and everything between them: recorder, gateway, tunnel, agent, panel. */
describe('what the operator sees of a technician', () => {
  let installation: RunningInstallation
  let machine: Server
  let browser: Browser
  let panel: Page
  let technician: Page
  let mia: PortalClient

  beforeAll(async () => {
    machine = createServer((request, response) => {
      if (request.method === 'POST') return void response.writeHead(303, { location: '/second' }).end()
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.end(request.url === '/second' ? '<!doctype html><title>Second</title><h1>The second page</h1>' : page7)
    }).listen(0, '127.0.0.1')
    await once(machine, 'listening')
    const { port } = machine.address() as AddressInfo
    installation = await runInstallation({
      agent: { services: { hmi: { kind: 'http', target: `127.0.0.1:${port}`, title: 'Operating panel' } } },
    })
    browser = await launchChromium()
    panel = await (await browser.newContext({ locale: 'en-GB', viewport: { width: 1024, height: 600 } })).newPage()
    await panel.goto(installation.agent.ready.pairing_url)
    mia = await installation.signIn('mia')
    await untilOnline(mia)
    const { id } = (await askFor(mia)).body
    await panel.getByRole('radio', { name: operator }).check()
    await panel
      .getByRole('button', { name: /^Remote service/u })
      .and(panel.locator(':enabled'))
      .click()
    await mia.waitForSession(id, ({ state }) => state === 'approved')
    const opened = await mia.api<{ url: string }>('POST', `/api/v1/sessions/${id}/open`, { service: 'hmi' })
    technician = await (await browser.newContext({ locale: 'en-GB' })).newPage()
    await technician.goto(opened.body.url)
    await technician.getByRole('heading', { name: 'Press 7' }).waitFor()
  }, 120_000)
  afterAll(async () => {
    await browser.close()
    await installation[Symbol.asyncDispose]()
    machine.closeAllConnections()
    machine.close()
  })

  /** The document that the picture draws: in the frame of the replay in the frame of the mirror. */
  const drawn = async (): Promise<Frame> => {
    const find = (): Frame | undefined => panel.frames().findLast((frame) => frame.parentFrame()?.parentFrame() === panel.mainFrame())
    await expect.poll(find, { timeout: 15_000 }).toBeDefined()
    return find() as Frame
  }

  it('is the page as it is, and each click on it soon after', async () => {
    const picture = await drawn()
    await expect.poll(() => picture.locator('h1').textContent(), { timeout: 15_000 }).toBe('Press 7')
    const tookMs: number[] = []
    for (let click = 1; click <= 20; click += 1) {
      const startedAtMs = performance.now()
      await technician.getByRole('button', { name: 'One more' }).click()
      await (await drawn()).locator('#count', { hasText: new RegExp(`^${click}$`, 'u') }).waitFor({ state: 'attached' })
      tookMs.push(performance.now() - startedAtMs)
    }
    tookMs.sort((one, other) => one - other)
    process.stdout.write(`from a click to the operator's picture: median ${tookMs[10]?.toFixed(0)} ms, p95 ${tookMs[18]?.toFixed(0)} ms\n`)
    await expect.poll(() => panel.getByText('One more').count()).toBeGreaterThan(0)
    if (process.env['SALLYPORT_PICTURES'] !== undefined)
      await panel.screenshot({ path: `${process.env['SALLYPORT_PICTURES']}/panel-mirror.png` })
  }, 60_000)

  it('hides a password as it is typed, shows other words as the customer wants them, and follows to the next page', async () => {
    await technician.getByLabel('Password').fill('top-secret-7')
    await technician.getByLabel('Speed').fill('12')
    const picture = await drawn()
    await expect.poll(() => picture.locator('#password').inputValue(), { timeout: 10_000 }).toMatch(/^[•*]+$/u)
    await technician.getByRole('button', { name: 'Set' }).click()
    await technician.getByRole('heading', { name: 'The second page' }).waitFor()
    await expect.poll(async () => (await drawn()).locator('h1').textContent(), { timeout: 15_000 }).toBe('The second page')
    const everything = await panel.content()
    expect(everything).not.toContain('top-secret-7')
    await expect.poll(() => panel.getByText('/set').count(), { timeout: 10_000 }).toBeGreaterThan(0)
  }, 60_000)

  it('ends with the session', async () => {
    await panel.getByRole('button', { name: 'End now' }).click()
    await panel.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()
    expect(panel.frames()).toHaveLength(1)
  }, 30_000)
})
