import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { startFront, type Front } from './start-front.ts'

const MiB = 1024 * 1024
const clock = new FakeClock()
const named: unknown[] = []
const logger = { ...silentLogger, warn: (fields: object) => void named.push('bound' in fields ? fields.bound : fields) }
/** Bytes of bodies that were read. */
let read = 0

let front: Front
beforeAll(async () => {
  front = await startFront({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    limits: { connections: 100, connectionsPerAddress: 100 },
    handlers: [
      {
        handles: () => true,
        request(request, response) {
          request.on('data', (chunk: Buffer) => (read += chunk.length)).on('end', () => response.end('all read'))
        },
        upgrade: (_request, socket) =>
          void socket
            .on('end', () => socket.end())
            .resume()
            .write('HTTP/1.1 101 Switching Protocols\r\n\r\n'),
      },
    ],
    clock,
    logger,
  })
})
afterAll(() => front.close())

async function open(): Promise<{ readonly socket: Socket; said(): string }> {
  const socket = connect(front.address.port, '127.0.0.1').on('error', () => {})
  let text = ''
  socket.on('data', (chunk: Buffer) => (text = (text + chunk.toString('latin1')).slice(-4_096)))
  await once(socket, 'connect')
  return { socket, said: () => text }
}

const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
const chunked = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'

it.each([
  ['empty lines before a request', '', '\r\n'],
  ['empty lines behind a request', get, '\r\n'],
  ['zeros before the size of a chunk', chunked, '0'],
  ['chunks of one byte with extensions', chunked, `1;${'e'.repeat(1_000)}\r\nx\r\n`],
])('closes a connection that sends nothing but %s', async (_what, head, piece) => {
  named.splice(0)
  const { socket } = await open()
  socket.write(head)
  const block = piece.repeat(Math.ceil((64 * 1024) / piece.length))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  const more = (): void => {
    while (!socket.destroyed && socket.write(block));
    // It counts what was read, and looks each quarter of a second.
    clock.advance(250)
  }
  socket.on('drain', more)
  more()
  await closed
  expect(named).toEqual(['bytes of a connection that belong to no request'])
  clock.advance(60_000)
})

it.each([
  ['a body of known length', (bytes: number) => `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes}\r\n\r\n${'b'.repeat(bytes)}`],
  ['chunks of any size', (bytes: number) => `${chunked}${`10000\r\n${'c'.repeat(0x10000)}\r\n`.repeat(bytes / 0x10000)}0\r\n\r\n`],
  ['chunks of one byte', (bytes: number) => `${chunked}${'1\r\nx\r\n'.repeat(bytes / 64)}0\r\n\r\n`],
  ['requests without a body', (bytes: number) => get.repeat(Math.min(30, bytes))],
])('leaves a connection that sends %s, again and again', async (_what, bytes) => {
  const { socket, said } = await open()
  for (let round = 0; round < 3; round += 1) {
    read = 0
    socket.write(bytes(4 * MiB))
    await expect.poll(said, { interval: 5 }).toMatch(/all read$/u)
    clock.advance(250)
  }
  expect(socket.destroyed).toBe(false)
  socket.destroy()
})

it('counts nothing of a connection that speaks something else', async () => {
  const { socket, said } = await open()
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  await expect.poll(said).toContain('101')
  await new Promise((resolve) => socket.write(Buffer.alloc(16 * MiB), resolve))
  clock.advance(1_000)
  expect(socket.destroyed).toBe(false)
  socket.destroy()
})
