import { createServer as createHttpServer } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { WebSocketServer } from 'ws'
import { systemClock } from '../../../agent/basics/clock.ts'
import { silentLogger } from '../../../agent/basics/logger.ts'
import { systemRandom } from '../../../agent/basics/random.ts'
import { loadSettings } from '../../../agent/settings/load-settings.ts'
import { startAgent, type RunningAgent } from '../../../agent/start-agent.ts'
import { answerParent } from '../../bench/processes/answer-parent.ts'
import { witness } from '../../support/witness.ts'

/** Many agents in one process, the real ones, and what stands behind them: web servers with WebSockets, and TCP servers that say everything again. */
const agents = new Map<string, RunningAgent>()

async function start({ id, config }: { readonly id: string; readonly config: string }): Promise<{ readonly pairingUrl: string }> {
  await agents.get(id)?.close()
  const settings = await loadSettings(config)
  const agent = await startAgent({ settings, clock: systemClock, random: systemRandom, logger: silentLogger })
  agents.set(id, agent)
  return { pairingUrl: agent.pairingUrl }
}

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

answerParent({ start, serve }, async () => {
  await Promise.all([...agents.values()].map((agent) => agent.close()))
})
