import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { connect, type ConnectionOptions } from 'node:tls'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mostHelloBytes, readClientHello } from './read-client-hello.ts'

/** What Node's own TLS client (OpenSSL) sends first. */
async function helloOf(options: ConnectionOptions): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const client = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, ...options })
  client.on('error', () => {})
  const [socket] = await accepted
  let bytes = Buffer.alloc(0)
  while (readClientHello(bytes) === 'incomplete') {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    bytes = Buffer.concat([bytes, chunk])
  }
  client.destroy()
  socket.destroy()
  server.close()
  return bytes
}

describe('the first bytes of a TLS client', () => {
  it.each<[string, ConnectionOptions, ReturnType<typeof readClientHello>]>([
    ['a machine', { servername: 'gw.example.com', ALPNProtocols: ['rh2'] }, { serverName: 'gw.example.com', protocols: ['rh2'] }],
    [
      'a browser',
      { servername: 'X.Example.COM', ALPNProtocols: ['h2', 'http/1.1'] },
      { serverName: 'x.example.com', protocols: ['h2', 'http/1.1'] },
    ],
    ['one that says nothing of either', {}, { serverName: null, protocols: [] }],
    ['TLS 1.2', { maxVersion: 'TLSv1.2', servername: 'old.example.com' }, { serverName: 'old.example.com', protocols: [] }],
  ])('of %s say whom it wants', async (_who, options, wanted) => {
    expect(readClientHello(await helloOf(options))).toEqual(wanted)
  })

  it('can come byte by byte, and cut into many records', async () => {
    const bytes = await helloOf({ servername: 'gw.example.com', ALPNProtocols: ['rh2'] })
    const wanted = { serverName: 'gw.example.com', protocols: ['rh2'] }
    for (let length = 0; length < bytes.length; length += 1) expect(readClientHello(bytes.subarray(0, length))).toBe('incomplete')
    const records: Buffer[] = []
    for (let at = 5; at < bytes.length; at += 7) {
      const payload = bytes.subarray(at, at + 7)
      records.push(Buffer.from([22, 3, 1, 0, payload.length]), payload)
    }
    expect(readClientHello(Buffer.concat(records))).toEqual(wanted)
  })

  it('of other protocols, and of hellos that never end, are none', () => {
    for (const text of ['GET / HTTP/1.1\r\n', 'SSH-2.0-x\r\n', '\u0016\u0002', '\u0000'])
      expect(readClientHello(Buffer.from(text, 'latin1'))).toBe('invalid')
    const endless = Buffer.alloc(mostHelloBytes + 100)
    endless.set([22, 3, 1, 0x3f, 0xff, 1, 0, 0x3f, 0xff])
    expect(['incomplete', 'invalid']).toContain(readClientHello(endless.subarray(0, 100)))
    expect(readClientHello(Buffer.concat([endless.subarray(0, 5), Buffer.from([1, 0xff, 0xff, 0xff])]))).toBe('invalid')
  })

  it('whatever they are, never throw and never read outside', async () => {
    const good = await helloOf({ servername: 'gw.example.com', ALPNProtocols: ['rh2'] })
    const changed = fc
      .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
      .map((changes) => changes.reduce((bytes, [at, value]) => (bytes.writeUInt8(value, at), bytes), Buffer.from(good)))
    const judged = (bytes: Uint8Array): boolean => {
      const read = readClientHello(Buffer.from(bytes))
      return typeof read === 'string' || (read.serverName ?? '').length <= bytes.length
    }
    fc.assert(fc.property(changed, judged), { numRuns: 5_000 })
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), judged), { numRuns: 2_000 })
  })
})
