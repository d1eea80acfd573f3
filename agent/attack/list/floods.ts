import { constants } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { sessionHeader } from '../../wire/agent-api.ts'
import type { Attack, Field, Observation } from '../attack.ts'
import { observe, requestFor, show, withdraw } from '../moves.ts'
import { attackServices } from '../scratch-config.ts'
import { until, waitMs } from '../wait.ts'

const mostGrownMiB = 96
const answersMs = 2_000
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')

/** An HTTP/2 frame (RFC 9113, section 4.1). */
function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

const [headers, reset, settings, ping, continuation] = [0x1, 0x3, 0x4, 0x6, 0x9]
const greeting = Buffer.concat([preface, frame(settings, 0, 0), frame(settings, 1, 0)])
/** GET https /v1/info in HPACK, every name from the static table. */
const ask = Buffer.concat([Buffer.from([0x82, 0x87, 0x04, 8]), Buffer.from('/v1/info', 'latin1'), Buffer.from([0x01, 1, 0x78])])
const many = (count: number, one: (at: number) => Buffer): Buffer => Buffer.concat(Array.from({ length: count }, (_, at) => one(at)))

/** What holds after every flood: the panel answers at once, the agent has not grown, and the next tunnel works. */
async function bears(field: Field, flood: () => Promise<Observation[]>): Promise<Observation[]> {
  const before = await field.agent.weighMiB()
  const found = await flood()
  const beganMs = field.clock.monotonicMs()
  await field.operator.state()
  const tookMs = Math.round(field.clock.monotonicMs() - beganMs)
  await field.gateway.connected()
  const info = await field.gateway.ask('GET', '/v1/info')
  const after = await field.agent.weighMiB()
  const grown = before === null || after === null ? null : Math.round(after - before)
  return [
    ...found,
    observe(`the panel answered in ${tookMs} ms`, tookMs < answersMs),
    observe(`an honest question is answered: ${info.status}`, info.status === 200),
    observe(
      grown === null ? 'this system does not say how much memory it takes' : `${grown} MiB more in memory`,
      (grown ?? 0) < mostGrownMiB,
    ),
  ]
}

/** Sends it again and again on a connection of its own, for two seconds or until the agent closes it. */
async function pour(field: Field, bytes: (round: number) => Buffer): Promise<Observation[]> {
  const socket: TLSSocket = await field.gateway.raw()
  let sent = 0
  socket.resume()
  socket.write(greeting)
  for (let round = 0; round < 400 && !socket.destroyed; round += 1) {
    const piece = bytes(round)
    sent += piece.length
    if (!socket.write(piece)) await until(field.clock, () => !socket.writableNeedDrain || socket.destroyed, 500)
    if (round % 50 === 49) await waitMs(field.clock, 1)
  }
  const closed = await until(field.clock, () => socket.destroyed || socket.closed, 3_000)
  socket.destroy()
  return [observe(`${Math.round(sent / 1024)} KiB were sent; the agent ${closed ? 'ended the connection' : 'bore it'}`, true)]
}

/** Too much of everything. */
export const floodAttacks: readonly Attack[] = [
  {
    id: 'flood-of-streams',
    group: 'floods',
    tried: 'Open 5,000 streams that nobody allowed, without waiting.',
    expected: 'Each is refused, the agent goes on.',
    run: (field) =>
      bears(field, async () => {
        const before = field.witness.seen()
        let refused = 0
        for (let at = 0; at < 5_000; at += 1) {
          const asked = { ':method': 'CONNECT', ':authority': attackServices.bytes, [sessionHeader]: `ses_${field.random.hex(16)}` }
          field.gateway.throwIn(asked)?.once('response', (head) => void (refused += Number(head[':status'] === 403)))
          if (at % 200 === 199) await waitMs(field.clock, 5)
        }
        await waitMs(field.clock, 500)
        const came = field.witness.seen().connections - before.connections
        return [observe(`${refused} were refused`, refused > 0), observe(`${came} reached a service`, came === 0)]
      }),
  },
  {
    id: 'flood-of-resets',
    group: 'floods',
    tried: 'Open streams and reset them at once, 10,000 times (CVE-2023-44487).',
    expected: 'The agent bears it, or ends the connection.',
    run: (field) =>
      bears(field, async () => {
        for (let at = 0; at < 10_000; at += 1) {
          field.gateway.throwIn({ ':method': 'GET', ':path': '/v1/sessions' })?.close(constants.NGHTTP2_CANCEL)
          if (at % 500 === 499) await waitMs(field.clock, 5)
        }
        await waitMs(field.clock, 500)
        return [observe(`the connection ${field.gateway.isConnected ? 'is still there' : 'was ended'}`, true)]
      }),
  },
  {
    id: 'flood-of-requests',
    group: 'floods',
    tried: 'Show a request and take it back, 100 times, so that the panel never stands still.',
    expected: 'After a few dozen the agent shows no more for a while.',
    run: (field) =>
      bears(field, async () => {
        let shown = 0
        for (let times = 0; times < 100; times += 1) {
          const asked = requestFor(field)
          if ((await show(field, asked)).status === 202) shown += 1
          await withdraw(field, asked.session)
        }
        return [observe(`${shown} of 100 were shown`, shown < 50)]
      }),
  },
  {
    id: 'flood-of-pings',
    group: 'floods',
    tried: 'Send PINGs without end (CVE-2019-9512).',
    expected: 'The agent ends the connection, or bears it.',
    run: (field) => bears(field, () => pour(field, () => many(1_000, () => frame(ping, 0, 0, Buffer.alloc(8))))),
  },
  {
    id: 'flood-of-headers',
    group: 'floods',
    tried: 'Send a block of header fields that never ends (CVE-2024-27983).',
    expected: 'The agent ends the connection.',
    run: (field) =>
      bears(field, () =>
        pour(field, (round) =>
          Buffer.concat([
            round === 0 ? frame(headers, 1, 1, ask) : Buffer.alloc(0),
            many(1_000, () => frame(continuation, 0, 1, Buffer.alloc(4, 0x82))),
          ]),
        ),
      ),
  },
  {
    id: 'flood-of-frames',
    group: 'floods',
    tried: 'Open and reset streams as bare frames, faster than any library would.',
    expected: 'The agent ends the connection, or bears it.',
    run: (field) =>
      bears(field, () =>
        pour(field, (round) =>
          many(500, (at) => {
            const stream = (round * 500 + at) * 2 + 1
            return Buffer.concat([frame(headers, 5, stream, ask), frame(reset, 0, stream, Buffer.from([0, 0, 0, 8]))])
          }),
        ),
      ),
  },
  {
    id: 'no-http2-at-all',
    group: 'floods',
    tried: 'Answer the agent in another protocol: HTTP/1.1, TLS inside TLS, random bytes.',
    expected: 'The agent ends each connection and comes back.',
    run: (field) =>
      bears(field, async () => {
        const found = []
        for (const [name, bytes] of [
          ['HTTP/1.1', Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'latin1')],
          ['a TLS record', Buffer.concat([Buffer.from([0x16, 3, 1, 0x40, 0]), field.random.bytes(16_384)])],
          ['random bytes', field.random.bytes(64 * 1024)],
        ] as const) {
          const socket = await field.gateway.raw()
          socket.resume()
          socket.write(bytes)
          const closed = await until(field.clock, () => socket.destroyed || socket.closed, 20_000)
          socket.destroy()
          found.push(observe(`${name}: ${closed ? 'ended' : 'still open'}`, closed))
        }
        return found
      }),
  },
]
