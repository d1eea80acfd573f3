import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { witness } from './witness.ts'

/**
 * A machine with slow answers, in a process of its own: `/drip` is a download without an end, or of `?chunks=N`; every upgrade is a
 * WebSocket that counts. It prints a line whenever one of them is opened or closed at its side, and writes what reaches it into the file `argv[3]`.
 */
const everyMs = 100
const chunk = Buffer.alloc(4096, 'x')
/** Days of chunks. */
const endless = 1_000_000
const tell = (said: object): void => void process.stdout.write(`${JSON.stringify(said)}\n`)
const sockets = new WebSocketServer({ noServer: true })

function drip(response: ServerResponse, chunks: number): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': chunks * chunk.length })
  let left = chunks
  const timer = setInterval(() => {
    left -= 1
    if (left > 0) response.write(chunk)
    else if (left === 0) response.end(chunk)
  }, everyMs)
  tell({ opened: 'download' })
  response.once('close', () => {
    clearInterval(timer)
    tell({ closed: 'download' })
  })
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://machine.invalid')
  if (pathname === '/drip') drip(response, Number(searchParams.get('chunks') ?? endless))
  else response.writeHead(200, { 'content-type': 'text/plain' }).end('a machine\n')
})
witness(server, process.argv[3])
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (client) => {
    let count = 0
    const timer = setInterval(() => client.send(String(++count)), everyMs)
    tell({ opened: 'socket' })
    client.on('error', () => {})
    client.once('close', () => {
      clearInterval(timer)
      tell({ closed: 'socket' })
    })
  })
})
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => tell({ ready: true, port: (server.address() as AddressInfo).port }))
process.stdin.once('close', () => process.exit(0)).resume()
process.once('SIGTERM', () => process.exit(0))
