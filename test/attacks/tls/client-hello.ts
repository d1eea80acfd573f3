import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:tls'

/** The ClientHello that OpenSSL writes for this name and these protocols: one record. */
export async function clientHello(servername: string, protocols: readonly string[] = []): Promise<Buffer> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const ALPNProtocols = protocols.length === 0 ? {} : { ALPNProtocols: [...protocols] }
  const client = connect({ host: '127.0.0.1', port, servername, ...ALPNProtocols }).on('error', () => {})
  const [socket] = await once(server, 'connection')
  const [hello] = (await once(socket, 'data')) as [Buffer]
  client.destroy()
  socket.destroy()
  server.close()
  return hello
}

const recordHeader = 5

/** One message over many records, each with so many bytes of it (RFC 8446, section 5.1). */
export function inRecordsOf(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(recordHeader)
  const records: Buffer[] = []
  for (let at = 0; at < message.length; at += size) records.push(record(message.subarray(at, at + size)))
  return Buffer.concat(records)
}

export function record(payload: Uint8Array, type = 22): Buffer {
  const header = Buffer.from([type, 3, 1, 0, 0])
  header.writeUInt16BE(payload.length, 3)
  return Buffer.concat([header, payload])
}
