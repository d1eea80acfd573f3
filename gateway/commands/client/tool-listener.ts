import type { IncomingMessage } from 'node:http'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { WebSocket } from 'ws'
import { tearSocket } from '../../../agent/wire/tear-socket.ts'
import { systemClock } from '../../basics/clock.ts'
import { CodedError } from '../../basics/coded-error.ts'
import { carryBytes, closeCodes } from '../../http-api/forward/carry-bytes.ts'
import { refusalOf, type ApiClient } from './api-client.ts'
import { localhostLookup } from './localhost-lookup.ts'

export interface ToolListenerOptions {
  readonly client: ApiClient
  readonly session: string
  readonly service: string
  /** 0: any that is free. */
  readonly port: number
  readonly say: (text: string) => void
}

export interface ToolListener extends AsyncDisposable {
  readonly port: number
}

const handshakeMs = 20_000
/** The gateway sends pieces of a stream's window at most; what is longer would be held whole in memory. */
const mostMessageBytes = 1024 * 1024
const mostRefusalBytes = 64 * 1024

/** Listens on loopback; each connection of a tool is one WebSocket to the gateway. @throws CodedError `port_busy` */
export async function listenForTools(options: ToolListenerOptions): Promise<ToolListener> {
  const tools = new Set<Socket>()
  // Half-closes are passed on, and nothing is read before the machine's side is there.
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (tool) => {
    tools.add(tool)
    tool.on('error', () => {})
    tool.once('close', () => tools.delete(tool))
    connect(tool, options)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(portBusy(options.port, cause)))
    server.listen(options.port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => {
      // Half a transfer must not look whole.
      for (const tool of tools) tearSocket(tool)
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

const portBusy = (port: number, cause: unknown): CodedError =>
  new CodedError({
    code: 'port_busy',
    message: `Port ${port} of this computer cannot be listened on. Name another one, or none for any that is free.`,
    remedy: 'fix',
    cause,
  })

function connect(tool: Socket, { client, session, service, say }: ToolListenerOptions): void {
  const url = new URL(`/api/v1/sessions/${session}/services/${service}/stream`, client.portal)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(url, {
    headers: { authorization: `Bearer ${client.token ?? ''}` },
    lookup: localhostLookup,
    rejectUnauthorized: true,
    perMessageDeflate: false,
    maxPayload: mostMessageBytes,
    handshakeTimeout: handshakeMs,
  })
  tool.once('close', () => socket.readyState === WebSocket.CONNECTING && socket.terminate())
  socket.on('error', (error) => {
    if (!tool.destroyed) say(`A connection failed: ${error.message}`)
    tearSocket(tool)
  })
  socket.on('unexpected-response', (_request, response) => {
    void textOf(response).then((answer) => {
      if (!tool.destroyed) say(refusalOf(response.statusCode ?? 0, answer, client.portal).message)
      tearSocket(tool)
      socket.terminate()
    })
  })
  socket.on('open', () => {
    if (tool.destroyed) return socket.terminate()
    carryBytes({ socket, stream: tool, clock: systemClock })
    tool.resume()
  })
  socket.on('close', (code, reason) => {
    if (code === closeCodes.stalled) say(`A connection was cut: ${reason.toString()}.`)
  })
}

/** A problem is short; what is longer, breaks off or takes its time is none. Never rejects. */
async function textOf(response: IncomingMessage): Promise<string> {
  const timer = setTimeout(() => response.destroy(), handshakeMs)
  const chunks: Buffer[] = []
  let total = 0
  try {
    for await (const chunk of response) {
      chunks.push(chunk as Buffer)
      total += (chunk as Buffer).length
      if (total > mostRefusalBytes) break
    }
  } catch {
    // What came of it is judged.
  } finally {
    clearTimeout(timer)
  }
  return Buffer.concat(chunks).toString()
}
