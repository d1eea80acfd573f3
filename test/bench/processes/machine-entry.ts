import { createServer, type ServerResponse } from 'node:http'
import { answerParent } from './answer-parent.ts'
import { listen } from './listen.ts'

/** The machine behind everything: Node's own http server. `/small`: 1 KB; `/bulk/N`: N bytes; `/trickle`: without end, four times a second; anything with a body is read and thrown away. */
const small = Buffer.alloc(1024, 'sallyport ')
const piece = Buffer.alloc(64 * 1024, 'x')

const server = createServer({ requestTimeout: 0, keepAliveTimeout: 600_000 }, (request, response) => {
  const bulk = /^\/bulk\/(\d+)$/.exec(request.url ?? '')
  if (bulk !== null) return sendBulk(response, Number(bulk[1]))
  if (request.url === '/trickle') return trickle(response)
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': small.length, 'cache-control': 'no-store' })
    response.end(small)
  })
  request.resume()
})

function trickle(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write('data: 0\n\n')
  const timer = setInterval(() => response.write('data: still running\n\n'), 250)
  response.on('close', () => clearInterval(timer))
}

function sendBulk(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes })
  let left = bytes
  const more = (): void => {
    while (left > 0) {
      const next = left >= piece.length ? piece : piece.subarray(0, left)
      left -= next.length
      if (!response.write(next)) return void response.once('drain', more)
    }
    response.end()
  }
  more()
}

const port = listen(server)
answerParent({ start: async () => ({ port: await port }) })
