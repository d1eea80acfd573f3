import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Work } from './technician-at-work.ts'

export interface Sending {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Iterable<Buffer>
}

/** Speaks HTTP/1.1 to a machine behind the gateway, byte by byte where need be: what no browser would send, and what shows every byte. */
export interface MachineClient {
  readonly host: string
  readonly cookie: string
  /** The answer as soon as its head is there. */
  send(path: string, sending?: Sending): Promise<IncomingMessage>
  /** A request that is under way. */
  start(path: string, sending?: Sending): ClientRequest
  /** Sends these bytes on a connection of their own; everything that came back until the gateway closed it or nothing came for `quietMs`. */
  sendRaw(bytes: string | Buffer, quietMs?: number): Promise<string>
  connect(): Socket
  close(): void
}

export function machineClient(work: Work): MachineClient {
  const { host, port } = work.url
  const cookie = work.browser.cookieHeader(host)
  const agent = new Agent({ keepAlive: true })
  const start = (path: string, { method = 'GET', headers = {}, body }: Sending = {}): ClientRequest => {
    const request = httpRequest({ host: '127.0.0.1', port, agent, method, path, headers: { host, cookie, ...headers } })
    if (body === undefined) request.end()
    else void upload(request, body)
    return request
  }
  const connectRaw = (): Socket => connect({ host: '127.0.0.1', port: Number(port) })
  return {
    host,
    cookie,
    start,
    send: (path, sending) => new Promise((resolve, reject) => start(path, sending).once('response', resolve).once('error', reject)),
    sendRaw: (bytes, quietMs = 700) =>
      new Promise((resolve, reject) => {
        const socket = connectRaw()
        let text = ''
        const done = (): void => {
          socket.destroy()
          resolve(text)
        }
        socket.setTimeout(5_000, done)
        socket.on('data', (chunk: Buffer) => {
          text += chunk.toString('latin1')
          socket.setTimeout(quietMs, done)
        })
        socket.once('close', done)
        socket.once('error', (error) => (text === '' ? reject(error) : done()))
        socket.write(bytes)
      }),
    connect: connectRaw,
    close: () => agent.destroy(),
  }
}

async function upload(request: ClientRequest, body: Iterable<Buffer>): Promise<void> {
  request.on('error', () => {})
  for (const chunk of body) {
    if (request.destroyed) return
    if (!request.write(chunk)) await new Promise<void>((resolve) => request.once('drain', resolve).once('close', resolve))
  }
  request.end()
}
