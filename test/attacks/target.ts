import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { expect } from 'vitest'
import { machineClient } from '../support/machine-client.ts'
import { startOwnMachine } from '../support/own-machine.ts'
import { pageAfterPage } from '../support/page-after-page.ts'
import { PanelClient } from '../support/panel-client.ts'
import { PortalClient } from '../support/portal-client.ts'
import { runDemo, type RunDemoOptions, type RunningDemoProcess } from '../support/running-demo.ts'
import { approvedSession, livePress, openService } from '../support/technician-at-work.ts'
import { startRawMachine, type RawMachine } from './raw-machine.ts'
import type { StrictRequest } from './strict-requests.ts'

/** How long the first byte of an answer is waited for, and the next one after a byte. */
export interface Patience {
  readonly firstMs?: number
  readonly nextMs?: number
}

/** Everything that came back on one connection, as latin1, and who ended it. */
export interface Heard {
  readonly text: string
  readonly closed: boolean
  /** Status of the first answer; 0 where none came. */
  readonly status: number
}

/**
 * What is attacked: a gateway, an identity provider, agents, each a process; a machine that is a raw TCP port, a technician's session on it, and somebody
 * else's session on another machine whose work goes on all the time.
 */
export interface Target extends AsyncDisposable {
  readonly machine: RawMachine
  /** Of the technician's session on the machine. */
  readonly host: string
  readonly origin: string
  readonly cookie: string
  readonly portal: URL
  readonly gatewayPid: number
  readonly demo: RunningDemoProcess
  /** Sends these bytes to the public port; ends when the gateway has closed, or when nothing more has come for a moment. */
  raw(bytes: string | Buffer, patience?: Patience): Promise<Heard>
  /** A head with Host and the session's cookie, and these lines; `body` follows the empty line. */
  request(line: string, lines?: readonly string[], body?: string): string
  /** Sends it, and gives back what the gateway said and which requests the machine has got by it. */
  attack(bytes: string | Buffer, patience?: Patience): Promise<{ readonly heard: Heard; readonly requests: readonly StrictRequest[] }>
  /** A request as a browser sends it still gets its own answer: nothing was left on a connection that is used again. */
  stillAnswersRightly(): Promise<void>
  /** The bystander has lost nothing and has worked since the last look; the gateway is the same process and complains about nothing of its own. */
  nobodyElseHarmed(): Promise<void>
  gatewayMiB(): Promise<number>
}

export async function startTarget(options: Pick<RunDemoOptions, 'nodeArgs'> = {}): Promise<Target> {
  await using parts = new AsyncDisposableStack()
  const demo = parts.use(await runDemo(options))
  const machine = parts.use(await startRawMachine())
  const own = parts.use(
    await startOwnMachine({ demo, id: 'raw-1', name: 'Raw 1', services: { web: { port: machine.port, title: 'Raw bytes' } } }),
  )
  const technician = new PortalClient(demo.description.portal)
  await technician.signUndertaking(await technician.signIn(demo.account('mia')))
  const bystander = parts.use(await startBystander(demo, technician))
  const asking = { machine: own.id, services: ['web'], duration_s: 3_600 }
  const session = await approvedSession({ technician, panel: own.panel, operator: own.operator, asking })
  const work = await openService(technician, session.id, 'web')
  const client = machineClient(work)
  parts.defer(() => client.close())
  const { host, cookie } = client
  const port = Number(work.url.port)
  const raw: Target['raw'] = (bytes, patience) => sendRaw(port, bytes, patience)
  const request: Target['request'] = (line, lines = [], body = '') =>
    `${[line, `Host: ${host}`, `Cookie: ${cookie}`, ...lines, '', ''].join('\r\n')}${body}`
  let asked = 0
  const all = parts.move()
  return {
    machine,
    host,
    origin: work.url.origin,
    cookie,
    portal: new URL(demo.description.portal),
    gatewayPid: demo.process.pid ?? 0,
    demo,
    raw,
    request,
    async attack(bytes, patience) {
      machine.forget()
      const heard = await raw(bytes, patience)
      return { heard, requests: machine.requests() }
    },
    async stillAnswersRightly() {
      const path = `/still-there/${(asked += 1)}`
      const { text } = await raw(request(`GET ${path} HTTP/1.1`, ['Connection: close']))
      expect(text).toMatch(/^HTTP\/1\.1 200 /)
      expect(text.endsWith(`you asked GET ${path} with 0 bytes`), text).toBe(true)
    },
    async nobodyElseHarmed() {
      await bystander.worksOn()
      expect(bystander.failures).toEqual([])
      expect(demo.process.exitCode).toBeNull()
    },
    async gatewayMiB() {
      const status = await readFile(`/proc/${demo.process.pid}/status`, 'utf8')
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
    },
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}

function sendRaw(port: number, bytes: string | Buffer, { firstMs = 10_000, nextMs = 400 }: Patience = {}): Promise<Heard> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    let text = ''
    const done = (closed: boolean): void => {
      clearTimeout(deadline)
      socket.destroy()
      resolve({ text, closed, status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0) })
    }
    const deadline = setTimeout(() => done(false), firstMs)
    socket.once('timeout', () => done(false))
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      deadline.refresh()
      socket.setTimeout(nextMs)
    })
    socket.on('error', () => done(true)).once('end', () => done(true))
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  })
}

interface Bystander extends AsyncDisposable {
  readonly failures: readonly string[]
  /** Resolves when another request was answered and another value has come over the WebSocket since this call. */
  worksOn(): Promise<void>
}

/** The demo's press with its live values, and a page that is asked for ten times a second. */
async function startBystander(demo: Awaited<ReturnType<typeof runDemo>>, technician: PortalClient): Promise<Bystander> {
  const panel = await PanelClient.pair(demo.machine('press-7').panel)
  const { work, socket } = await livePress({ technician, panel, operator: 'Olga Neumann', asking: { duration_s: 3_600 } })
  const pages = pageAfterPage(work, 100)
  let ending = false
  void socket.closed.then(() => ending || pages.failures.push('its WebSocket was closed'))
  return {
    failures: pages.failures,
    async worksOn() {
      const before = { answered: pages.answered(), received: socket.received() }
      await expect.poll(() => pages.answered() > before.answered && socket.received() > before.received).toBe(true)
    },
    async [Symbol.asyncDispose]() {
      ending = true
      socket.close()
      await pages[Symbol.asyncDispose]()
    },
  }
}
