import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Session } from '../../gateway/http-api/contract/sessions.ts'
import { startChild as startProgram, type StartedChild } from '../../gateway/commands/start-child.ts'
import { CookieFetch } from '../support/browser-less.ts'
import { PanelClient } from '../support/panel-client.ts'
import { PortalClient } from '../support/portal-client.ts'
import { startChild, type BenchChild } from './processes/ask-child.ts'
import { leaveToJanitor } from './processes/janitor.ts'
import type { StartedGateway } from './processes/gateway-entry.ts'
import type { RequestFigures, RequestLoad, Target } from './processes/request-load.ts'
import type { Transfer } from './processes/transfer.ts'

/** Gateway, identity provider, agent, machine and load generator, each in a process of its own, and a session that the operator approved. */
export interface Installation extends AsyncDisposable {
  readonly gatewayPid: number
  readonly agentPid: number
  readonly machinePort: number
  /** The machine itself. */
  readonly direct: Target
  /** Through cookie, policy, proxy, tunnel and agent. */
  readonly session: Target
  /** Bytes through the tunnel to the machine's `tcp` service, and to its `http` service, which the agent terminates. */
  readonly bytes: Target
  readonly terminated: Target
  requests(load: RequestLoad): Promise<RequestFigures>
  transfer(transfer: Transfer): Promise<{ readonly seconds: number }>
  /** From another process than the one that sends requests, so that it takes no time from it. */
  transferBeside(transfer: Transfer): Promise<{ readonly seconds: number }>
}

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

/** `profileDir`: gateway and agent leave a CPU profile there when they end. */
export async function startInstallation(options: { readonly profileDir: string | null }): Promise<Installation> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sallyport-bench-'))
  const profile = options.profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profileDir}`, '--cpu-prof-interval=500']
  await using parts = new AsyncDisposableStack()
  parts.defer(leaveToJanitor('folder', dataDir))
  parts.defer(() => rm(dataDir, { recursive: true, force: true }))
  const child = (program: string, nodeArgs: readonly string[] = []): BenchChild =>
    parts.use(startChild(new URL(`./processes/${program}.ts`, import.meta.url), { nodeArgs }))
  const machine = child('machine-entry')
  const load = child('load-entry')
  const neighbour = child('load-entry')
  const gateway = child('gateway-entry', profile)
  const { port: machinePort } = await machine.ask<{ port: number }>('start')
  const started = await gateway.ask<StartedGateway>('start', { dataDir })
  const agent = await startAgent({ dataDir: join(dataDir, 'machine'), started, machinePort, nodeOptions: profile })
  parts.defer(agent.stop)
  const session = await openSession(started, agent.ready.pairing_url)
  const door = async (service: string): Promise<Target> => {
    const { port } = await gateway.ask<{ port: number }>('openDoor', { session: session.id, service })
    return { port, host: 'machine.invalid', headers: browserHeaders }
  }
  const installation = {
    gatewayPid: gateway.pid,
    agentPid: agent.pid,
    machinePort,
    direct: { port: machinePort, host: 'machine.invalid', headers: browserHeaders },
    session: session.target,
    bytes: await door('raw'),
    terminated: await door('web'),
    requests: (question: RequestLoad) => load.ask<RequestFigures>('requests', question),
    transfer: (question: Transfer) => load.ask<{ readonly seconds: number }>('transfer', question),
    transferBeside: (question: Transfer) => neighbour.ask<{ readonly seconds: number }>('transfer', question),
  }
  const all = parts.move()
  return { ...installation, [Symbol.asyncDispose]: () => all[Symbol.asyncDispose]() }
}

interface AgentStart {
  readonly dataDir: string
  readonly started: StartedGateway
  readonly machinePort: number
  readonly nodeOptions: readonly string[]
}

async function startAgent({ dataDir, started, machinePort, nodeOptions }: AgentStart): Promise<StartedChild<{ pairing_url: string }>> {
  const target = `127.0.0.1:${machinePort}`
  const settings = {
    gateway: started.agentGateway,
    device: { id: 'bench-1', name: 'Bench machine', site: 'Bench' },
    enrolment: { password: started.enrolmentPassword },
    stateDir: join(dataDir, 'state'),
    panel: { host: '127.0.0.1', port: 0, pagesDir: dataDir },
    operators: ['Bench Operator'],
    services: { web: { kind: 'http', target, title: 'Web' }, raw: { kind: 'tcp', target, title: 'Bytes' } },
    logLevel: 'warn',
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const file = join(dataDir, 'agent.json')
  await writeFile(file, JSON.stringify(settings), { mode: 0o600 })
  return startProgram({
    name: 'agent',
    program: new URL('../../agent/main.ts', import.meta.url),
    args: ['--config', file],
    environment: { NODE_OPTIONS: nodeOptions.join(' ') },
    onLog: () => {},
  })
}

/** A session as a technician gets one: signs in, signs the undertaking, asks; the operator presses; the browser enters by the one-time code. */
async function openSession(started: StartedGateway, pairingUrl: string): Promise<{ readonly id: string; readonly target: Target }> {
  const technician = new PortalClient(started.portal)
  await technician.signUndertaking(await technician.signIn(started.account))
  const ask = { machine: 'bench-1', services: ['web', 'raw'], purpose: 'A benchmark', duration_s: 3_600 }
  const id = await untilCreated(() => technician.api<Session>('POST', '/api/v1/sessions', ask))
  const url = new URL(pairingUrl)
  const panel = await PanelClient.pair(`${url.origin}/${url.hash}`)
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
