import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Frame, Page } from 'playwright-core'
import { launchChromium } from './chromium.ts'
import type { PortalClient } from './portal-client.ts'
import { runInstallation, type RunningInstallation } from './running-installation.ts'
import { askFor, untilOnline } from './technician-at-work.ts'

const operator = 'Olga Neumann'

/** A page of a machine: what a technician does on it changes it, without the machine. */
const page7 = `<!doctype html><html lang="en"><head><title>Press 7</title></head><body><h1>Press 7</h1>
<p>Pieces: <b id="count">0</b></p><button onclick="count.textContent=Number(count.textContent)+1">One more</button>
<form method="post" action="/set"><label>Speed <input id="speed" name="speed" value="10"></label>
<label>Password <input id="password" name="password" type="password"></label><button>Set</button></form>
<a href="/second">Second page</a></body></html>`

/** Technician and operator in browsers of their own, and everything between them: recorder, gateway, tunnel, agent, panel. */
export interface MirroredSession extends AsyncDisposable {
  readonly installation: RunningInstallation
  readonly mia: PortalClient
  /** Of the session. */
  readonly id: string
  readonly panel: Page
  /** On the machine's page, in a session that the operator let in. */
  readonly technician: Page
  /** The document that the panel's picture draws: in the frame of the replay in the frame of the mirror. */
  drawn(): Promise<Frame>
}

/** `other`: another machine than that of ours, and how its page is known to be there; `gateway`: changes to `gateway.json`. */
export async function startMirroredSession(
  other: { readonly port: number; readonly isThere: (page: Page) => Promise<void> } | null = null,
  gateway: object = {},
): Promise<MirroredSession> {
  await using parts = new AsyncDisposableStack()
  const machine = createServer((request, response) => {
    if (request.method === 'POST') return void response.writeHead(303, { location: '/second' }).end()
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(request.url === '/second' ? '<!doctype html><title>Second</title><h1>The second page</h1>' : page7)
  }).listen(0, '127.0.0.1')
  parts.defer(() => {
    machine.closeAllConnections()
    machine.close()
  })
  await once(machine, 'listening')
  const port = other?.port ?? (machine.address() as AddressInfo).port
  const installation = parts.use(
    await runInstallation({
      gateway,
      agent: { services: { hmi: { kind: 'http', target: `127.0.0.1:${port}`, title: 'Operating panel' } } },
    }),
  )
  const browser = await launchChromium()
  parts.defer(() => browser.close())
  const panel = await (await browser.newContext({ locale: 'en-GB', viewport: { width: 1024, height: 600 } })).newPage()
  await panel.goto(installation.agent.ready.pairing_url)
  const mia = await installation.signIn('mia')
  await untilOnline(mia)
  const { id } = (await askFor(mia)).body
  await panel.getByRole('radio', { name: operator }).check()
  await panel
    .getByRole('button', { name: /^Remote service/u })
    .and(panel.locator(':enabled'))
    .click()
  await mia.waitForSession(id, ({ state }) => state === 'approved')
  const opened = await mia.api<{ url: string }>('POST', `/api/v1/sessions/${id}/open`, { service: 'hmi' })
  const technician = await (await browser.newContext({ locale: 'en-GB' })).newPage()
  await technician.goto(opened.body.url)
  if (other === null) await technician.getByRole('heading', { name: 'Press 7' }).waitFor()
  else await other.isThere(technician)
  const all = parts.move()
  return {
    installation,
    mia,
    id,
    panel,
    technician,
    drawn: () => drawnBy(panel),
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}

async function drawnBy(panel: Page): Promise<Frame> {
  const deadlineMs = performance.now() + 15_000
  for (;;) {
    const found = panel.frames().findLast((frame) => frame.parentFrame()?.parentFrame() === panel.mainFrame())
    if (found !== undefined) return found
    if (performance.now() > deadlineMs) throw new Error('the panel drew no picture within 15 s')
    await panel.waitForTimeout(20)
  }
}
