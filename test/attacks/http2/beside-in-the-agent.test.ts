import { randomBytes } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startAttackedAgent, type AttackedAgent } from './attacked-agent.ts'
import { field, flag, frame, frameType, inFrames, repeat, status200, text, uint32, windowUpdate } from './frames.ts'
import { rawPeer, type RawPeer } from './raw-peer.ts'
import { connectHead, getHead } from './request-heads.ts'
import type { Weight } from './weigh-process.ts'

/**
 * Odd frames on one CONNECT stream of a gateway to an agent, with an innocent stream beside it on the same tunnel (security.md E2; RFC 9113, sections 5.1, 6.9,
 * 8.1 and 8.5). `stream`: the innocent one gets every byte. `tunnel`: the connection ends, and what was half looks half on both sides.
 */
let agent: AttackedAgent
let before: Weight
beforeAll(async () => {
  agent = await startAttackedAgent()
  await agent.servesAnHonestGateway()
  before = await agent.weigh()
})
afterAll(() => agent[Symbol.asyncDispose]())

const { headers, data, reset } = frameType
const innocent = 1
const odd = 3
const next = 5
const whole = flag.endHeaders | flag.endStream
const half = 128 * 1024
const bytes = randomBytes(2 * half)
const plc = (stream: number, more: Buffer = Buffer.alloc(0)): Buffer =>
  frame(headers, flag.endHeaders, stream, Buffer.concat([connectHead('plc', agent.session), more]))

interface Oddity {
  readonly name: string
  readonly fate: 'stream' | 'tunnel'
  /** Whether the agent lets the third stream, {@link next}, to the machine. */
  readonly opens?: boolean
  readonly frames: () => readonly Buffer[]
}

const oddities: readonly Oddity[] = [
  { name: 'nothing', fate: 'stream', frames: () => [] },
  {
    name: 'DATA behind END_STREAM (section 5.1)',
    fate: 'tunnel',
    frames: () => [frame(data, flag.endStream, odd), frame(data, 0, odd, Buffer.alloc(9))],
  },
  { name: 'a window beyond 2^31-1 (section 6.9.1)', fate: 'tunnel', frames: () => [windowUpdate(odd, 0x7fff_ffff)] },
  { name: 'a window of nothing (section 6.9)', fate: 'tunnel', frames: () => [windowUpdate(odd, 0)] },
  { name: 'bytes, and never takes one that comes back', fate: 'stream', frames: () => inFrames(odd, Buffer.alloc(512 * 1024)) },
  { name: 'DATA before the answer (section 8.5)', fate: 'stream', frames: () => [plc(next), ...inFrames(next, Buffer.alloc(1_000))] },
  {
    name: 'trailers (section 8.5)',
    fate: 'stream',
    frames: () => [frame(headers, whole, odd, field('x', 'y'))],
  },
  { name: 'its head again (section 8.1)', fate: 'stream', frames: () => [plc(odd)] },
  { name: 'a reset, ten times (section 5.1)', fate: 'stream', frames: () => [repeat(10, () => frame(reset, 0, odd, uint32(8)))] },
  {
    name: 'a promise (section 8.4)',
    fate: 'tunnel',
    frames: () => [frame(frameType.push, flag.endHeaders, odd, Buffer.concat([uint32(2), getHead('/')]))],
  },
  {
    name: 'a content-length that its bytes do not have (section 8.1.1)',
    fate: 'stream',
    frames: () => [plc(next, field('content-length', '3')), frame(data, flag.endStream, next, Buffer.alloc(10))],
  },
  ...(
    [
      ['a path', field(':path', '/')],
      ['a scheme', field(':scheme', 'https')],
      ['a status', field(':status', '200')],
      ['an authority twice', field(':authority', 'hmi')],
      ['a protocol (RFC 8441)', field(':protocol', 'websocket')],
      ['a pseudo-header that nobody knows', field(':sallyport', '1')],
      ['a name in capitals (section 8.2)', field('Sallyport-Session', '1')],
      ['Connection (section 8.2.2)', field('connection', 'close')],
      ['Transfer-Encoding (section 8.2.2)', field('transfer-encoding', 'chunked')],
      ['another session, too', field('sallyport-session', `ses_${'1'.repeat(32)}`)],
    ] as const
  ).map(([what, more]): Oddity => ({ name: `a head with ${what}`, fate: 'stream', opens: false, frames: () => [plc(next, more)] })),
  {
    name: 'a head with a host that is another service: the authority alone counts (E8)',
    fate: 'stream',
    opens: true,
    frames: () => [plc(next, field('host', 'hmi'))],
  },
  {
    name: 'a head with a line break in a value, which nghttp2 drops (section 8.2.1)',
    fate: 'stream',
    opens: true,
    frames: () => [plc(next, field('x', 'a\r\nb: c'))],
  },
  {
    name: 'a head without an authority (section 8.5)',
    fate: 'stream',
    opens: false,
    frames: () => [frame(headers, flag.endHeaders, next, Buffer.concat([Buffer.from([0x02]), text('CONNECT')]))],
  },
  ...(
    [
      ['that waits nowhere (E2)', 'a'.repeat(32)],
      ['of letters that are no id', 'Z'.repeat(32)],
      ['of nothing', ''],
      ['of 8 KB', 'a'.repeat(8_000)],
    ] as const
  ).map(([what, id]): Oddity => ({
    name: `a lane's id ${what}`,
    fate: 'stream',
    frames: () => [plc(next, field('sallyport-lane', id)), ...inFrames(next, Buffer.alloc(1_000))],
  })),
]

/** Two streams to the machine's echo are open, and half of the bytes have been sent on the innocent one. */
async function twoStreams(): Promise<{ readonly socket: TLSSocket; readonly peer: RawPeer }> {
  const socket = await agent.accept()
  const peer = rawPeer(socket, 'server')
  peer.send(windowUpdate(0, 2 ** 30), plc(innocent), windowUpdate(innocent, 2 ** 30), plc(odd))
  await Promise.all([peer.answered(innocent), peer.answered(odd)])
  peer.send(...inFrames(innocent, bytes.subarray(0, half)))
  return { socket, peer }
}

it.each(oddities)('beside a stream that gets $name: $fate', async ({ fate, opens, frames }) => {
  const { socket, peer } = await twoStreams()
  peer.send(...frames())
  peer.send(...inFrames(innocent, bytes.subarray(half)), frame(data, flag.endStream, innocent))
  await vi.waitUntil(() => peer.closed || peer.isWhole(innocent), { interval: 5, timeout: 15_000 })
  socket.destroy()
  expect(peer.isWhole(innocent) ? 'stream' : 'tunnel').toBe(fate)
  if (fate === 'stream') expect(peer.bytesOf(innocent).equals(Buffer.concat([bytes, Buffer.from('bye')]))).toBe(true)
  if (opens !== undefined) expect(peer.heard.some(({ stream, payload }) => stream === next && payload.indexOf(status200) === 0)).toBe(opens)
})

it('leaves the session to an honest gateway, and the agent as large as it was', async () => {
  await agent.panelAnswers()
  await agent.servesAnHonestGateway()
  const after = await agent.weigh()
  expect(after.keptMiB - before.keptMiB).toBeLessThan(8)
  expect(after.residentMiB - before.residentMiB).toBeLessThan(64)
})
