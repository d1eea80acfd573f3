import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { laneAlpn } from '../../../agent/wire/agent-api.ts'
import { tunnelSettings } from '../../../agent/wire/tunnel-settings.ts'
import type { DeviceId, ServiceName, SessionId } from '../../../gateway/basics/ids.ts'
import type { DeviceLink } from '../../../gateway/devices/device-link.ts'
import type { TestCredentials } from '../../support/test-credentials.ts'
import { openTestDoor, type TestDoor } from '../../support/test-door.ts'
import { emptySettings, field, flag, frame, frameType, inFrames, repeat, settingsAck, status200, uint32, windowUpdate } from './frames.ts'
import { rawPeer, type RawPeer } from './raw-peer.ts'
import { getHead } from './request-heads.ts'

/**
 * Odd frames of a machine on one CONNECT stream of the gateway, with an innocent stream beside it on the same tunnel (security.md E2; RFC 9113, sections 5.1,
 * 6.9, 8.1 and 8.5), and odd lanes beside the tunnel (agent/wire/lane.ts). `stream`: the innocent one gets every byte. `tunnel`: the connection ends, and what
 * was half looks half: never an end.
 */
let door: TestDoor
let credentials: TestCredentials
let stranger: TestCredentials
beforeAll(async () => {
  door = await openTestDoor({ limits: { handshakeTimeoutMs: 500 } })
  credentials = await door.enrol('press-1')
  stranger = await door.enrol('press-2')
})
afterAll(() => door[Symbol.asyncDispose]())

const { headers, data, reset } = frameType
const innocent = 1
const odd = 3
const session = `ses_${'1'.repeat(32)}` as SessionId
const plc = 'plc' as ServiceName
const half = 128 * 1024
const bytes = randomBytes(2 * half)
const open = (stream: number, more: Buffer = Buffer.alloc(0), flags: number = flag.endHeaders): Buffer =>
  frame(headers, flags, stream, Buffer.concat([status200, more]))

async function dial(alpn: string, { keyPem, certificatePem }: TestCredentials = credentials): Promise<TLSSocket> {
  const socket = connect({
    host: '127.0.0.1',
    port: door.listener.address.port,
    servername: 'localhost',
    ca: door.authority.bundlePem,
    key: keyPem,
    cert: certificatePem,
    ALPNProtocols: [alpn],
  })
  socket.on('error', () => {})
  await new Promise((resolve) => socket.once('secureConnect', resolve))
  return socket
}

interface Two {
  readonly link: DeviceLink
  readonly peer: RawPeer
  readonly socket: TLSSocket
  readonly stream: Duplex
  /** What came on the innocent stream, and how it ended. */
  readonly heard: () => Buffer
  readonly ended: () => 'whole' | 'torn' | undefined
}

/** An innocent stream that is open, with half of its bytes sent, and an odd one that the gateway has asked for. */
async function twoStreams(): Promise<Two> {
  const before = door.listener.links.get('press-1' as DeviceId)
  const socket = await dial('rh2')
  const peer = rawPeer(socket, 'client')
  peer.send(emptySettings, settingsAck)
  const link = await vi.waitUntil(
    () => {
      const found = door.listener.links.get('press-1' as DeviceId)
      return found === before ? undefined : found
    },
    { interval: 2, timeout: 15_000 },
  )
  const opening = link.openStream(session, plc)
  await peer.answered(innocent)
  peer.send(open(innocent))
  const stream = await opening
  const chunks: Buffer[] = []
  let ended: 'whole' | 'torn' | undefined
  stream.on('error', () => {}).on('data', (chunk: Buffer) => chunks.push(chunk))
  stream.once('end', () => (ended = 'whole')).once('close', () => (ended ??= 'torn'))
  peer.send(...inFrames(innocent, bytes.subarray(0, half)))
  return { link, peer, socket, stream, heard: () => Buffer.concat(chunks), ended: () => ended }
}

interface Oddity {
  readonly name: string
  readonly fate: 'stream' | 'tunnel'
  /** Whether whoever asked for the odd stream gets it. */
  readonly opens?: boolean
  readonly frames: () => readonly Buffer[]
}

