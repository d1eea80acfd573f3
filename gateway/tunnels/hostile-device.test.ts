import { connect } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { expect, it, vi } from 'vitest'
import type { TestCredentials } from '../../test/support/test-credentials.ts'
import { answerLikeAnAgent } from '../../test/support/test-device.ts'
import { openTestDoor } from '../../test/support/test-door.ts'
import type { TestDoor } from '../../test/support/test-door.ts'
import type { DeviceId } from '../basics/ids.ts'

const hostile = 'hostile-1' as DeviceId
const innocent = 'press-1' as DeviceId

function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(9)
  header.writeUIntBE(payload.length, 0, 3)
  header.writeUInt8(type, 3)
  header.writeUInt8(flags, 4)
  header.writeUInt32BE(stream, 5)
  return Buffer.concat([header, payload])
}

const settings = frame(0x4, 0, 0)
const status200 = Buffer.from([0x88])
const repeat = (count: number, one: Buffer): Buffer => Buffer.concat(Array.from({ length: count }, () => one))

/** Finishes a handshake, says SETTINGS, and from then on is nobody's HTTP/2 library. */
async function dialRaw(door: TestDoor, { keyPem, certificatePem }: TestCredentials): Promise<TLSSocket> {
  const { port } = door.listener.address
  const socket = connect({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: door.authority.bundlePem,
    key: keyPem,
    cert: certificatePem,
    ALPNProtocols: ['rh2'],
  })
  socket.on('error', () => {}).resume()
  await new Promise((resolve) => socket.once('secureConnect', resolve))
  socket.write(Buffer.concat([settings, frame(0x4, 1, 0)]))
  return socket
}

it.each<[string, Buffer]>([
  ['promises a stream', frame(0x5, 0x4, 1, Buffer.concat([Buffer.from([0, 0, 0, 2]), Buffer.from([0x82, 0x84, 0x87])]))],
  ['opens a stream of its own', frame(0x1, 0x4, 2, status200)],
  [
    'never ends its headers',
    Buffer.concat([frame(0x1, 0, 1, status200), repeat(100_000, frame(0x9, 0, 1, Buffer.from([0x88, 0x88, 0x88, 0x88])))]),
  ],
  [
    'answers with a megabyte of headers',
    Buffer.concat([
      frame(0x1, 0, 1, status200),
      repeat(100, frame(0x9, 0, 1, Buffer.concat([Buffer.from([0x00, 0x01, 0x61, 0x7f, 0x81, 0x7e]), Buffer.alloc(256, 0x61)]))),
    ]),
  ],
  ['sends a frame that is too large', frame(0x0, 0, 1, Buffer.alloc(1_000_000))],
  ['sends data on a stream that nobody opened', frame(0x0, 0, 99, Buffer.alloc(10))],
  ['speaks HTTP/1.1', Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'.repeat(10))],
])('a device that %s loses its own tunnel within a second, and no other device notices', async (_what, attack) => {
  await using door = await openTestDoor()
  await door.dial(await door.enrol(innocent), { onStream: answerLikeAnAgent() })
  const socket = await dialRaw(door, await door.enrol(hostile))
  const link = await vi.waitUntil(() => door.listener.links.get(hostile), { interval: 2 })
  const asking = link.info().then(
    () => 'answered',
    (error: { code: string }) => error.code,
  )
  const before = performance.now()
  socket.write(attack)
  expect(await asking).toMatch(/^device_(gone|answer_invalid)$/)
  expect(await link.closed).toBe('device_closed')
  expect(performance.now() - before).toBeLessThan(1_000)
  expect(await door.listener.links.get(innocent)?.info()).toMatchObject({ device: innocent })
})

it.each<[string, Buffer]>([
  ['PINGs', frame(0x6, 0, 0, Buffer.alloc(8))],
  ['SETTINGS', settings],
  ['ORIGIN', frame(0xc, 0, 0, Buffer.from('\0\x13https://portal.test'))],
  ['ALTSVC', frame(0xa, 0, 0, Buffer.from('\0\x0ehttps://a.testh2=":1"'))],
  ['PRIORITY', frame(0x2, 0, 1, Buffer.from([0, 0, 0, 3, 0]))],
])('a device that sends %s without end slows no other device down and fills no memory', async (_what, one) => {
  await using door = await openTestDoor()
  await door.dial(await door.enrol(innocent), { onStream: answerLikeAnAgent() })
  const socket = await dialRaw(door, await door.enrol(hostile))
  await vi.waitUntil(() => door.listener.links.get(hostile), { interval: 2 })
  const before = process.memoryUsage().rss
  const many = repeat(2_000, one)
  const enough = new AbortController()
  socket.once('close', () => enough.abort())
  const flood = (async () => {
    for (let round = 0; round < 100 && !enough.signal.aborted; round += 1)
      await new Promise((resolve) => (socket.destroyed ? resolve(undefined) : socket.write(many, resolve)))
  })()
  for (let question = 0; question < 10; question += 1) {
    const asked = performance.now()
    expect(await door.listener.links.get(innocent)?.info()).toMatchObject({ device: innocent })
    expect(performance.now() - asked).toBeLessThan(1_000)
  }
  enough.abort()
  await flood
  socket.destroy()
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024)
})
