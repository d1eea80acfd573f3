import { afterAll, beforeAll, expect, it } from 'vitest'
import { startAttackedAgent, type AttackedAgent } from './attacked-agent.ts'
import { flood, floods, many, type FrameAttack } from './floods.ts'
import { emptySettings, field, flag, frame, frameType, goaway, indexedField, repeat, setting, uint32, windowUpdate } from './frames.ts'
import { connectHead, getHead, putHead } from './request-heads.ts'
import { sendAttack, timeAttack } from './send-attack.ts'
import type { Weight } from './weigh-process.ts'

/** A gateway that was taken over: it has the key that agents trust, and is the HTTP/2 client of each of them (RFC 9113). */
let agent: AttackedAgent
let before: Weight
beforeAll(async () => {
  agent = await startAttackedAgent()
  await agent.servesAnHonestGateway()
  before = await agent.weigh()
})
afterAll(() => agent[Symbol.asyncDispose]())

const { headers, data, reset, continuation } = frameType
const whole = flag.endHeaders | flag.endStream
const info = getHead('/v1/info')
const show = putHead(`/v1/sessions/ses_${'1'.repeat(32)}`)
const promised = Buffer.concat([uint32(2), info])

/** So many streams, whose ids rise from round to round. */
const streams = (round: number, count: number, one: (stream: number) => readonly Buffer[]): Buffer =>
  repeat(count, (at) => Buffer.concat(one((round * count + at) * 2 + 1)))
/** A question, and what makes the agent reset it (VU#767506). */
const madeYouReset = (what: string, one: (stream: number) => readonly Buffer[]): FrameAttack =>
  flood(`what makes us reset: ${what} (CVE-2025-8671)`, (round) => streams(round, 1_000, one))

const questions: readonly FrameAttack[] = [
  flood('resets of what it opens (CVE-2023-44487)', (round) =>
    streams(round, many / 4, (id) => [frame(headers, whole, id, info), frame(reset, 0, id, uint32(8))]),
  ),
  madeYouReset('windows of nothing', (id) => [frame(headers, flag.endHeaders, id, show), windowUpdate(id, 0)]),
  madeYouReset('windows beyond 2^31-1', (id) => [frame(headers, flag.endHeaders, id, show), windowUpdate(id, 0x7fff_ffff)]),
  madeYouReset('more than the content-length', (id) => [
    frame(headers, flag.endHeaders, id, Buffer.concat([show, field('content-length', '1')])),
    frame(data, flag.endStream, id, Buffer.alloc(10)),
  ]),
  madeYouReset('DATA behind END_STREAM', (id) => [
    frame(headers, whole, id, getHead('/v1/events?after=0')),
    frame(data, 0, id, Buffer.alloc(1)),
  ]),
  flood('questions without a method, each to be reset (CVE-2019-9514)', (round) =>
    streams(round, 1_000, (id) => [frame(headers, whole, id, info.subarray(1))]),
  ),
  flood('fields without a name and a value (CVE-2019-9516)', (round) =>
    streams(round, 100, (id) => [frame(headers, whole, id, Buffer.concat([info, Buffer.alloc(3 * 1_000)]))]),
  ),
  flood('windows of one byte for what it asks (CVE-2019-9511)', (round) =>
    Buffer.concat([
      round === 0 ? Buffer.concat([setting(4, 1), frame(headers, whole, 1, getHead('/v1/info'))]) : Buffer.alloc(0),
      repeat(many, () => windowUpdate(1, 1)),
    ]),
  ),
  flood('questions without end, of which nobody waits for an answer', (round) =>
    streams(round, 5_000, (id) => [frame(headers, whole, id, getHead('/v1/events?after=0'))]),
  ),
  {
    name: 'streams to a service that nobody allowed',
    fate: 'harmless',
    because: 'each is refused by itself, as chisel did not (2026-03)',
    bytes: (round) => streams(round, 2_000, (id) => [frame(headers, flag.endHeaders, id, connectHead('plc'))]),
  },
  {
    name: 'bodies that never end',
    fate: 'harmless',
    because: '256 of them are read, 160 KiB of each, for 15 s',
    bytes: (round) =>
      streams(round, 1_000, (id) => [frame(headers, flag.endHeaders, id, show), frame(data, 0, id, Buffer.alloc(1_000, 0x20))]),
  },
  {
    name: 'a header block without end (CVE-2024-27983)',
    fate: 'closed',
    bytes: () => Buffer.concat([frame(headers, 0, 1, info), repeat(many, () => frame(continuation, 0, 1, Buffer.alloc(4, 0x82)))]),
  },
  {
    name: 'empty CONTINUATIONs without end (VU#421644)',
    fate: 'closed',
    bytes: () => Buffer.concat([frame(headers, 0, 1, info), repeat(many, () => frame(continuation, 0, 1))]),
  },
  {
    name: 'a megabyte of headers (RFC 9113 section 10.5.1)',
    fate: 'closed',
    bytes: () => Buffer.concat([frame(headers, 0, 1, info), repeat(300, () => frame(continuation, 0, 1, field('a', 'a'.repeat(4_000))))]),
  },
  flood('an entry of the table that is named 60,000 times (CVE-2016-1544)', (round) =>
    streams(round, 1, (id) => [
      frame(headers, flag.endStream, id, Buffer.concat([info, indexedField('bomb', 'b'.repeat(4_000))])),
      repeat(4, () => frame(continuation, 0, id, Buffer.alloc(15_000, 0xbe))),
      frame(continuation, flag.endHeaders, id),
    ]),
  ),
  {
    name: 'another frame inside a header block (RFC 9113 section 4.3)',
    fate: 'closed',
    bytes: () => Buffer.concat([frame(headers, 0, 1, info), frame(frameType.ping, 0, 0, Buffer.alloc(8))]),
  },
  {
    name: 'a promise (RFC 9113 section 8.4)',
    fate: 'closed',
    bytes: () => Buffer.concat([frame(headers, whole, 1, info), frame(frameType.push, flag.endHeaders, 1, promised)]),
  },
  { name: 'a stream with an even id (RFC 9113 section 5.1.1)', fate: 'closed', bytes: () => frame(headers, whole, 2, info) },
  {
    name: 'a stream with a lower id than the one before (RFC 9113 section 5.1.1)',
    fate: 'harmless',
    because: 'nghttp2 takes it for a late frame of a stream that is closed, and forgets it',
    bytes: () => Buffer.concat([frame(headers, whole, 5, info), frame(headers, whole, 3, info)]),
  },
  {
    name: 'more on a stream than its window (RFC 9113 section 6.9.1)',
    fate: 'harmless',
    because: 'one stream ends with an error',
    bytes: () =>
      Buffer.concat([frame(headers, flag.endHeaders, 1, connectHead('plc')), repeat(80, () => frame(data, 0, 1, Buffer.alloc(16_000)))]),
  },
  flood('empty DATA without end (CVE-2019-9518)', (round) =>
    Buffer.concat([round === 0 ? frame(headers, flag.endHeaders, 1, show) : Buffer.alloc(0), repeat(many, () => frame(data, 0, 1))]),
  ),
  {
    name: 'questions after its GOAWAY (CVE-2026-48937)',
    fate: 'closed',
    bytes: () => Buffer.concat([goaway(0), frame(headers, whole, 1, info)]),
  },
  {
    name: 'questions after its GOAWAY, with a word that leaves time',
    fate: 'harmless',
    because: 'streams that run may go on; the gateway ends the connection, or is silent for 15 s',
    bytes: (round) => Buffer.concat([goaway(0, 'shutdown'), streams(round, 1_000, (id) => [frame(headers, whole, id, info)])]),
  },
]

