import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { tunnelSettings } from '../../../agent/wire/tunnel-settings.ts'
import { tunnelAlpn } from '../../../agent/wire/agent-api.ts'
import { FakeClock } from '../../../gateway/basics/fake-clock.ts'
import type { DeviceId } from '../../../gateway/basics/ids.ts'
import { openTestDoor, type TestDoor } from '../../support/test-door.ts'
import { emptySettings, flag, frame, frameType, repeat, settingsAck, status200, uint32, windowUpdate } from './frames.ts'
import { rawPeer, type RawPeer } from './raw-peer.ts'

/**
 * Who ends a machine that sends frames beside its streams, a few at a time and never before it has heard that the last ones were read, so that no queue of
 * answers grows? Nothing but their number is wrong (RFC 9113, section 10.5). Some kinds the library counts itself: nghttp2 takes a thousand odd frames
 * ("glitches"), Node a thousand invalid ones. Others both read and forget, and our own budget (`agent/wire/overhead-budget.ts`) is all that ends them.
 */
let door: TestDoor
let clock: FakeClock
beforeAll(async () => {
  clock = new FakeClock(Date.now())
  door = await openTestDoor({ clock })
})
afterAll(() => door[Symbol.asyncDispose]())

const { overheadBurstBytes, overheadLookMs } = tunnelSettings
/** The clock stands still: nothing is added to the burst. */
const enoughBytes = 1.25 * overheadBurstBytes
/** nghttp2 gives up when a thousand of its own answers wait. */
const answered = 500
const forgotten = 3_000

/** What the gateway says of the end: `flood` is the budget's word. */
const budget = 'flood'
const library = 'device_closed'

it.each([
  { what: 'PING (CVE-2019-9512)', by: budget, atOnce: answered, one: frame(frameType.ping, 0, 0, Buffer.alloc(8)) },
  { what: 'SETTINGS (CVE-2019-9515)', by: budget, atOnce: answered, one: emptySettings },
  { what: 'WINDOW_UPDATE (CVE-2019-9517)', by: budget, atOnce: forgotten, one: windowUpdate(0, 1) },
  { what: 'RST_STREAM (CVE-2023-44487)', by: budget, atOnce: forgotten, one: frame(frameType.reset, 0, 1, uint32(8)) },
  {
    what: 'ALTSVC (RFC 7838)',
    by: budget,
    atOnce: forgotten,
    one: frame(frameType.altSvc, 0, 0, Buffer.from('\0\x0ehttps://a.testh2=":1"', 'latin1')),
  },
  {
    what: 'ORIGIN (CVE-2026-48619)',
    by: budget,
    atOnce: forgotten,
    one: frame(frameType.origin, 0, 0, Buffer.from('\0\x0ehttps://a.test')),
  },
  { what: 'answers to PINGs', by: library, atOnce: answered, one: frame(frameType.ping, flag.ack, 0, Buffer.alloc(8)) },
  { what: 'PRIORITY (CVE-2019-9513)', by: library, atOnce: answered, one: frame(frameType.priority, 0, 3, Buffer.from([0, 0, 0, 0, 9])) },
  { what: 'empty DATA (CVE-2019-9518)', by: library, atOnce: answered, one: frame(frameType.data, 0, 1) },
  { what: 'an unknown type (section 5.5)', by: library, atOnce: answered, one: frame(frameType.unknown, 0, 0, Buffer.alloc(16)) },
])('a machine that sends $what a few at a time: $by', async ({ what, by, atOnce, one }) => {
  const { socket, peer, ended } = await tunnel(what)
  peer.send(frame(frameType.headers, flag.endHeaders, 1, status200))
  const few = repeat(atOnce, () => one)
  for (let sent = 0, round = 1; sent < enoughBytes && !peer.closed; sent += few.length, round += 1) {
    peer.send(few)
    await isRead(socket, peer, round)
  }
  expect(peer.closed).toBe(by === library)
  clock.advance(overheadLookMs)
  expect(await Promise.race([ended, wait(5_000, 'nobody')])).toBe(by)
})

/** A machine whose records are good; `ended` is the gateway's own word for the end of its tunnel. */
async function tunnel(what: string): Promise<{ readonly socket: TLSSocket; readonly peer: RawPeer; readonly ended: Promise<string> }> {
  const id = what
    .toLowerCase()
    .replaceAll(/[^a-z]+/gu, '-')
    .replaceAll(/^-|-$/gu, '') as DeviceId
  const { keyPem, certificatePem } = await door.enrol(id)
  const socket: TLSSocket = connect({
    host: '127.0.0.1',
    port: door.listener.address.port,
    servername: 'localhost',
    ca: door.authority.bundlePem,
    key: keyPem,
    cert: certificatePem,
    minVersion: 'TLSv1.3',
    ALPNProtocols: [tunnelAlpn],
  })
  const peer = rawPeer(socket, 'client')
  await once(socket, 'secureConnect')
  peer.send(emptySettings, settingsAck)
  const link = await vi.waitUntil(() => door.listener.links.get(id), { interval: 5, timeout: 15_000 })
  // Streams are opened by whoever uses the link: its first question.
  link.info().catch(() => {})
  await vi.waitUntil(() => peer.heard.some(({ type, stream }) => type === frameType.headers && stream === 1), {
    interval: 2,
    timeout: 15_000,
  })
  return { socket, peer, ended: link.closed }
}

/** A PING with the round's number came back: all before it was read. */
async function isRead(socket: TLSSocket, peer: RawPeer, round: number): Promise<void> {
  const mark = Buffer.concat([uint32(0x5eed), uint32(round)])
  peer.send(frame(frameType.ping, 0, 0, mark))
  const isAnswer = ({ type, flags, payload }: RawPeer['heard'][number]): boolean =>
    type === frameType.ping && (flags & flag.ack) !== 0 && payload.equals(mark)
  for (let seen = peer.heard.length; !peer.closed && !peer.heard.slice(seen).some(isAnswer);) {
    seen = peer.heard.length
    await new Promise<void>((resolve) => {
      const go = (): void => {
        socket.off('data', go).off('close', go)
        resolve()
      }
      socket.on('data', go).on('close', go)
    })
  }
}
