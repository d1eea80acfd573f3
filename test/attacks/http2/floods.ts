import {
  emptySettings,
  flag,
  frame,
  frameType,
  goaway,
  integer,
  repeat,
  setting,
  settingsAck,
  text,
  uint32,
  windowUpdate,
} from './frames.ts'

/** What must become of the attacker's connection: `closed` within a second, or read to its end without any effect (closed is right, too). */
export type Fate = 'closed' | 'harmless'

export interface FrameAttack {
  readonly name: string
  readonly fate: Fate
  /** Why `harmless` is enough. */
  readonly because?: string
  /** Sent again and again, until somebody closes: there is nothing wrong with one of these frames, but with their number. */
  readonly withoutEnd?: true
  /** `round`: how often it was sent before. */
  readonly bytes: (round: number) => Buffer
}

/** The name, and a piece of a flood that is sent without end. */
export const flood = (name: string, bytes: (round: number) => Buffer): FrameAttack => ({ name, fate: 'closed', withoutEnd: true, bytes })

export const many = 20_000

/** Frames that either end of a connection can send: of no stream, or of one that nobody opened. */
export const floods: readonly FrameAttack[] = [
  flood('PINGs without end (CVE-2019-9512)', () => repeat(many, () => frame(frameType.ping, 0, 0, Buffer.alloc(8)))),
  flood('answers to PINGs that nobody sent', () => repeat(many, () => frame(frameType.ping, flag.ack, 0, Buffer.alloc(8)))),
  flood('SETTINGS without end (CVE-2019-9515)', () => repeat(many, () => emptySettings)),
  { name: 'SETTINGS acknowledgements without end (RFC 9113 section 6.5.3)', fate: 'closed', bytes: () => repeat(many, () => settingsAck) },
  {
    name: 'a thousand values in one SETTINGS',
    fate: 'closed',
    bytes: () =>
      frame(
        frameType.settings,
        0,
        0,
        repeat(1_000, () => Buffer.concat([Buffer.from([0, 3]), uint32(1)])),
      ),
  },
  flood('PRIORITY without end (CVE-2019-9513)', () =>
    repeat(many, (at) => frame(frameType.priority, 0, at * 2 + 1, Buffer.from([0, 0, 0, 0, 9]))),
  ),
  flood('PRIORITY_UPDATE without end (RFC 9218)', () =>
    repeat(many, () => frame(frameType.priorityUpdate, 0, 0, Buffer.concat([uint32(1), Buffer.from('u=0')]))),
  ),
  flood('WINDOW_UPDATE without end (CVE-2019-9517)', () => repeat(many, () => windowUpdate(0, 1))),
  {
    name: 'a window beyond 2^31-1 (CVE-2026-21714)',
    fate: 'closed',
    bytes: () => repeat(4, () => windowUpdate(0, 0x7fff_ffff)),
  },
  { name: 'a window of nothing (RFC 9113 section 6.9)', fate: 'closed', bytes: () => windowUpdate(0, 0) },
  flood('initial windows that go up and down', () => repeat(many / 2, (at) => setting(4, at % 2 === 0 ? 0 : 0x7fff_ffff))),
  { name: 'an initial window beyond 2^31-1', fate: 'closed', bytes: () => setting(4, 0xffff_ffff) },
  { name: 'a frame size below 16,384', fate: 'closed', bytes: () => setting(5, 1) },
  flood('ORIGIN without end (CVE-2026-48619)', () =>
    repeat(many, (at) =>
      frame(frameType.origin, 0, 0, Buffer.concat([Buffer.from([0, 22]), Buffer.from(`https://${String(at).padStart(8, '0')}.test`)])),
    ),
  ),
  flood('ALTSVC without end (RFC 7838)', () =>
    repeat(many, () => frame(frameType.altSvc, 0, 0, Buffer.from('\0\x0ehttps://a.testh2=":1"', 'latin1'))),
  ),
  flood('frames of an unknown type (RFC 9113 section 5.5)', () =>
    repeat(1_000, () => frame(frameType.unknown, 0xff, 7, Buffer.alloc(1_000))),
  ),
  { name: 'DATA on stream 0 (RFC 9113 section 6.1)', fate: 'closed', bytes: () => frame(frameType.data, 0, 0, Buffer.alloc(10)) },
  { name: 'HEADERS on stream 0', fate: 'closed', bytes: () => frame(frameType.headers, flag.endHeaders, 0, Buffer.from([0x88])) },
  { name: 'RST_STREAM on stream 0', fate: 'closed', bytes: () => frame(frameType.reset, 0, 0, uint32(8)) },
  { name: 'SETTINGS on a stream', fate: 'closed', bytes: () => frame(frameType.settings, 0, 1) },
  { name: 'PING on a stream', fate: 'closed', bytes: () => frame(frameType.ping, 0, 1, Buffer.alloc(8)) },
  { name: 'GOAWAY on a stream', fate: 'closed', bytes: () => frame(frameType.goaway, 0, 1, Buffer.alloc(8)) },
  { name: 'DATA on an idle stream', fate: 'closed', bytes: () => frame(frameType.data, 0, 99, Buffer.alloc(10)) },
  { name: 'RST_STREAM on an idle stream', fate: 'closed', bytes: () => frame(frameType.reset, 0, 99, uint32(8)) },
  { name: 'WINDOW_UPDATE on an idle stream', fate: 'closed', bytes: () => windowUpdate(99, 1) },
  {
    name: 'a CONTINUATION that continues nothing (RFC 9113 section 6.10)',
    fate: 'closed',
    bytes: () => frame(frameType.continuation, flag.endHeaders, 1, Buffer.from([0x88])),
  },
  { name: 'a PING of seven octets', fate: 'closed', bytes: () => frame(frameType.ping, 0, 0, Buffer.alloc(7)) },
  { name: 'SETTINGS of five octets', fate: 'closed', bytes: () => frame(frameType.settings, 0, 0, Buffer.alloc(5)) },
  { name: 'a RST_STREAM of three octets', fate: 'closed', bytes: () => frame(frameType.reset, 0, 1, Buffer.alloc(3)) },
  {
    name: 'a frame larger than it may be (RFC 9113 section 4.2)',
    fate: 'closed',
    bytes: () => frame(frameType.data, 0, 1, Buffer.alloc(100_000)),
  },
  { name: 'a frame that claims 16 MiB', fate: 'closed', bytes: () => frame(frameType.data, 0, 1, Buffer.alloc(20_000), 0xff_ffff) },
  {
    name: 'a padding longer than its frame',
    fate: 'closed',
    bytes: () => frame(frameType.headers, flag.padded | flag.endHeaders, 1, Buffer.from([255, 0x88])),
  },
  { name: 'a table of HPACK larger than allowed', fate: 'closed', bytes: () => headersOf(integer(0x7fff_ffff, 5, 0x20)) },
  { name: 'an entry of HPACK that is not there', fate: 'closed', bytes: () => headersOf(integer(4_000, 7, 0x80)) },
  { name: 'an integer of HPACK without end (RFC 7541 section 5.1)', fate: 'closed', bytes: () => headersOf(Buffer.alloc(200, 0xff)) },
  {
    name: 'broken Huffman code',
    fate: 'closed',
    bytes: () => headersOf(Buffer.concat([Buffer.from([0x00, 0x84, 0xff, 0xff, 0xff, 0xff]), text('x')])),
  },
  { name: 'GOAWAY a thousand times (RFC 9113 section 6.8)', fate: 'closed', bytes: () => repeat(1_000, () => goaway(0)) },
  { name: 'a GOAWAY with a novel', fate: 'closed', bytes: () => goaway(0, 'novel '.repeat(2_500)) },
  { name: 'HTTP/1.1', fate: 'closed', bytes: () => Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'.repeat(10)) },
]

const headersOf = (block: Buffer): Buffer => frame(frameType.headers, flag.endHeaders, 1, block)