it('a gateway that sends nothing odd keeps its tunnel, so that those below lose theirs for their own reason', async () => {
  const socket = await agent.accept()
  expect(await sendAttack(socket, { bytes: () => emptySettings })).toBe('harmless')
  socket.destroy()
})

it.each([...floods, ...questions])('a gateway that sends $name: $fate', async (attack) => {
  const socket = await agent.accept()
  const attacked = timeAttack(agent.pid, () => sendAttack(socket, attack))
  await agent.panelAnswers()
  const { outcome, tookMs } = await attacked
  socket.destroy()
  if (attack.fate === 'closed') expect(outcome).toBe('closed')
  expect(tookMs).toBeLessThan(1_000)
})

it.each([
  { name: 'PINGs (CVE-2019-9512)', bytes: () => repeat(many, () => frame(frameType.ping, 0, 0, Buffer.alloc(8))) },
  { name: 'questions (CVE-2019-9517)', bytes: (round: number) => streams(round, 5_000, (id) => [frame(headers, whole, id, info)]) },
])('a gateway that never reads, and sends $name without end, is closed', async ({ bytes }) => {
  const socket = await agent.accept()
  const attacked = sendAttack(socket, { bytes, withoutEnd: true }, { unread: true })
  await agent.panelAnswers()
  expect(await attacked).toBe('closed')
})

it('that does not even speak HTTP/2 is closed', async () => {
  const socket = await agent.accept(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100)))
  expect(await sendAttack(socket, { bytes: () => Buffer.from('GET / HTTP/1.1\r\n\r\n') })).toBe('closed')
})

it('that asks with a body of more than 160 KiB is told so, and no more of it is kept', async () => {
  await agent.servesAnHonestGateway()
  expect((await agent.gateway.request('PUT', `/v1/sessions/${agent.session}`, { body: Buffer.alloc(160 * 1024 + 1) })).status).toBe(413)
})

it('leaves the session to the operator and an honest gateway, and the agent as large as it was', async () => {
  await agent.panelAnswers()
  await agent.servesAnHonestGateway()
  const after = await agent.weigh()
  expect(after.keptMiB - before.keptMiB).toBeLessThan(8)
  expect(after.residentMiB - before.residentMiB).toBeLessThan(64)
})
