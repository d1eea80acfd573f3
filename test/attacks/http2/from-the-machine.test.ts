import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTarget, type Target } from '../target.ts'
import { floods, type Fate, type FrameAttack } from './floods.ts'
import {
  emptySettings,
  field,
  flag,
  frame,
  frameType,
  goaway,
  indexedField,
  repeat,
  settingsAck,
  status200,
  uint32,
  windowUpdate,
} from './frames.ts'
import { enrolHostileMachine, type HostileMachine } from './hostile-machine.ts'

let target: Target
let machine: HostileMachine
let sizeBefore: number
beforeAll(async () => {
  target = await startTarget()
  machine = await enrolHostileMachine(target.demo, 'hostile-1')
  sizeBefore = await target.gatewayMiB()
})
afterAll(() => target[Symbol.asyncDispose]())

const open = (block: Buffer, flags: number = flag.endHeaders): Buffer => frame(frameType.headers, flags, 1, block)
const sized = (length: number): Buffer => open(Buffer.concat([status200, field('content-length', String(length))]))

/** Answers on stream 1, which the gateway opens as soon as the machine is let in: it asks who is there. */
const answers: readonly FrameAttack[] = [
  {
    name: 'a header block without end (CVE-2024-27983)',
    fate: 'closed',
    bytes: () => Buffer.concat([open(status200, 0), repeat(20_000, () => frame(frameType.continuation, 0, 1, Buffer.alloc(4, 0x88)))]),
  },
  {
    name: 'empty CONTINUATIONs without end',
    fate: 'closed',
    bytes: () => Buffer.concat([open(status200, 0), repeat(20_000, () => frame(frameType.continuation, 0, 1))]),
  },
  {
    name: 'a list of headers beyond 64 KiB',
    fate: 'closed',
    bytes: () =>
      Buffer.concat([
        open(status200, 0),
        repeat(100, () => frame(frameType.continuation, 0, 1, field('a', 'a'.repeat(4_000)))),
        frame(frameType.continuation, flag.endHeaders, 1),
      ]),
  },
  {
    name: 'an entry of the table that is named 60,000 times (CVE-2016-1544)',
    fate: 'closed',
    bytes: () =>
      Buffer.concat([
        open(Buffer.concat([status200, indexedField('bomb', 'b'.repeat(4_000))]), 0),
        repeat(4, () => frame(frameType.continuation, 0, 1, Buffer.alloc(15_000, 0xbe))),
        frame(frameType.continuation, flag.endHeaders, 1),
      ]),
  },
  {
    name: 'another frame inside a header block',
    fate: 'closed',
    bytes: () => Buffer.concat([open(status200, 0), frame(frameType.ping, 0, 0, Buffer.alloc(8))]),
  },
  {
    name: 'a promise (RFC 9113 section 8.4)',
    fate: 'closed',
    bytes: () => frame(frameType.push, flag.endHeaders, 1, Buffer.concat([uint32(2), Buffer.from([0x82])])),
  },
  { name: 'a stream of its own', fate: 'closed', bytes: () => frame(frameType.headers, flag.endHeaders, 2, status200) },
  {
    name: 'resets of a stream, again and again (CVE-2023-44487)',
    fate: 'harmless',
    because: 'there is nothing that a machine could open',
    bytes: () => repeat(20_000, () => frame(frameType.reset, 0, 1, uint32(8))),
  },
  {
    name: 'empty DATA without end',
    fate: 'harmless',
    because: 'the answer that it belongs to is given up in its time',
    bytes: () => Buffer.concat([open(status200), repeat(20_000, () => frame(frameType.data, 0, 1))]),
  },
  {
    name: 'what makes us reset, without end (CVE-2025-8671)',
    fate: 'harmless',
    because: 'only a stream that we opened can be reset, once',
    bytes: () => repeat(20_000, () => windowUpdate(1, 0x7fff_ffff)),
  },
  {
    name: 'more than its content-length (E2)',
    fate: 'closed',
    bytes: () => Buffer.concat([sized(3), frame(frameType.data, flag.endStream, 1, Buffer.alloc(10))]),
  },
  {
    name: 'less than its content-length (E2)',
    fate: 'harmless',
    because: 'one stream ends with an error',
    bytes: () => Buffer.concat([sized(10), frame(frameType.data, flag.endStream, 1, Buffer.alloc(3))]),
  },
  {
    name: 'data after GOAWAY (CVE-2026-48937)',
    fate: 'closed',
    bytes: () => Buffer.concat([goaway(1), open(status200), repeat(100, () => frame(frameType.data, 0, 1, Buffer.alloc(10_000)))]),
  },
  {
    name: 'interim answers without end',
    fate: 'harmless',
    because: 'none is kept, and the answer is given up in its time',
    bytes: () => repeat(20_000, () => open(Buffer.concat([Buffer.from([0x08]), Buffer.from([3]), Buffer.from('103')]))),
  },
  {
    name: 'headers twice',
    fate: 'harmless',
    because: 'one stream ends with an error',
    bytes: () => Buffer.concat([open(status200), open(status200)]),
  },
  { name: 'acknowledgements of what nobody asked', fate: 'closed', bytes: () => repeat(10, () => settingsAck) },
]

const isOver = Buffer.from('all-read')
const ask = frame(frameType.ping, 0, 0, isOver)
const answer = frame(frameType.ping, flag.ack, 0, isOver)

/** Resolves when the gateway has closed, or has read the attack and answers the PING behind it. */
function fateOf(socket: TLSSocket, attack: Buffer): Promise<Fate> {
  return new Promise((resolve) => {
    let heard = Buffer.alloc(0)
    socket.once('close', () => resolve('closed'))
    socket.on('data', (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk])
      const answered = heard.includes(answer)
      if (answered) resolve('harmless')
    })
    socket.write(Buffer.concat([attack, ask]))
  })
}

it('a machine that sends nothing odd keeps its tunnel, so that those below lose theirs for their own reason', async () => {
  const socket = await machine.dial()
  expect(await fateOf(socket, emptySettings)).toBe('harmless')
  socket.destroy()
})

it.each([...floods, ...answers])('a machine that sends $name: $fate', async ({ fate, bytes }) => {
  const attack = bytes()
  const socket = await machine.dial()
  const before = performance.now()
  const outcome = await fateOf(socket, attack)
  expect(performance.now() - before).toBeLessThan(1_000)
  if (fate === 'closed') expect(outcome).toBe('closed')
  socket.destroy()
})

it('costs nobody else anything, and leaves the gateway as large as it was', async () => {
  await target.nobodyElseHarmed()
  await expect.poll(async () => (await target.gatewayMiB()) - sizeBefore, { timeout: 20_000 }).toBeLessThan(64)
})
