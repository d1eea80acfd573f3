import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import { WebSocket } from 'ws'
import { systemRandom } from '../../../gateway/basics/random.ts'
import { createApiClient, type ApiClient } from '../../../gateway/commands/client/api-client.ts'
import { localhostLookup } from '../../../gateway/commands/client/localhost-lookup.ts'
import { listenForTools, type ToolListener } from '../../../gateway/commands/client/tool-listener.ts'
import type { CommandLineToken } from '../../../gateway/http-api/contract/command-lines.ts'
import type { PortalClient } from '../../support/portal-client.ts'
import { approvedSession, openService, untilOnline, type Work } from '../../support/technician-at-work.ts'
import type { Counted } from './figures.ts'
import { soakOperator, type SoakMachine } from './soak-machines.ts'

const thinkMs = 250
const messageEveryMs = 1_000
const socketsOfSession = 5
const tcpEveryMs = 5_000
const answerWithinMs = 30_000
/** With opening and restarting, a few sessions a minute on each of those machines. */
const shortMs = 10_000

export interface Soaking {
  readonly mia: PortalClient
  readonly tools: ApiClient
  readonly counted: Counted
  readonly until: AbortSignal
}

/** What `sallyport login` does, with the browser's click by the API. */
export async function commandLineOf(person: PortalClient): Promise<ApiClient> {
  const verifier = systemRandom.token(32)
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const { body } = await person.api<{ code: string }>('POST', '/api/v1/command-lines', { code_challenge: challenge })
  const stranger = createApiClient({ portal: person.portal, token: null })
  const { token } = await stranger.post<CommandLineToken>('/api/v1/command-lines/token', { code: body.code, code_verifier: verifier })
  return createApiClient({ portal: person.portal, token })
}

/** A session that the operator approved, with a browser in it and a port of the technician's computer that leads to the machine. */
export interface OpenSession {
  readonly id: string
  readonly machine: SoakMachine
  readonly work: Work
  readonly listener: ToolListener
}

export async function openSession({ mia, tools, counted }: Omit<Soaking, 'until'>, machine: SoakMachine): Promise<OpenSession> {
  const asking = { machine: machine.id, services: ['hmi', 'plc'], duration_s: 3_600 }
  const allows = { services: ['hmi', 'plc'], duration_s: 3_600 }
  const { id } = await approvedSession({ technician: mia, panel: machine.panel, operator: soakOperator, asking, allows })
  counted.sessions += 1
  const work = await openService(mia, id)
  const listener = await listenForTools({ client: tools, session: id, service: 'plc', port: 0, say: () => {} })
  return { id, machine, work, listener }
}

/** A browser's requests and WebSockets and a tool's TCP streams until the time is over; then the technician ends the session. */
export async function workIn({ id, machine, work, listener }: OpenSession, soaking: Soaking): Promise<void> {
  await Promise.all([
    askPages(work, soaking),
    askDirectly(machine, soaking),
    ...Array.from({ length: socketsOfSession }, () => keepSocket(work, soaking)),
    useTool(listener.port, soaking),
  ])
  await listener[Symbol.asyncDispose]()
  const { status } = await soaking.mia.api('POST', `/api/v1/sessions/${id}/end`)
  if (status >= 300) soaking.counted.failed(`ending ${id}`, status)
}

/** Short sessions one after the other, and the agent starts anew between them. */
export async function comeAndGo(soaking: Soaking, machine: SoakMachine): Promise<void> {
  const { mia, counted, until } = soaking
  while (!until.aborted) {
    try {
      const short = AbortSignal.any([until, AbortSignal.timeout(shortMs)])
      await workIn(await openSession(soaking, machine), { ...soaking, until: short })
      await machine.restart()
      counted.restarts += 1
      await untilOnline(mia, true, machine.id, 60_000)
    } catch (error) {
      counted.failed(`a session of ${machine.id}`, error)
      await wait(1_000)
    }
  }
}

