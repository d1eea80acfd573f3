import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Clock } from '../../basics/clock.ts'
import { CodedError } from '../../basics/coded-error.ts'
import { isServiceName, isSessionId, type ServiceName, type SessionId } from '../../basics/ids.ts'
import type { Running } from '../../basics/lifecycle.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import { authorizeStream, isRefused } from '../../sessions/authorize-stream.ts'
import { whoIsSignedIn } from '../../sign-in/who-is-signed-in.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { writeProblem } from '../problem-details.ts'
import { bearerToken } from '../signed-in.ts'
import { carryBytes, closeCodes, hangUp } from './carry-bytes.ts'

export interface ForwardDoor extends Running {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

const path = /^\/api\/v1\/sessions\/([^/?]+)\/services\/([^/?]+)\/stream$/
/** Connections of one session at once; a tool that opens more has gone wrong. */
const mostConnections = 64
const mostMessageBytes = 1024 * 1024
const pingEveryMs = 15_000

/** The checks on the way, in order; what fails answers as a problem before anything is a WebSocket. */
export function createForwardDoor(ports: ForwardPorts): ForwardDoor {
  const { clock, random, logger } = ports
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: mostMessageBytes, clientTracking: false })
  const live = new Map<SessionId, Set<WebSocket>>()
  let stopping = false

  const open = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const { session, service } = readTarget(request)
    if (stopping) throw refusal('closing', 'The gateway stops. Try again in a moment.', 'retry')
    await checkCaller(ports, request, session)
    const grant = await authorizeStream(ports.sessions, session, service)
    if (isRefused(grant)) throw refusal(grant.code, grant.message, grant.code === 'device_offline' ? 'retry' : 'forbidden')
    if (grant.kind === 'http') throw refusal('web_service', 'Open web services in a browser, from the portal.', 'fix')
    const connections = live.get(session) ?? new Set()
    if (connections.size >= mostConnections)
      throw refusal('too_many_connections', `A session has at most ${mostConnections} connections. Close some.`, 'retry')
    const left = new AbortController()
    socket.once('close', () => left.abort())
    const stream = await grant.openStream(left.signal)
    // The caller may have left, or its handshake may be none: `ws` answers that by itself and calls nobody.
    const abandon = (): void => void stream.destroy()
    if (socket.destroyed) return abandon()
    socket.once('close', abandon)
    server.handleUpgrade(request, socket, head, (websocket) => {
      socket.off('close', abandon)
      live.set(session, connections.add(websocket))
      begin(websocket, stream, grant.signal, () => {
        connections.delete(websocket)
        if (connections.size === 0) live.delete(session)
      })
    })
  }

  const begin = (websocket: WebSocket, stream: Duplex, withdrawn: AbortSignal, onClose: () => void): void => {
    const onWithdrawn = (): void => {
      // No further byte, then the word why.
      stream.destroy()
      hangUp(websocket, clock, closeCodes.withdrawn, reasonText(withdrawn.reason))
    }
    withdrawn.addEventListener('abort', onWithdrawn, { once: true })
    const stopPing = keepAlive(websocket, clock)
    carryBytes({
      socket: websocket,
      stream,
      clock,
      settle: () => {
        stopPing()
        withdrawn.removeEventListener('abort', onWithdrawn)
        onClose()
      },
    })
    if (withdrawn.aborted) onWithdrawn()
  }

  const all = (): WebSocket[] => [...live.values()].flatMap((connections) => [...connections])
  return {
    upgrade(request, socket, head) {
      open(request, socket, head).catch((error: unknown) => writeProblem(socket, error, random, logger))
    },
    async drain() {
      stopping = true
      for (const websocket of all()) hangUp(websocket, clock, closeCodes.withdrawn, 'the gateway stops')
    },
    async close() {
      stopping = true
      for (const websocket of all()) websocket.terminate()
    },
  }
}

type ForwardPorts = Pick<HttpApiPorts, 'sessions' | 'signIns' | 'clock' | 'random' | 'logger'>

/** A command line's token and nothing else: a browser's cookie would let any page of the browser open connections. */
async function checkCaller({ signIns, sessions }: ForwardPorts, request: IncomingMessage, session: SessionId): Promise<void> {
  const token = bearerToken(request)
  const signedIn = token === undefined ? undefined : await whoIsSignedIn(signIns, token, 'command_line')
  if (signedIn === undefined) throw refusal('not_signed_in', 'Sign in first: sallyport login', 'sign_in')
  const found = sessions.get(session)?.session ?? (await sessions.ports.store.find(wholeInstallation, session))
  if (found?.personId !== signedIn.person.id) throw refusal('session_unknown', 'There is no such session of yours.', 'not_found')
}

function readTarget(request: IncomingMessage): { readonly session: SessionId; readonly service: ServiceName } {
  const [, session = '', service = ''] = path.exec(request.url ?? '') ?? []
  if (!isSessionId(session) || !isServiceName(service)) throw refusal('not_found', 'There is nothing here to connect to.', 'not_found')
  return { session, service }
}

/** A peer that is silently gone would hold its stream until the session ends. */
function keepAlive(websocket: WebSocket, clock: Clock): () => void {
  let alive = true
  let timer = clock.after(pingEveryMs, look)
  function look(): void {
    if (!alive) return websocket.terminate()
    alive = false
    websocket.ping()
    timer = clock.after(pingEveryMs, look)
  }
  websocket.on('pong', () => (alive = true))
  websocket.on('message', () => (alive = true))
  return () => timer.cancel()
}

const refusal = (code: string, message: string, remedy: CodedError['remedy']): CodedError => new CodedError({ code, message, remedy })

/** A Close frame has room for 123 bytes (RFC 6455, section 5.5.1). */
const reasonText = (reason: unknown): string => Buffer.from(String(reason)).subarray(0, 120).toString().replaceAll('\uFFFD', '')