const oddities: readonly Oddity[] = [
  { name: 'an honest answer', fate: 'stream', opens: true, frames: () => [open(odd)] },
  {
    name: 'DATA behind END_STREAM (section 5.1)',
    fate: 'tunnel',
    frames: () => [open(odd), frame(data, flag.endStream, odd), frame(data, 0, odd, Buffer.alloc(9))],
  },
  {
    name: 'as much as its window, which nobody takes (R6)',
    fate: 'stream',
    opens: true,
    frames: () => [open(odd), ...inFrames(odd, Buffer.alloc(tunnelSettings.streamWindow))],
  },
  {
    name: 'more DATA than its window (section 6.9.1)',
    fate: 'tunnel',
    frames: () => [open(odd), ...inFrames(odd, Buffer.alloc(8 * 1024 * 1024))],
  },
  { name: 'a window beyond 2^31-1 (section 6.9.1)', fate: 'tunnel', frames: () => [open(odd), windowUpdate(odd, 0x7fff_ffff)] },
  { name: 'a window of nothing (section 6.9)', fate: 'tunnel', frames: () => [open(odd), windowUpdate(odd, 0)] },
  { name: 'DATA before the answer (section 8.1)', fate: 'tunnel', frames: () => [frame(data, 0, odd, Buffer.alloc(10))] },
  { name: 'two answers (section 8.1)', fate: 'stream', frames: () => [open(odd), open(odd)] },
  { name: 'an answer that is over at once', fate: 'stream', frames: () => [open(odd, Buffer.alloc(0), flag.endHeaders | flag.endStream)] },
  {
    name: 'trailers (section 8.5)',
    fate: 'stream',
    frames: () => [open(odd), frame(headers, flag.endHeaders | flag.endStream, odd, field('x', 'y'))],
  },
  {
    name: 'a promise (section 8.4)',
    fate: 'tunnel',
    frames: () => [frame(frameType.push, flag.endHeaders, odd, Buffer.concat([uint32(2), getHead('/')]))],
  },
  {
    name: 'a reset, ten times (section 5.1)',
    fate: 'stream',
    opens: false,
    frames: () => [repeat(10, () => frame(reset, 0, odd, uint32(8)))],
  },
  {
    name: 'more than its content-length (E2)',
    fate: 'stream',
    frames: () => [open(odd, field('content-length', '3')), frame(data, flag.endStream, odd, Buffer.alloc(10))],
  },
  ...(
    [
      ['no status', field('x', 'y')],
      ['a status of two digits', field(':status', '20')],
      ['a status of words', field(':status', 'fine')],
      ['101 (section 8.6)', field(':status', '101')],
      ['a path', Buffer.concat([status200, field(':path', '/')])],
      ['two statuses', Buffer.concat([status200, field(':status', '403')])],
      ['a pseudo-header behind a field', Buffer.concat([field('x', 'y'), status200])],
      ['a name in capitals (section 8.2)', Buffer.concat([status200, field('X', 'y')])],
      ['Connection (section 8.2.2)', Buffer.concat([status200, field('connection', 'close')])],
    ] as const
  ).map(([what, block]): Oddity => ({
    name: `an answer with ${what}`,
    fate: 'stream',
    opens: false,
    frames: () => [frame(headers, flag.endHeaders, odd, block)],
  })),
  {
    name: 'an answer with a line break in a value, which nghttp2 drops (section 8.2.1)',
    fate: 'stream',
    opens: true,
    frames: () => [open(odd, field('x', 'a\r\nb: c'))],
  },
  {
    name: 'an answer with the id of a lane that was never named',
    fate: 'stream',
    opens: true,
    frames: () => [open(odd, field('sallyport-lane', 'a'.repeat(32)))],
  },
]

async function innocentGoesOn({ peer, heard, ended }: Two): Promise<'stream' | 'tunnel'> {
  peer.send(...inFrames(innocent, bytes.subarray(half)), frame(data, flag.endStream, innocent))
  const how = await vi.waitUntil(ended, { interval: 5, timeout: 15_000 })
  if (how === 'whole') expect(heard().equals(bytes)).toBe(true)
  return how === 'whole' ? 'stream' : 'tunnel'
}

it.each(oddities)('beside a stream that gets $name: $fate', async ({ fate, opens, frames }) => {
  const two = await twoStreams()
  const giveUp = new AbortController()
  const asked = two.link.openStream(session, plc, giveUp.signal).then(
    (stream) => (stream.on('error', () => {}), true),
    () => false,
  )
  await two.peer.answered(odd)
  two.peer.send(...frames())
  expect(await innocentGoesOn(two)).toBe(fate)
  if (opens === true) expect(await asked).toBe(true)
  giveUp.abort()
  if (opens === false) expect(await asked).toBe(false)
  two.socket.destroy()
})

const id = (letter: string): string => letter.repeat(32)
const lanes: readonly (readonly [string, string, (() => TestCredentials)?])[] = [
  ['of another machine', `${id('a')}\n`, () => stranger],
  ['with no id', '\n'],
  ['with an id of other letters', `${id('g')}\n`],
  ['with half an id', id('a').slice(0, 16)],
  ['with a novel', 'novel '.repeat(10_000)],
  ['with an id and bytes that nobody asked for', `${id('b')}\nGET / HTTP/1.1\r\n\r\n`],
  ['that speaks HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
]

it('beside lanes that are foreign, torn, garbage, the same twice, and too many: each of them is cut, and the stream gets every byte', async () => {
  const two = await twoStreams()
  const cut: TLSSocket[] = []
  for (const [, says, as] of lanes) {
    const lane = await dial(laneAlpn, as?.())
    lane.resume().write(says)
    cut.push(lane)
  }
  await vi.waitFor(() => expect(lanes.filter((_, at) => cut[at]?.closed !== true).map(([what]) => what)).toEqual([]))
  const good: TLSSocket[] = []
  for (const letter of ['c', 'c', 'd', 'e', 'f', '0', '1']) {
    const lane = await dial(laneAlpn)
    lane.resume().write(`${id(letter)}\n`)
    good.push(lane)
  }
  // Four may wait, each with an id of its own.
  await vi.waitFor(() => expect(good.filter(({ closed }) => !closed)).toHaveLength(4))
  expect(await innocentGoesOn(two)).toBe('stream')
  two.socket.destroy()
  // None outlives its tunnel: no id can be replayed on the next one.
  await vi.waitFor(() => expect(good.every(({ closed }) => closed)).toBe(true))
})
