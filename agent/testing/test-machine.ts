import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'

/** What stands behind an agent: a web server with WebSocket, and a TCP echo. */
export interface TestMachine {
  readonly httpPort: number
  readonly tcpPort: number
  /** `METHOD path` of each request that arrived, as this server's own parser understood it. */
  readonly seen: string[]
  readonly headers: Record<string, string | string[] | undefined>[]
  /** Connections that are open now. */
  readonly open: Set<Socket>
  /** Answers upgrades with these bytes instead of a WebSocket. */
  rawUpgrade: string | null
  close(): void
}

/** What `/tail/N` answers, with an empty chunk behind it. */
export const tailText = (url: string): string => `${url} `.padEnd(20 + (Number(url.slice(6)) % 1_000), 'tail ')

export async function startTestMachine(): Promise<TestMachine> {
  const machine: Pick<TestMachine, 'seen' | 'headers' | 'open' | 'rawUpgrade'> = {
    seen: [],
    headers: [],
    open: new Set(),
    rawUpgrade: null,
  }
  const server = createServer((request, response) => {
    machine.seen.push(`${request.method} ${request.url}`)
    machine.headers.push(request.headers)
    if (request.url === '/down') {
      const block = Buffer.alloc(256 * 1024, 'd')
      let left = 200
      const write = (): void => {
        while (left > 0) {
          left -= 1
          if (!response.write(block)) return void response.once('drain', write)
        }
        response.end()
      }
      return write()
    }
    if (request.url === '/moved')
      return void response
        .writeHead(302, {
          location: `http://127.0.0.1:${(server.address() as AddressInfo).port}/next?x=1`,
          'sallyport-agent-error': 'forged',
          'set-cookie': ['a=1', 'b=2'],
        })
        .end()
    if (request.url === '/log')
      return void response.writeHead(200, { 'content-disposition': 'attachment; filename="log.zip"' }).end(Buffer.alloc(2_000))
    if (request.url === '/torn') {
      response.writeHead(200, { 'content-length': 1000 })
      response.write('half')
      return void setImmediate(() => response.destroy())
    }
    if (request.url === '/events') return void response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
    if (request.url === '/quiet') return response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    if (request.url?.startsWith('/tail/') === true) {
      const text = tailText(request.url)
      if (request.method === 'PUT') response.setHeader('content-length', text.length)
      response.write(text)
      return void response.end(Buffer.alloc(0))
    }
    const hash = createHash('sha256')
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      hash.update(chunk)
    })
    request.on('end', () => response.end(JSON.stringify({ method: request.method, bytes, sha256: hash.digest('hex') })))
  })
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, stream: Duplex, head) => {
    machine.seen.push(`UPGRADE ${request.url}`)
    machine.headers.push(request.headers)
    if (machine.rawUpgrade !== null) return void stream.end(machine.rawUpgrade)
    sockets.handleUpgrade(request, stream, head, (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })))
  })
  const echo = createTcpServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => socket.write(chunk) || socket.pause())
    socket.on('drain', () => socket.resume())
    socket.on('end', () => socket.end('bye'))
  })
  for (const one of [server, echo]) {
    one.on('connection', (socket: Socket) => {
      machine.open.add(socket)
      socket.on('close', () => machine.open.delete(socket))
    })
    await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))
  }
  return Object.assign(machine, {
    httpPort: (server.address() as AddressInfo).port,
    tcpPort: (echo.address() as AddressInfo).port,
    close: () => {
      for (const socket of machine.open) socket.destroy()
      server.close()
      echo.close()
    },
  })
}
