import type { BrowserContext, Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import type { Machine } from '../../../gateway/http-api/contract/machines.ts'
import type { Session } from '../../../gateway/http-api/contract/sessions.ts'
import { startOwnMachine, type OwnMachine } from '../../support/own-machine.ts'
import { PanelClient } from '../../support/panel-client.ts'
import { PortalClient } from '../../support/portal-client.ts'
import type { RunningDemoProcess } from '../../support/running-demo.ts'
import { approvedSession } from '../../support/technician-at-work.ts'
import { startHostileMachine, type HostileMachine } from './hostile-machine.ts'
import { startPortalInBrowser, whoIs, type PortalInBrowser } from './portal-in-browser.ts'

/** A hostile machine, the technician's session on it, and the tab of his browser in which its page runs. */
export interface Foothold {
  readonly machine: HostileMachine
  readonly own: OwnMachine
  readonly session: string
  readonly origin: string
  readonly page: Page
}

/**
 * Chromium, a portal, and two machines whose pages attack. The technician works on both in one browser, where he is signed in at the portal, and beside
 * them on an honest machine with live values: the bystander.
 */
export interface BrowserTarget extends PortalInBrowser {
  /** The technician's own browser, and its tab at the portal. */
  readonly context: BrowserContext
  readonly desk: Page
  readonly technician: PortalClient
  readonly a: Foothold
  readonly b: Foothold
  /** Asks for a service, the operator presses; a one-time address each time that it is called. */
  session(own: OwnMachine): Promise<Session>
  entryOf(session: string, service?: string): Promise<string>
  /** The bystander has lost nothing and works on; the technician is signed in as before. */
  nobodyElseHarmed(): Promise<void>
}

export async function startBrowserTarget(): Promise<BrowserTarget> {
  await using parts = new AsyncDisposableStack()
  const around = parts.use(await startPortalInBrowser())
  const { demo, portal } = around
  const technician = new PortalClient(portal)
  await technician.signUndertaking(await technician.signIn(demo.account('mia')))
  const { context, desk } = await around.signedIn('mia')

  const session = (own: OwnMachine): Promise<Session> =>
    approvedSession({
      technician,
      panel: own.panel,
      operator: own.operator,
      asking: { machine: own.id, services: ['web'], duration_s: 3_600 },
    })
  const entryOf = async (id: string, service = 'web'): Promise<string> => {
    const { status, body } = await technician.api<{ url: string }>('POST', `/api/v1/sessions/${id}/open`, { service })
    expect(status).toBe(200)
    return body.url
  }
  const foothold = async (id: string): Promise<Foothold> => {
    const machine = parts.use(await startHostileMachine())
    const own = parts.use(await startOwnMachine({ demo, id, name: id, services: { web: { port: machine.port, title: 'Web' } } }))
    // Connected is not yet known by what it offers.
    await vi.waitFor(async () => expect((await technician.api<Machine>('GET', `/api/v1/machines/${id}`)).body.services).toHaveLength(1))
    const { id: sessionId } = await session(own)
    const page = await context.newPage()
    await page.goto(await entryOf(sessionId))
    return { machine, own, session: sessionId, origin: new URL(page.url()).origin, page }
  }
  const [a, b] = await Promise.all([foothold('hostile-a'), foothold('hostile-b')])
  const bystander = await startBystander(demo, technician, context)
  const all = parts.move()
  return {
    ...around,
    context,
    desk,
    technician,
    a,
    b,
    session,
    entryOf,
    async nobodyElseHarmed() {
      await bystander.worksOn()
      expect(await whoIs(desk)).toBe('mia')
      expect(demo.process.exitCode).toBeNull()
    },
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}

interface Bystander {
  worksOn(): Promise<void>
}

/** The demo's press in a tab of the same browser: its page and its WebSocket of live values. */
async function startBystander(demo: RunningDemoProcess, technician: PortalClient, context: BrowserContext): Promise<Bystander> {
  const panel = await PanelClient.pair(demo.machine('press-7').panel)
  const { id } = await approvedSession({ technician, panel, operator: 'Olga Neumann', asking: { duration_s: 3_600 } })
  const { body } = await technician.api<{ url: string }>('POST', `/api/v1/sessions/${id}/open`, { service: 'hmi' })
  const page = await context.newPage()
  await page.goto(body.url)
  const open = (address: string): Promise<void> =>
    page.evaluate(
      (to) =>
        new Promise((resolve, reject) => {
          const heard = { values: 0, closed: false }
          Object.assign(globalThis, { heard })
          const socket = new WebSocket(to)
          socket.addEventListener('message', () => {
            heard.values += 1
            resolve()
          })
          socket.addEventListener('close', () => {
            heard.closed = true
            reject(new Error('the bystander could not connect'))
          })
        }),
      address,
    )
  // The press has a login of its own, as machines do.
  await page.evaluate(() =>
    fetch('/login', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'user=service&password=press',
    }),
  )
  await open(`${page.url().replace(/^http/, 'ws')}live`)
  return {
    async worksOn() {
      type Heard = { readonly values: number; readonly closed: boolean }
      const heard = (): Promise<Heard> => page.evaluate(() => ({ ...(globalThis as unknown as { heard: Heard }).heard }))
      const before = await heard()
      await expect.poll(async () => (await heard()).values).toBeGreaterThan(before.values)
      expect(await heard()).toMatchObject({ closed: false })
      expect(await page.evaluate(async () => (await fetch('/')).status)).toBe(200)
    },
  }
}
