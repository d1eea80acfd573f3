import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { expect, it } from 'vitest'
import { estEnrol } from './est-client.ts'

it('gives up an answer that comes byte by byte: a renewal that never ends would let the certificate run out', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {}).resume()
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n')
    const drip = setInterval(() => socket.write('A'), 20)
    socket.once('close', () => clearInterval(drip))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const asking = estEnrol({
    // What is on the way is HTTP either way.
    dial: () => Promise.resolve(connect({ host: '127.0.0.1', port }) as TLSSocket),
    host: 'localhost',
    operation: 'simpleenroll',
    request: Buffer.from('csr'),
    answerTimeoutMs: 200,
  })
  await expect(asking).rejects.toMatchObject({ code: 'enrolment_unavailable' })
  await new Promise((resolve) => server.close(resolve))
})
