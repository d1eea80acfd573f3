import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { WebSocketServer } from 'ws'

/** What the machine read of one request. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
}

/** A machine that says what reached it, for tests of the way there. */
export interface EchoMachine extends AsyncDisposable {
  readonly port: number
  /** Every request that its HTTP parser has found, in order. */
  readonly seen: readonly SeenRequest[]
  /** Sends an event to everybody who reads `/events`. */
  emit(data: string): void
  /** Connections that are open to it now. */
  connections(): Promise<number>
}

export interface EchoAnswer extends SeenRequest {
  readonly bodyBytes: number
  readonly bodySha256: string
}

const blockBytes = 1024 * 1024

/** Megabytes that repeat nowhere, so that a block which is lost, doubled or swapped shows in the digest. */
export class TestBytes {
  readonly blocks: number
  readonly #noise = randomBytes(blockBytes)

  constructor(mebibytes: number) {
    this.blocks = mebibytes
  }

  get length(): number {
    return this.blocks * blockBytes
  }

  block(at: number): Buffer {
    const block = Buffer.from(this.#noise)
    block.writeUInt32BE(at, 0)
    return block
  }

  *[Symbol.iterator](): Generator<Buffer> {
    for (let at = 0; at < this.blocks; at += 1) yield this.block(at)
  }

  sha256(): string {
    const hash = createHash('sha256')
    for (const block of this) hash.update(block)
    return hash.digest('hex')
  }
}

export async function startEchoMachine(bytes: TestBytes): Promise<EchoMachine> {
  const seen: SeenRequest[] = []
  const readers = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    seen.push(described(request))
    answer({ request, response, bytes, readers }).catch(() => response.destroy())
  })
  const sockets = new WebSocketServer({ server, path: '/socket', perMessageDeflate: true })
  sockets.on('connection', (socket) => {
    socket.on('error', () => {})
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    emit: (data) => {
      for (const reader of readers) reader.write(`data: ${data}\n\n`)
    },
    connections: () => new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count)))),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const described = ({ method = '', url = '', headers }: IncomingMessage): SeenRequest => ({ method, url, headers })

interface Answering {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly bytes: TestBytes
  readonly readers: Set<ServerResponse>
}

async function answer(answering: Answering): Promise<void> {
  const { request, response, bytes, readers } = answering
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://machine.invalid')
  const origin = `http://${request.headers.host}`
  switch (pathname) {
    case '/bytes':
      return sendBytes(answering)
    case '/part':
      return sendPart(request, response, bytes.block(0))
    case '/events':
      readers.add(response.on('close', () => readers.delete(response)))
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      return
    case '/never':
      return
    case '/status':
      return void response.writeHead(Number(searchParams.get('code')), { etag: '"1"' }).end()
    case '/redirect':
      return void response.writeHead(302, { location: `${origin}/landed?from=redirect` }).end()
    case '/cookies':
      response.setHeader('set-cookie', ['sid=1; Path=/; HttpOnly', 'wide=2; Domain=127.0.0.1; Path=/', 'third=3; Secure; SameSite=None'])
      return void response.end('set')
    case '/empty-tail':
      // What an HTTP/2 stream of Node does not survive by itself: see gateway/proxy/README.md.
      response.setHeader('content-type', 'text/plain')
      response.write(`tail ${searchParams.get('n')} `.padEnd(64, '.'))
      return void response.end(Buffer.alloc(0))
    default:
      return echo(request, response)
  }
}

async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const hash = createHash('sha256')
  let bodyBytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bodyBytes += chunk.length
  }
  const body: EchoAnswer = { ...described(request), bodyBytes, bodySha256: hash.digest('hex') }
  response.writeHead(200, { 'content-type': 'application/json', 'x-machine': 'echo' }).end(JSON.stringify(body))
}

async function sendBytes({ request, response, bytes }: Answering): Promise<void> {
  const chunked = request.url?.includes('chunked') === true
  response.writeHead(200, { 'content-type': 'application/octet-stream', ...(chunked ? {} : { 'content-length': bytes.length }) })
  if (request.method === 'HEAD') return void response.end()
  await pipeline(Readable.from(bytes, { objectMode: false, highWaterMark: blockBytes }), response)
}

function sendPart(request: IncomingMessage, response: ServerResponse, block: Buffer): void {
  const common = { 'accept-ranges': 'bytes', etag: '"block"', 'content-type': 'application/octet-stream' }
  if (request.headers['if-none-match'] === '"block"') return void response.writeHead(304, common).end()
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
  if (range === null) return void response.writeHead(200, { ...common, 'content-length': block.length }).end(block)
  const [from, to] = [Number(range[1]), Number(range[2])]
  if (from >= block.length)
    return void response.writeHead(416, { ...common, 'content-range': `bytes */${block.length}`, 'content-length': 0 }).end()
  const part = block.subarray(from, to + 1)
  response.writeHead(206, { ...common, 'content-range': `bytes ${from}-${to}/${block.length}`, 'content-length': part.length }).end(part)
}
