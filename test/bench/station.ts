import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Session } from '../../gateway/http-api/contract/sessions.ts'
import { startChild as startProgram } from '../../gateway/commands/start-child.ts'
import { CookieFetch } from '../support/browser-less.ts'
import { PanelClient } from '../support/panel-client.ts'
import { PortalClient } from '../support/portal-client.ts'
import type { StartedGateway } from './processes/gateway-entry.ts'
import type { Target } from './processes/request-load.ts'

/** What a browser sends with each request, about. */
export const browserHeaders: Readonly<Record<string, string>> = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  accept: '*/*',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': 'de-DE,de;q=0.9,en;q=0.8',
  'cache-control': 'no-cache',
  'sec-fetch-dest': 'empty',
  'sec-fetch-mode': 'cors',
  'sec-fetch-site': 'same-origin',
}

/** A machine's agent in a process of its own, with the operator at its panel. */
export interface Station extends AsyncDisposable {
  readonly agentPid: number
  readonly panel: PanelClient
  /** A session as a technician gets one: asked for, pressed, opened; and its address with the cookie of a browser that has entered. */
  openSession(technician: PortalClient): Promise<{ readonly id: string; readonly target: Target }>
}

export interface StationStart {
  readonly id: string
  readonly dataDir: string
  readonly started: StartedGateway
  readonly enrolmentPassword: string
  readonly machinePort: number
}

export async function startStation({ id, dataDir, started, enrolmentPassword, machinePort }: StationStart): Promise<Station> {
  const target = `127.0.0.1:${machinePort}`
  const maxStreams = 200
  const settings = {
    gateway: started.agentGateway,
    device: { id, name: `Bench machine ${id}`, site: 'Bench' },
    enrolment: { password: enrolmentPassword },
    stateDir: join(dataDir, 'state'),
    panel: { host: '127.0.0.1', port: 0, pagesDir: dataDir },
    remoteService: 'on',
    operators: ['Bench Operator'],
    services: {
      web: { kind: 'http', target, title: 'Web', maxStreams },
      raw: { kind: 'tcp', target, title: 'Bytes', maxStreams },
    },
    logLevel: 'warn',
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const file = join(dataDir, 'agent.json')
  await writeFile(file, JSON.stringify(settings), { mode: 0o600 })
  const agent = await startProgram<{ pairing_url: string }>({
    name: 'agent',
    program: new URL('../../agent/main.ts', import.meta.url),
    args: ['--config', file],
    onLog: () => {},
  })
  const url = new URL(agent.ready.pairing_url)
  const panel = await PanelClient.pair(`${url.origin}/${url.hash}`)
  return {
    agentPid: agent.pid,
    panel,
    openSession: (technician) => openSession(technician, panel, id),
    [Symbol.asyncDispose]: () => agent.stop(),
  }
}

/** Signed in, with the undertaking signed. */
export async function signInTechnician({ portal, account }: StartedGateway): Promise<PortalClient> {
  const technician = new PortalClient(portal)
  await technician.signUndertaking(await technician.signIn(account))
  return technician
}

async function openSession(
  technician: PortalClient,
  panel: PanelClient,
  machine: string,
): Promise<{ readonly id: string; readonly target: Target }> {
  const ask = { machine, services: ['web', 'raw'], purpose: 'A benchmark', duration_s: 3_600 }
  const id = await untilCreated(() => technician.api<Session>('POST', '/api/v1/sessions', ask))
  await panel.waitFor((state) => state.request !== null)
  const pressed = await panel.approve(id, { operator: 'Bench Operator', services: ['web', 'raw'] })
  if (!pressed.ok) throw new Error(`the press failed: ${await pressed.text()}`)
  const approved = await technician.waitForSession(id, (session) => session.state === 'approved')
  if (approved.state !== 'approved') throw new Error(`the session was not approved: ${JSON.stringify(approved)}`)
  const opened = await technician.api<{ url: string }>('POST', `/api/v1/sessions/${id}/open`, { service: 'web' })
  if (opened.status !== 200) throw new Error(`opening the session failed: ${JSON.stringify(opened.body)}`)
  const browser = new CookieFetch()
  const headers = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'cross-site' }
  const entered = await browser.navigate(opened.body.url, { headers })
  if (entered.response.status !== 200) throw new Error(`entering the session failed: ${entered.response.status}`)
  await entered.response.arrayBuffer()
  const { host, port } = entered.url
  return { id, target: { port: Number(port), host, headers: { ...browserHeaders, cookie: browser.cookieHeader(host) } } }
}

/** The machine is not there before its agent has enrolled and told what it offers. */
async function untilCreated(ask: () => Promise<{ readonly status: number; readonly body: Session }>): Promise<string> {
  for (let left = 200; ; left -= 1) {
    const { status, body } = await ask()
    if (status === 201) return body.id
    if (left === 0) throw new Error(`the session was not created: ${status} ${JSON.stringify(body)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
