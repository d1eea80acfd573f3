import { createServer as createHttpServer } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { WebSocketServer } from 'ws'
import { systemClock } from '../../../agent/basics/clock.ts'
import { silentLogger, type Logger } from '../../../agent/basics/logger.ts'
import { systemRandom } from '../../../agent/basics/random.ts'
import { loadSettings } from '../../../agent/settings/load-settings.ts'
import type { RunningAgent } from '../../../agent/running-agent.ts'
import { startAgent } from '../../../agent/start-agent.ts'
import { answerParent } from '../../bench/processes/answer-parent.ts'
import { witness } from '../../support/witness.ts'
import { collectEachMinute } from './collect-each-minute.ts'

/** Many agents in one process, the real ones, and what stands behind them: web servers with WebSockets, and TCP servers that say everything again. */
const agents = new Map<string, RunningAgent>()
/** What each of their links did. */
const links = new Map<string, LinkMoments>()

/** In ms since 1970, by this process's own monotonic clock; the newest last. */
export interface LinkMoments {
  /** The gateway took it in. */
  readonly upAtMs: number[]
  readonly failures: { readonly atMs: number; readonly reason: string }[]
}

/** The words of `start-link.ts`. */
function noteLink(id: string): Logger {
  const { upAtMs, failures } = links.get(id) ?? { upAtMs: [], failures: [] }
  links.set(id, { upAtMs, failures })
  const nowMs = (): number => performance.timeOrigin + performance.now()
  const note = (fields: object, message: string): void => {
    if (message === 'connected to the gateway') upAtMs.push(nowMs())
    if ('reason' in fields && 'retry_ms' in fields) failures.push({ atMs: nowMs(), reason: String(fields.reason) })
  }
  return { ...silentLogger, debug: note, info: note, warn: note }
}

async function start({ id, config }: { readonly id: string; readonly config: string }): Promise<{ readonly pairingUrl: string }> {
  await agents.get(id)?.close()
  const settings = await loadSettings(config)
  const agent = await startAgent({ settings, clock: systemClock, random: systemRandom, logger: noteLink(id) })
  agents.set(id, agent)
  return { pairingUrl: agent.pairingUrl }
}

/** When the gateway has taken it in again: until then the portal may show the tunnel of before, whose end it has not read. */
async function connectedSince({ id, sinceMs }: { readonly id: string; readonly sinceMs: number }): Promise<void> {
  while ((links.get(id)?.upAtMs.at(-1) ?? 0) <= sinceMs) await wait(50)
}

/** How many were taken in since then. */
const backSince = ({ sinceMs }: { readonly sinceMs: number }): number =>
  [...links.values()].filter(({ upAtMs }) => (upAtMs.at(-1) ?? 0) > sinceMs).length

async function listen(server: Server, seen: string): Promise<number> {
  witness(server, seen)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function serve({ seen }: { readonly seen: string }): Promise<{ readonly web: number; readonly raw: number }> {
  const sockets = new WebSocketServer({ noServer: true })
  const web = createHttpServer((request, response) => {
    void text(request).then(
      (body) => response.writeHead(200, { 'content-type': 'text/plain' }).end(`${request.method} ${request.url} ${body}`),
      () => response.destroy(),
    )
  })
  // All of them stand still together when this computer has too much to do, and would close what waits: that is no fault that is meant here.
  web.keepAliveTimeout = 65_000
  web.on('upgrade', (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => {})
      client.on('message', (data, isBinary) => client.send(data, { binary: isBinary }))
    }),
  )
  const raw = createTcpServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => {}).pipe(socket))
  return { web: await listen(web, seen), raw: await listen(raw, seen) }
}

collectEachMinute()
answerParent({ start, connectedSince, serve, links: () => Object.fromEntries(links), backSince }, async () => {
  await Promise.all([...agents.values()].map((agent) => agent.close()))
})
