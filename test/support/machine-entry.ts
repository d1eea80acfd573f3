import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { witness } from './witness.ts'

/** A machine's own web server in a process of its own, on the port that it is given (0: any): a page, and a WebSocket that counts. What reaches it stands in the file `argv[3]`. */
const sockets = new WebSocketServer({ noServer: true })
const server = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain' }).end(`${request.method} ${request.url}\n`)
})
witness(server, process.argv[3])
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (client) => {
    let count = 0
    const timer = setInterval(() => client.send(String(++count)), 100)
    client.on('close', () => clearInterval(timer))
  })
})
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ ready: true, port: (server.address() as AddressInfo).port })}\n`)
})
process.stdin.once('close', () => process.exit(0)).resume()
process.once('SIGTERM', () => process.exit(0))
