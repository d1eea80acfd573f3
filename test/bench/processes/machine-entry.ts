import { createServer, type ServerResponse } from 'node:http'
import { answerParent } from './answer-parent.ts'
import { listen } from './listen.ts'
import { isTrickle, trickle, trickleEnds, trickleMessages } from './trickles.ts'

/** The machine behind everything: Node's own http server. `/small`: 1 KB; `/page`: an HTML document of 18 KB; `/bulk/N`: N bytes; `/trickle/NAME`: without end, as events or as messages of a WebSocket; anything with a body is read and thrown away. */
const small = Buffer.alloc(1024, 'sallyport ')
const page = Buffer.from(
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Press 7</title></head><body><h1>Press 7</h1><table>\n${Array.from(
    { length: 320 },
    (_, at) => `<tr><td>Valve ${at}</td><td class="value">${(at * 37) % 101} bar</td></tr>\n`,
  ).join('')}</table></body></html>\n`,
)
const piece = Buffer.alloc(64 * 1024, 'x')

const server = createServer({ requestTimeout: 0, keepAliveTimeout: 600_000 }, (request, response) => {
  const bulk = /^\/bulk\/(\d+)$/.exec(request.url ?? '')
  if (bulk !== null) return sendBulk(response, Number(bulk[1]))
  if (isTrickle(request)) return trickle(request, response)
  request.on('end', () => {
    const [type, body] = request.url === '/page' ? ['text/html; charset=utf-8', page] : ['text/plain', small]
    response.writeHead(200, { 'content-type': type, 'content-length': body.length, 'cache-control': 'no-store' })
    response.end(body)
  })
  request.resume()
})

server.on('upgrade', (request, socket) => (isTrickle(request) ? trickleMessages(request, socket) : socket.destroy()))

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
answerParent({ start: async () => ({ port: await port }), trickleEnds })
