import { performServerHandshake } from 'node:http2'
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import { connect } from 'node:tls'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import type { AgentInfo } from '../../agent/wire/agent-api.ts'
import { tunnelAlpn } from '../../agent/wire/agent-api.ts'
import { tunnelSettings } from '../../agent/wire/tunnel-settings.ts'

export type StreamHandler = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void

export interface TestDeviceOptions {
  readonly port: number
  /** PEM of what the device pins. */
  readonly caPem: string
  readonly keyPem?: string
  readonly certificatePem?: string
  /** Every request and CONNECT of the gateway. Default: answers `/v1/info` and `/v1/sessions`, echoes streams, 404 else. */
  readonly onStream?: StreamHandler
  /** Other TLS options, to do it wrong. */
  readonly tls?: ConnectionOptions
}

export interface TestDevice {
  readonly socket: TLSSocket
  readonly session: ServerHttp2Session
  /** The gateway's GOAWAY: its debug data, or `closed` when the connection ended without one. */
  readonly goodbye: Promise<string>
  readonly closed: Promise<void>
  close(): void
}

/** A machine in a few lines, as another maker would write it: dials, then serves HTTP/2 on the connection that it opened. */
export async function dialAsDevice(options: TestDeviceOptions): Promise<TestDevice> {
  const { port, caPem, keyPem, certificatePem, onStream = answerLikeAnAgent(), tls = {} } = options
  const socket = connect({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: caPem,
    ...(keyPem === undefined ? {} : { key: keyPem }),
    ...(certificatePem === undefined ? {} : { cert: certificatePem }),
    minVersion: 'TLSv1.3',
    ALPNProtocols: [tunnelAlpn],
    ...tls,
  })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve)
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed during the handshake')))
  })
  socket.on('error', () => {})
  const { streamWindow, connectionWindow, maxConcurrentStreams } = tunnelSettings
  const session = performServerHandshake(socket, {
    settings: { enableConnectProtocol: false, initialWindowSize: streamWindow, maxConcurrentStreams },
  })
  session.setLocalWindowSize(connectionWindow)
  session.on('error', () => {})
  session.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    onStream(stream, headers)
  })
  const goodbye = new Promise<string>((resolve) => {
    session.once('goaway', (_code, _last, data) => resolve(data === undefined ? '' : Buffer.from(data).toString('ascii')))
    void closed.then(() => resolve('closed'))
  })
  return { socket, session, goodbye, closed, close: () => socket.destroy() }
}

export const testBoot = '0123456789abcdef'.repeat(2)

/** A small agent: info, an empty snapshot, and streams that send back what they get. */
export function answerLikeAnAgent(info: Partial<AgentInfo> = {}): StreamHandler {
  const whole: AgentInfo = {
    version: '0.0.0-test',
    boot: testBoot,
    device: 'press-1',
    services: [{ name: 'hmi', kind: 'http', title: 'Operating panel', enabled: true }],
    clock: Math.floor(Date.now() / 1000),
    panel_connected: true,
    request_timeout_s: 60,
    ...info,
  }
  return (stream, headers) => {
    if (headers[':method'] === 'CONNECT') {
      stream.respond({ ':status': 200 })
      return void stream.pipe(stream)
    }
    if (headers[':path'] === '/v1/info') return answerJson(stream, 200, whole)
    if (headers[':path'] === '/v1/sessions') return answerJson(stream, 200, { boot: testBoot, shown: [], live: [], last_event: 0 })
    answerJson(stream, 404, { code: 'not_found' })
  }
}

export function answerJson(stream: ServerHttp2Stream, status: number, body: unknown): void {
  stream.respond({ ':status': status, 'content-type': 'application/json' })
  stream.end(JSON.stringify(body))
}
