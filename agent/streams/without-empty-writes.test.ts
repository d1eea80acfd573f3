import { connect, createServer } from 'node:http2'
import type { ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { withoutEmptyWrites } from './without-empty-writes.ts'

const head = 'HTTP/1.1 200 OK and so on, longer than sixteen bytes\r\n\r\n'
const server = createServer()
afterEach(() => server.close())

/** What arrives of a head, a body and an empty chunk that were written together, as Node's HTTP server does. */
async function arrives(prepare: (stream: ServerHttp2Stream) => ServerHttp2Stream): Promise<string> {
  server.removeAllListeners('stream')
  server.on('stream', (plain) => {
    const stream = prepare(plain)
    stream.respond({ ':status': 200 })
    stream.cork()
    stream.write(head, 'latin1')
    stream.write(Buffer.from('body'))
    stream.write('', 'latin1', () => stream.end())
    stream.uncork()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const stream = client.request({ ':path': '/' })
  stream.setEncoding('latin1')
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  client.destroy()
  return text
}

describe('a stream without empty writes', () => {
  it('delivers a head that was written together with an empty end', async () => {
    expect(await arrives(withoutEmptyWrites)).toBe(`${head}body`)
  })
})
