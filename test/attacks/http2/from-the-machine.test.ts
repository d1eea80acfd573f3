import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTarget, type Target } from '../target.ts'
import { flood, floods, many, type FrameAttack } from './floods.ts'
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
import { sendAttack, timeAttack } from './send-attack.ts'
import { inspected, weighProcess, type Weight } from './weigh-process.ts'

/** A machine whose certificate is good, and which is the HTTP/2 server of the gateway (RFC 9113). */
let target: Target
let machines: HostileMachine[]
let before: Weight
beforeAll(async () => {
  target = await startTarget({ nodeArgs: inspected })
  // One alone would be held back for dialling so often.
  machines = [await enrolHostileMachine(target.demo, 'hostile-1'), await enrolHostileMachine(target.demo, 'hostile-2')]
  ;(await dial()).destroy()
  before = await weighProcess(target.demo.said())
  // Four programs, three enrolments and a session: a machine that does something else, too, takes its time.
}, 180_000)
afterAll(() => target[Symbol.asyncDispose]())

const open = (block: Buffer, flags: number = flag.endHeaders): Buffer => frame(frameType.headers, flags, 1, block)
const sized = (length: number): Buffer => open(Buffer.concat([status200, field('content-length', String(length))]))

/** Answers on stream 1, which the gateway opens as soon as the machine is let in: it asks who is there. */
const answers: readonly FrameAttack[] = [
  {
    name: 'a header block without end (CVE-2024-27983)',
    fate: 'closed',
    bytes: () => Buffer.concat([open(status200, 0), repeat(many, () => frame(frameType.continuation, 0, 1, Buffer.alloc(4, 0x88)))]),
  },
  {
    name: 'empty CONTINUATIONs without end',
    fate: 'closed',
    bytes: () => Buffer.concat([open(status200, 0), repeat(many, () => frame(frameType.continuation, 0, 1))]),
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
  flood('resets of a stream, again and again (CVE-2023-44487)', () => repeat(many, () => frame(frameType.reset, 0, 1, uint32(8)))),
  flood('empty DATA without end (CVE-2019-9518)', (round) =>
    Buffer.concat([round === 0 ? open(status200) : Buffer.alloc(0), repeat(many, () => frame(frameType.data, 0, 1))]),
  ),
  flood('what makes us reset, without end (CVE-2025-8671)', () => repeat(many, () => windowUpdate(1, 0x7fff_ffff))),
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
  flood('interim answers without end', () =>
    repeat(many, () => open(Buffer.concat([Buffer.from([0x08]), Buffer.from([3]), Buffer.from('103')]))),
  ),
  {
    name: 'headers twice',
    fate: 'harmless',
    because: 'one stream ends with an error',
    bytes: () => Buffer.concat([open(status200), open(status200)]),
  },
  { name: 'acknowledgements of what nobody asked', fate: 'closed', bytes: () => repeat(10, () => settingsAck) },
]

let dialled = 0
const dial = (): ReturnType<HostileMachine['dial']> => machines[(dialled += 1) % machines.length]!.dial()

it('a machine that sends nothing odd keeps its tunnel, so that those below lose theirs for their own reason', async () => {
  const socket = await dial()
  expect(await sendAttack(socket, { bytes: () => emptySettings })).toBe('harmless')
  socket.destroy()
})

it.each([...floods, ...answers])('a machine that sends $name: $fate', async (attack) => {
  const socket = await dial()
  const { outcome, tookMs } = await timeAttack(target.gatewayPid, () => sendAttack(socket, attack))
  socket.destroy()
  if (attack.fate === 'closed') expect(outcome).toBe('closed')
  expect(tookMs).toBeLessThan(1_000)
})

it('a machine that never reads, and sends PINGs without end (CVE-2019-9512), is closed', async () => {
  const socket = await dial()
  const pings = { bytes: () => repeat(many, () => frame(frameType.ping, 0, 0, Buffer.alloc(8))), withoutEnd: true } as const
  const { outcome, tookMs } = await timeAttack(target.gatewayPid, () => sendAttack(socket, pings, { unread: true }))
  expect(outcome).toBe('closed')
  expect(tookMs).toBeLessThan(1_000)
})

it('costs nobody else anything, and leaves the gateway as large as it was', async () => {
  // Of the machine that answers nothing at all, so that questions wait while the others are asked.
  const silent = await dial()
  await target.nobodyElseHarmed()
  silent.destroy()
  const after = await weighProcess(target.demo.said())
  expect(after.keptMiB - before.keptMiB).toBeLessThan(16)
  expect(after.residentMiB - before.residentMiB).toBeLessThan(64)
})
