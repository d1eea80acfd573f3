import { connect as connectHttp2, constants } from 'node:http2'
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import type { Clock } from '../basics/clock.ts'
import { AgentError } from '../basics/agent-error.ts'
import { laneAlpn, laneHeader, sessionHeader, streamErrorHeader, tunnelAlpn } from '../wire/agent-api.ts'
import type { KeyAndCertificate } from './throwaway-authority.ts'
import { until, waitMs } from './wait.ts'

export interface Answer {
  /** 0: the agent gave none. */
  readonly status: number
  readonly body: string
}

export interface OpenedStream {
  readonly status: number
  readonly error: string | null
  /** The lane that the agent says it took, or null. */
  readonly lane: string | null
  readonly stream: ClientHttp2Stream
}

/** A gateway that was taken over: the agent trusts its certificate, and it says what it likes. */
export interface HostileGateway {
  readonly port: number
  /** Asks as a gateway asks. Never throws for what the agent does: a stream that is torn is status 0. */
  ask(method: string, path: string, options?: { readonly body?: string | Buffer; readonly headers?: OutgoingHttpHeaders }): Promise<Answer>
  /** A stream to what `service` says; `session` null: without the header. */
  open(service: string, session: string | null, headers?: OutgoingHttpHeaders): Promise<OpenedStream>
  /** Lanes that the agent has dialled and that wait, by the ids that it gave them. */
  readonly lanes: ReadonlyMap<string, TLSSocket>
  /** How many it has dialled so far. */
  readonly lanesDialled: number
  /** Asks without waiting for anything. */
  throwIn(headers: OutgoingHttpHeaders, endStream?: boolean): ClientHttp2Stream | null
  /** The next connection of the agent, as bytes; the one that is open is torn. The gateway speaks HTTP/2 again on the one after it. */
  raw(): Promise<TLSSocket>
  /** @throws AgentError `no_tunnel` where the agent does not come in time */
  connected(timeoutMs?: number): Promise<void>
  readonly isConnected: boolean
  close(): void
}

const answerMs = 5_000

export async function startHostileGateway(options: {
  readonly certificate: KeyAndCertificate
  readonly rootPem: string
  readonly clock: Clock
  /** Nobody waits for an agent that has ended. */
  readonly agentIsAlive: () => boolean
}): Promise<HostileGateway> {
  const { clock } = options
  const server = createServer({
    ...options.certificate,
    ca: [options.rootPem],
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
    ALPNProtocols: [tunnelAlpn, laneAlpn],
  })
  let tunnel: ClientHttp2Session | null = null
  const lanes = new Map<string, TLSSocket>()
  let lanesDialled = 0
  const keepLane = (socket: TLSSocket): void => {
    lanesDialled += 1
    socket.once('readable', () => {
      const id = String(socket.read() ?? '').trim()
      lanes.set(id, socket)
      socket.once('close', () => lanes.delete(id))
      socket.on('end', () => lanes.delete(id))
    })
  }
  let takeRaw: ((socket: TLSSocket) => void) | null = null
  const sockets = new Set<TLSSocket>()
  server.on('tlsClientError', () => {})
  server.on('secureConnection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    if (socket.alpnProtocol === laneAlpn) return keepLane(socket)
    const take = takeRaw
    takeRaw = null
    if (take !== null) return take(socket)
    const session = connectHttp2('http://agent', { createConnection: () => socket })
    session.on('error', () => {})
    session.on('close', () => {
      if (tunnel === session) tunnel = null
    })
    session.once('connect', () => {
      tunnel = session
      // The agent counts a gateway as there from its first question on.
      session
        .request({ ':method': 'GET', ':path': '/v1/info' })
        .on('error', () => {})
        .resume()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const isOpen = (): boolean => tunnel !== null && !tunnel.closed && !tunnel.destroyed
  const connected = async (timeoutMs = 40_000): Promise<void> => {
    await until(clock, () => isOpen() || !options.agentIsAlive(), timeoutMs)
    if (isOpen()) return
    throw new AgentError({ code: 'no_tunnel', message: 'The agent did not connect to the hostile gateway.' })
  }
  const throwIn = (headers: OutgoingHttpHeaders, endStream = true): ClientHttp2Stream | null => {
    try {
      const stream = tunnel?.request(headers, { endStream }) ?? null
      stream?.on('error', () => {})
      return stream
    } catch {
      return null
    }
  }
  /** The head of the answer; null when the stream ended, or nobody answered in time. */
  const headOf = async (stream: ClientHttp2Stream): Promise<IncomingHttpHeaders | null> => {
    let head: IncomingHttpHeaders | null = null
    let over = false
    stream.on('response', (given) => void (head = given))
    stream.on('close', () => void (over = true))
    await until(clock, () => head !== null || over, answerMs)
    return head
  }
  return {
    port: (server.address() as AddressInfo).port,
    connected,
    get isConnected() {
      return isOpen()
    },
    throwIn,
    lanes,
    get lanesDialled() {
      return lanesDialled
    },
    ask: async (method, path, { body, headers = {} } = {}) => {
      await connected()
      const stream = throwIn({ ':method': method, ':path': path, ...headers }, body === undefined)
      if (stream === null) return { status: 0, body: '' }
      let text = ''
      let ended = false
      stream.setEncoding('utf8')
      stream.on('data', (chunk: string) => void (text = (text + chunk).slice(0, 1024 * 1024)))
      stream.on('end', () => void (ended = true))
      stream.on('close', () => void (ended = true))
      if (body !== undefined) stream.end(body)
      const head = await headOf(stream)
      if (head !== null && !path.startsWith('/v1/events')) await until(clock, () => ended, answerMs)
      stream.close(constants.NGHTTP2_CANCEL)
      return { status: Number(head?.[':status'] ?? 0), body: text }
    },
    open: async (service, session, headers = {}) => {
      await connected()
      const asked = { ':method': 'CONNECT', ':authority': service, ...(session === null ? {} : { [sessionHeader]: session }), ...headers }
      const stream = throwIn(asked, false)
      if (stream === null) throw new AgentError({ code: 'no_tunnel', message: 'The stream could not be sent.' })
      const head = await headOf(stream)
      const error = head?.[streamErrorHeader]
      const lane = head?.[laneHeader]
      if (typeof lane === 'string') lanes.delete(lane)
      return {
        status: Number(head?.[':status'] ?? 0),
        error: typeof error === 'string' ? error : null,
        lane: typeof lane === 'string' ? lane : null,
        stream,
      }
    },
    raw: async () => {
      let given: TLSSocket | null = null
      takeRaw = (socket) => void (given = socket)
      tunnel?.destroy()
      await until(clock, () => given !== null || !options.agentIsAlive(), 40_000)
      if (given === null) throw new AgentError({ code: 'no_tunnel', message: 'The agent did not connect to the hostile gateway.' })
      await waitMs(clock, 10)
      return given
    },
    close: () => {
      tunnel?.destroy()
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
