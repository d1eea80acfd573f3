import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { createBenchAuthority } from '../../agent/testing/agent-bench.ts'

/*
 * A service may close a connection that waits just when the agent sends the next request on it (RFC 9112, section 9.3.1), so what is safe is sent once more. The word that
 * the first one was closed answered 502 before that; and it was sent on the next connection that waited, which the service had closed in the same
 * moment: behind a machine that stood still for longer than it keeps connections. Found by the soak (issue 4).
 */
it('a request whose connection was closed while it waited is sent once more, on a new one', async () => {
  const held: Socket[] = []
  const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood'
  const connections: { requests: number }[] = []
  const service = createServer((socket) => {
    const known = { requests: 0 }
    connections.push(known)
    socket.on('error', () => {})
    socket.on('data', () => {
      known.requests += 1
      // Both of the first requests have a connection of their own before one of them is answered.
      if (connections.length <= 2 && known.requests === 1) {
        held.push(socket)
        if (held.length === 2) for (const one of held) one.write(answer)
      } else if (known.requests === 1) socket.write(answer)
      else socket.resetAndDestroy()
    })
  })
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  const target = `127.0.0.1:${(service.address() as AddressInfo).port}`
  const authority = await createBenchAuthority({ services: { hmi: { kind: 'http', target, title: 'Operating panel' } } })
  const bench = await authority.open()
  try {
    const { session } = await bench.openSession({ services: ['hmi'] })
    const first = await Promise.all(['/a', '/b'].map((path) => bench.through(session, { path })))
    expect(first.map(({ response }) => response.statusCode)).toEqual([200, 200])
    const { response } = await bench.through(session, { path: '/c' })
    expect(response.statusCode).toBe(200)
    expect(connections).toHaveLength(3)
    // What is not safe to send twice is not.
    const posted = await bench.through(session, { path: '/d', method: 'POST' })
    expect(posted.response.statusCode).toBe(502)
    expect(connections).toHaveLength(3)
  } finally {
    await bench.close()
    authority.close()
    service.close()
  }
})
