import { WebSocket } from 'ws'
import { localhostLookup } from '../../gateway/commands/client/localhost-lookup.ts'
import type { Machine } from '../../gateway/http-api/contract/machines.ts'
import type { Session } from '../../gateway/http-api/contract/sessions.ts'
import { CookieFetch } from './browser-less.ts'
import type { PanelClient } from './panel-client.ts'
import type { PortalClient } from './portal-client.ts'

export interface Asking {
  readonly machine?: string
  readonly services?: readonly string[]
  readonly duration_s?: number
  readonly purpose?: string
  /** Id of the call for help that it answers. */
  readonly help?: string
}

/** Asks for a machine; the answer whatever it is. */
export const askFor = (
  technician: PortalClient,
  asking: Asking = {},
): Promise<{ status: number; body: Session & { code: string; title: string } }> => {
  const wanted = { machine: 'press-7', services: ['hmi'], duration_s: 600, purpose: 'Ink temperature drifts', ...asking }
  return technician.api<Session & { code: string; title: string }>('POST', '/api/v1/sessions', wanted)
}

/** Waits until the machine is connected, or is not any more. */
export async function untilOnline(technician: PortalClient, online = true, machine = 'press-7', withinMs = 30_000): Promise<void> {
  const end = Date.now() + withinMs
  for (;;) {
    const { body } = await technician.api<Machine>('GET', `/api/v1/machines/${machine}`)
    if (body.online === online) return
    if (Date.now() > end) throw new Error(`${machine} is not ${online ? 'online' : 'offline'} after ${withinMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export interface Press {
  readonly technician: PortalClient
  readonly panel: PanelClient
  readonly operator: string
  readonly asking?: Asking
  /** What the operator allows, where it is less than was asked. */
  readonly allows?: { readonly services?: readonly string[]; readonly duration_s?: number }
}

/** Asks, and the operator presses the button: the session as it is then. */
export async function approvedSession({ technician, panel, operator, asking = {}, allows = {} }: Press): Promise<Session> {
  const asked = await askFor(technician, asking)
  if (asked.status !== 201) throw new Error(`asking failed: ${asked.status} ${JSON.stringify(asked.body)}`)
  const { id } = asked.body
  await panel.waitFor((state) => state.request?.session === id)
  const pressed = await panel.approve(id, { operator, ...allows })
  if (!pressed.ok) throw new Error(`approving failed: ${await pressed.text()}`)
  const session = await technician.waitForSession(id, ({ state }) => state !== 'requested' && state !== 'awaiting_approval')
  if (session.state !== 'approved') throw new Error(`the session is ${session.state}: ${session.end_reason}`)
  return session
}

/** A technician's browser inside a machine. */
export interface Work {
  readonly url: URL
  /** Status of the page that *open* led to. */
  readonly status: number
  readonly browser: CookieFetch
  get(path: string): Promise<Response>
  socket(path: string): Promise<LiveSocket>
}

export interface LiveSocket {
  received(): number
  /** Resolves when something was received after this call. */
  next(): Promise<void>
  /** `performance.now()` of the close. */
  readonly closed: Promise<number>
  close(): void
}

const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'cross-site', accept: 'text/html' }

/** Opens a service of an approved session as the portal's button does. */
export async function openService(technician: PortalClient, session: string, service = 'hmi'): Promise<Work> {
  const opened = await technician.api<{ url: string }>('POST', `/api/v1/sessions/${session}/open`, { service })
  if (opened.status !== 200) throw new Error(`opening failed: ${opened.status} ${JSON.stringify(opened.body)}`)
  const browser = new CookieFetch()
  const { response, url } = await browser.navigate(opened.body.url, { headers: navigation })
  await response.text()
  return {
    url,
    status: response.status,
    browser,
    get: (path) => browser.fetch(new URL(path, url), { headers: { accept: 'text/html' } }),
    socket: (path) => openSocket(new URL(path, url), browser),
  }
}

/** The press of the demo has a login of its own. */
async function signInAtPress(work: Work): Promise<void> {
  const body = new URLSearchParams({ user: 'service', password: 'press' }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: work.url.origin }
  const answer = await work.browser.fetch(new URL('/login', work.url), { method: 'POST', headers, body })
  if (answer.status !== 303) throw new Error(`the machine's login answered ${answer.status}`)
}

/** A session on the demo's press with its live values running. */
export async function livePress(press: Press): Promise<{ readonly session: Session; readonly work: Work; readonly socket: LiveSocket }> {
  const session = await approvedSession(press)
  const work = await openService(press.technician, session.id)
  await signInAtPress(work)
  const socket = await work.socket('/live')
  await socket.next()
  return { session, work, socket }
}

function openSocket(url: URL, browser: CookieFetch): Promise<LiveSocket> {
  const address = new URL(url)
  address.protocol = url.protocol.replace('http', 'ws')
  const socket = new WebSocket(address, {
    origin: url.origin,
    headers: { cookie: browser.cookieHeader(url.host) },
    lookup: localhostLookup,
  })
  let received = 0
  socket.on('message', () => (received += 1))
  const closed = new Promise<number>((resolve) => socket.once('close', () => resolve(performance.now())))
  const live: LiveSocket = {
    received: () => received,
    next: () =>
      new Promise((resolve, reject) => {
        socket.once('message', () => resolve())
        socket.once('close', () => reject(new Error('the WebSocket closed')))
      }),
    closed,
    close: () => socket.terminate(),
  }
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(live))
    socket.on('error', reject)
  })
}
