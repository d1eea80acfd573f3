import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { CodedError } from '../../basics/coded-error.ts'
import { isServiceName, isSessionId, type ServiceName, type SessionId } from '../../basics/ids.ts'
import type { Running } from '../../basics/lifecycle.ts'
import { tooManyFromAddress, tooManyOfPerson } from '../../basics/request-paces.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import { authorizeStream, isRefused } from '../../sessions/authorize-stream.ts'
import type { SignIn } from '../../sign-in/sign-in-store.ts'
import { isStillSignedIn, whoIsSignedIn } from '../../sign-in/who-is-signed-in.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import { writeProblem } from '../problem-details.ts'
import { bearerToken, invalidToken } from '../signed-in.ts'
import { carryBytes, closeCodes, hangUp } from './carry-bytes.ts'
import { keepAlive } from './keep-alive.ts'
import { Places } from './places.ts'

export interface ForwardDoor extends Running {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

const path = /^\/api\/v1\/sessions\/([^/?]+)\/services\/([^/?]+)\/stream$/
const mostMessageBytes = 1024 * 1024

/** The checks on the way, in order; what fails answers as a problem before anything is a WebSocket. */
export function createForwardDoor(ports: ForwardPorts): ForwardDoor {
  const { clock, random, logger } = ports
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: mostMessageBytes, clientTracking: false })
  const places = new Places()
  const live = new Set<WebSocket>()
  let stopping = false

  const open = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const { session, service } = readTarget(request)
    if (stopping) throw stops()
    const signIn = await checkCaller(ports, request, session)
    const grant = await authorizeStream(ports.sessions, session, service)
    if (isRefused(grant)) throw refusal(grant.code, grant.message, grant.code === 'device_offline' ? 'retry' : 'forbidden')
    if (grant.kind === 'http') throw refusal('web_service', 'Open web services in a browser, from the portal.', 'fix')
    const leave = places.take(session)
    const left = new AbortController()
    socket.once('close', () => left.abort())
    const stream = await grant.openStream(left.signal).catch((error: unknown) => {
      leave()
      throw error
    })
    // The caller may have left, or its handshake may be none: `ws` answers that by itself and calls nobody.
    const abandon = (): void => {
      stream.destroy()
      leave()
    }
    if (socket.destroyed || stopping) {
      abandon()
      throw stops()
    }
    socket.once('close', abandon)
    server.handleUpgrade(request, socket, head, (websocket) => {
      socket.off('close', abandon)
      live.add(websocket)
      begin({ websocket, stream, signIn, withdrawn: grant.signal, leave })
    })
  }

  const begin = ({ websocket, stream, signIn, withdrawn, leave }: Connection): void => {
    const withdraw = (reason: unknown): void => {
      // No further byte, then the word why.
      stream.destroy()
      hangUp(websocket, clock, closeCodes.withdrawn, reasonText(reason))
    }
    const onWithdrawn = (): void => withdraw(withdrawn.reason)
    withdrawn.addEventListener('abort', onWithdrawn, { once: true })
    const demandSignedIn = async (): Promise<void> => {
      if (!(await isStillSignedIn(ports.signIns, signIn))) withdraw('signed out')
    }
    const stopLooking = keepAlive(websocket, clock, () => {
      demandSignedIn().catch((error: unknown) => logger.warn({ err: error }, 'the sign-in behind a connection could not be looked at'))
    })
    websocket.once('close', () => live.delete(websocket))
    carryBytes({
      socket: websocket,
      stream,
      clock,
      settle: () => {
        stopLooking()
        withdrawn.removeEventListener('abort', onWithdrawn)
        leave()
      },
    })
    if (withdrawn.aborted) onWithdrawn()
  }

  return {
    upgrade(request, socket, head) {
      open(request, socket, head).catch((error: unknown) => {
        // Who has left is told nothing, and leaving is no fault.
        if (!socket.destroyed) writeProblem(socket, error, random, logger)
      })
    },
    async drain() {
      stopping = true
      for (const websocket of live) hangUp(websocket, clock, closeCodes.withdrawn, 'the gateway stops')
    },
    async close() {
      stopping = true
      for (const websocket of live) websocket.terminate()
    },
  }
}

interface Connection {
  readonly websocket: WebSocket
  readonly stream: Duplex
  readonly signIn: SignIn
  /** Of the grant: the session ended, or policy changed. */
  readonly withdrawn: AbortSignal
  /** Gives its place to the next one. */
  readonly leave: () => void
}

type ForwardPorts = Pick<HttpApiPorts, 'sessions' | 'signIns' | 'paces' | 'addressOf' | 'clock' | 'random' | 'logger'>

/** A command line's token and nothing else: a browser's cookie would let any page of the browser open connections. */
async function checkCaller(
  { signIns, sessions, paces, addressOf }: ForwardPorts,
  request: IncomingMessage,
  session: SessionId,
): Promise<SignIn> {
  const token = bearerToken(request)
  const signedIn = token === undefined ? undefined : await whoIsSignedIn(signIns, token, 'command_line')
  if (signedIn === undefined) {
    if (!paces.stranger(addressOf(request))) throw tooManyFromAddress()
    const details = token === undefined ? {} : invalidToken
    throw new CodedError({ code: 'not_signed_in', message: 'Sign in first: sallyport login', remedy: 'sign_in', details })
  }
  if (!paces.person(signedIn.person.id)) throw tooManyOfPerson()
  const found = sessions.get(session)?.session ?? (await sessions.ports.store.find(wholeInstallation, session))
  if (found?.personId !== signedIn.person.id) throw refusal('session_unknown', 'There is no such session of yours.', 'not_found')
  return signedIn.signIn
}

function readTarget(request: IncomingMessage): { readonly session: SessionId; readonly service: ServiceName } {
  const [, session = '', service = ''] = path.exec(request.url ?? '') ?? []
  if (!isSessionId(session) || !isServiceName(service)) throw refusal('not_found', 'There is nothing here to connect to.', 'not_found')
  return { session, service }
}

const refusal = (code: string, message: string, remedy: CodedError['remedy']): CodedError => new CodedError({ code, message, remedy })

const stops = (): CodedError => refusal('closing', 'The gateway stops. Try again in a moment.', 'retry')

/** A Close frame has room for 123 bytes (RFC 6455, section 5.5.1). */
const reasonText = (reason: unknown): string => Buffer.from(String(reason)).subarray(0, 120).toString().replaceAll('\uFFFD', '')