async function askPages({ url, browser }: Work, soaking: Soaking): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const headers = { host: url.host, cookie: browser.cookieHeader(url.host), origin: url.origin }
  await asking({ agent, port: Number(url.port), headers }, soaking, soaking.counted.latenciesMs)
}

/** The same of the machine itself, to know what of the time is the way. */
async function askDirectly({ webPort }: SoakMachine, soaking: Soaking): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  await asking({ agent, port: webPort, headers: { host: 'machine.invalid' }, thinkMs: 10 * thinkMs }, soaking, soaking.counted.directMs)
}

interface Line {
  readonly agent: Agent
  readonly port: number
  readonly headers: Readonly<Record<string, string>>
  readonly thinkMs?: number
}

async function asking(line: Line, { counted, until }: Soaking, latencies: number[]): Promise<void> {
  for (let n = 0; !until.aborted; n += 1) {
    const startedAt = performance.now()
    const body = n % 5 === 0 ? `${n} `.repeat(n % 50 === 0 ? 8_000 : 200) : ''
    try {
      const answer = await ask(line, { method: body === '' ? 'GET' : 'POST', path: `/page/${n}`, body })
      if (answer !== `${body === '' ? 'GET' : 'POST'} /page/${n} ${body}`) throw new Error(`another answer: ${answer.slice(0, 200)}`)
      latencies.push(performance.now() - startedAt)
    } catch (error) {
      counted.failed(`request ${n}`, error)
    }
    await wait(Math.max(0, (line.thinkMs ?? thinkMs) - (performance.now() - startedAt)))
  }
  line.agent.destroy()
}

function ask({ agent, port, headers }: Line, { method, path, body }: { method: string; path: string; body: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, agent, method, path, headers: { ...headers, 'content-length': body.length } })
    asked.setTimeout(answerWithinMs, () => asked.destroy(new Error(`nothing for ${answerWithinMs} ms`)))
    asked.once('error', reject)
    asked.once('response', (answer) => {
      text(answer).then((said) => (answer.statusCode === 200 ? resolve(said) : reject(new Error(`${answer.statusCode} ${said}`))), reject)
    })
    asked.end(body)
  })
}

async function keepSocket({ url, browser }: Work, { counted, until }: Soaking): Promise<void> {
  const address = new URL('/live', url)
  address.protocol = 'ws:'
  const socket = new WebSocket(address, {
    origin: url.origin,
    headers: { cookie: browser.cookieHeader(url.host) },
    lookup: localhostLookup,
  })
  try {
    await once(socket, 'open')
    for (let n = 0; !until.aborted; n += 1) {
      const message = `message ${n}`
      const answer = once(socket, 'message', { signal: AbortSignal.timeout(answerWithinMs) })
      socket.send(message)
      const [said] = (await answer) as [Buffer]
      if (said.toString() !== message) throw new Error(`another answer: ${said.toString()}`)
      counted.messages += 1
      await wait(messageEveryMs)
      if (socket.readyState !== WebSocket.OPEN) throw new Error('it was closed')
    }
  } catch (error) {
    counted.failed('a WebSocket', error)
  }
  socket.terminate()
}

async function useTool(port: number, { counted, until }: Soaking): Promise<void> {
  while (!until.aborted) {
    const sent = systemRandom.bytes(64 * 1024)
    try {
      const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
      const back: Buffer[] = []
      socket.on('data', (chunk) => back.push(chunk))
      // Also behind the last byte, where nobody waits any more.
      socket.on('error', () => {})
      socket.end(sent)
      await once(socket, 'end', { signal: AbortSignal.timeout(answerWithinMs) })
      if (!Buffer.concat(back).equals(sent)) throw new Error('other bytes came back')
      counted.tcpBytes += sent.length
    } catch (error) {
      counted.failed('a tcp stream', error)
    }
    await wait(Math.min(tcpEveryMs, 1_000 + Math.floor(systemRandom.fraction() * tcpEveryMs)))
  }
}
