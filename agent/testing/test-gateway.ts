import { connect as connectHttp2 } from 'node:http2'
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import type { TLSSocket, TlsOptions } from 'node:tls'
import type { AgentEvent } from '../wire/agent-api.ts'
import { laneAlpn, laneHeader } from '../wire/agent-api.ts'
import { createLane } from '../wire/lane.ts'
import type { Lane } from '../wire/lane.ts'
import { tunnelSettings } from '../wire/tunnel-settings.ts'
import { systemClock } from '../basics/clock.ts'
import type { TestAuthority } from './test-authority.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** The gateway's end of the tunnel: TLS with client certificates, HTTP/2 client over the accepted socket. */
export interface TestGateway {
  readonly port: number
  /** The newest tunnel; undefined while there is none. */
  tunnel: ClientHttp2Session | undefined
  connections: number
  /** Connections of TCP, lanes and those of strangers among them. */
  reached: number
  /** What the last tunnel said when it left, or null. */
  goodbye: string | null
  /** Those that wait, by the ids that the agent gave them. */
  readonly lanes: Map<string, Lane>
  /** When set, each new tunnel is refused with this word. */
  refuseWith: string | null
  /** When set, each new connection is its own: no HTTP/2 of anybody's library is spoken on it. */
  hostile: ((socket: TLSSocket) => void) | null
  request(
    method: string,
    path: string,
    options?: { readonly body?: string | Buffer; readonly headers?: Record<string, string> },
  ): Promise<Answer>
  /** A stream to a service, with the status that the agent answered. */
  connect(
    service: string,
    session?: string,
    laneId?: string,
  ): Promise<{ readonly stream: ClientHttp2Stream; readonly status: number; readonly error: unknown }>
  /** Reads the agent's events into the list. */
  readEvents(after: number, into: AgentEvent[]): ClientHttp2Stream
  close(): void
}

export async function startTestGateway(options: {
  readonly authority: TestAuthority
  readonly server?: { readonly key: string; readonly cert: string }
  readonly alpn?: string[]
  readonly tls?: TlsOptions
}): Promise<TestGateway> {
  const { authority } = options
  const server = createServer({
    ...(options.server ?? authority.server()),
    ca: [authority.rootPem],
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
    ALPNProtocols: options.alpn ?? ['rh2', laneAlpn],
    ...options.tls,
  })
  const state: Pick<TestGateway, 'tunnel' | 'connections' | 'reached' | 'goodbye' | 'lanes' | 'refuseWith' | 'hostile'> = {
    tunnel: undefined,
    connections: 0,
    reached: 0,
    goodbye: null,
    lanes: new Map(),
    refuseWith: null,
    hostile: null,
  }
  server.on('tlsClientError', () => {})
  server.on('connection', () => void (state.reached += 1))
  server.on('secureConnection', (socket) => {
    if (socket.alpnProtocol === laneAlpn) return keepLane(state.lanes, socket)
    state.connections += 1
    socket.on('error', () => {})
    if (state.hostile !== null) return state.hostile(socket)
    const session = connectHttp2('http://agent', {
      createConnection: () => socket,
      settings: { initialWindowSize: tunnelSettings.streamWindow },
    })
    session.on('error', () => {})
    session.on('goaway', (_code, _last, data) => void (state.goodbye = Buffer.from(data ?? []).toString('latin1')))
    session.on('close', () => state.tunnel === session && (state.tunnel = undefined))
    session.once('connect', () => {
      session.setLocalWindowSize(tunnelSettings.connectionWindow)
      if (state.refuseWith === null) {
        state.tunnel = session
        // A gateway always begins with a question; the agent counts as connected from then on.
        session
          .request({ ':method': 'GET', ':path': '/v1/info' })
          .on('error', () => {})
          .resume()
      } else {
        session.goaway(0, 0, Buffer.from(state.refuseWith))
        session.close()
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const need = (): ClientHttp2Session => {
    if (state.tunnel === undefined) throw new Error('no tunnel')
    return state.tunnel
  }
  return Object.assign(state, {
    port: (server.address() as AddressInfo).port,
    request: (method: string, path: string, { body, headers = {} }: { body?: string | Buffer; headers?: Record<string, string> } = {}) =>
      new Promise<Answer>((resolve, reject) => {
        const stream = need().request({ ':method': method, ':path': path, ...headers }, { endStream: body === undefined })
        let answered: IncomingHttpHeaders = {}
        let text = ''
        stream.setEncoding('utf8')
        stream.on('response', (given) => void (answered = given))
        stream.on('data', (chunk: string) => void (text += chunk))
        stream.on('end', () => resolve({ status: Number(answered[':status']), headers: answered, body: text }))
        stream.on('error', reject)
        if (body !== undefined) stream.end(body)
      }),
    connect: (service: string, session?: string, laneId?: string) =>
      new Promise<{ stream: ClientHttp2Stream; status: number; error: unknown }>((resolve, reject) => {
        const stream = need().request(
          {
            ':method': 'CONNECT',
            ':authority': service,
            ...(session === undefined ? {} : { 'sallyport-session': session }),
            ...(laneId === undefined ? {} : { [laneHeader]: laneId }),
          },
          { endStream: false },
        )
        stream.on('response', (headers) => resolve({ stream, status: Number(headers[':status']), error: headers['sallyport-error'] }))
        stream.on('error', reject)
      }),
    readEvents: (after: number, into: AgentEvent[]) => {
      const stream = need().request({ ':method': 'GET', ':path': `/v1/events?after=${after}` })
      let rest = ''
      stream.setEncoding('utf8')
      stream.on('error', () => {})
      stream.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n')
        rest = lines.pop() ?? ''
        into.push(...lines.map((line) => JSON.parse(line) as AgentEvent))
      })
      return stream
    },
    close: () => {
      state.tunnel?.destroy()
      server.close()
    },
  })
}

function keepLane(lanes: Map<string, Lane>, socket: TLSSocket): void {
  const lane = createLane(socket, systemClock)
  socket.once('readable', () => {
    const id = String(socket.read() as Buffer).trim()
    lanes.set(id, lane)
    socket.once('close', () => lanes.delete(id))
  })
}
