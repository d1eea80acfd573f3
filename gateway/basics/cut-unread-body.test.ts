import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { cutUnreadBody } from './cut-unread-body.ts'

const withinMs = 300
let server: Server
let socket: Socket
let heard: string
beforeEach(async () => {
  server = createServer((request, response) => {
    if (request.url !== '/by-node') cutUnreadBody(request, response, { withinMs })
    response.writeHead(401).end('no')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  heard = ''
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {})
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()))
})
afterEach(async () => {
  socket.destroy()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const ask = (path: string, length: number): boolean => socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`)
const answers = (): number => heard.split('HTTP/1.1 401').length - 1

it('cuts who sends the body of an answered request byte by byte, where Node by itself would read it for days', async () => {
  ask('/', 1024 ** 3)
  const drip = setInterval(() => socket.write('x'), 20)
  await vi.waitFor(() => expect([answers(), socket.closed]).toEqual([1, true]))
  clearInterval(drip)
})

it('lets who ends his body in time go on with the next request on the same connection', async () => {
  ask('/', 3)
  await vi.waitFor(() => expect(answers()).toBe(1))
  socket.write('abc')
  const long = performance.now() + 2 * withinMs
  for (let asked = 2; performance.now() < long; asked += 1) {
    ask('/', 0)
    await vi.waitFor(() => expect([answers(), socket.closed]).toEqual([asked, false]))
  }
})
