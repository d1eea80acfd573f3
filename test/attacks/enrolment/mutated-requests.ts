import { writeDer } from '../../../gateway/pki/der.ts'

/** Numbers that are the same each time (mulberry32): a request that fails is found again by its seed. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

type Mutation = (der: Buffer, upTo: (below: number) => number) => Buffer

const insert = (der: Buffer, at: number, bytes: Uint8Array): Buffer => Buffer.concat([der.subarray(0, at), bytes, der.subarray(at)])

function changed(der: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(der)
  copy[at] = value
  return copy
}

/** Where an element of this tag may begin. */
function someTag(der: Buffer, tag: number, upTo: (below: number) => number): number {
  const from = upTo(der.length)
  const at = der.indexOf(tag, from)
  return at < 0 ? der.indexOf(tag) : at
}

function nested(depth: number, tag: number): Buffer {
  let inner: Buffer = Buffer.from([0x05, 0x00])
  for (let level = 0; level < depth && inner.length < 8_000; level += 1) inner = writeDer(tag, inner)
  return inner
}

/** What breaks decoders of DER: CVE-2025-12816 and -66030 (desynchronised, huge identifiers), -66031 (recursion), CVE-2026-33891 (huge integers). */
const mutations: Readonly<Record<string, Mutation>> = {
  'a bit is flipped': (der, upTo) => {
    const at = upTo(der.length)
    return changed(der, at, (der[at] ?? 0) ^ (1 << upTo(8)))
  },
  'an octet is another': (der, upTo) => changed(der, upTo(der.length), upTo(256)),
  'its end is missing': (der, upTo) => der.subarray(0, upTo(der.length)),
  'a piece is missing': (der, upTo) => {
    const at = upTo(der.length)
    return Buffer.concat([der.subarray(0, at), der.subarray(at + 1 + upTo(40))])
  },
  'a piece is there twice': (der, upTo) => {
    const at = upTo(der.length)
    return insert(der, at, der.subarray(at, at + 1 + upTo(60)))
  },
  'a length lies': (der, upTo) => changed(der, someTag(der, 0x30, upTo) + 1, upTo(256)),
  'a length is indefinite': (der, upTo) => Buffer.concat([changed(der, someTag(der, 0x30, upTo) + 1, 0x80), Buffer.from([0, 0])]),
  'a length has four octets': (der, upTo) => insert(changed(der, someTag(der, 0x30, upTo) + 1, 0x84), 2, Buffer.alloc(4, 0xff)),
  'a length is not the shortest': (der, upTo) => insert(changed(der, someTag(der, 0x02, upTo) + 1, 0x82), 2, Buffer.from([0, 1])),
  'it is nested deeply': (_der, upTo) => nested(100 + upTo(2_000), [0x30, 0x31, 0xa0, 0x24][upTo(4)] ?? 0x30),
  'an identifier is huge': (der, upTo) => insert(der, someTag(der, 0x06, upTo), writeDer(0x06, Buffer.alloc(1 + upTo(4_000), 0xff))),
  'an integer is huge': (der, upTo) => insert(der, someTag(der, 0x02, upTo), writeDer(0x02, Buffer.alloc(1 + upTo(6_000), 0x7f))),
  'an integer is negative or empty': (der, upTo) =>
    insert(der, someTag(der, 0x02, upTo), upTo(2) === 0 ? Buffer.from([2, 0]) : Buffer.from([2, 1, 0x80 | upTo(128)])),
  'its attributes are there again': (der, upTo) =>
    Buffer.concat([der, ...Array.from({ length: 1 + upTo(50) }, () => writeDer(0xa0, nested(3, 0x31)))]),
  'it is random': (_der, upTo) => Buffer.from(Array.from({ length: upTo(2_000) }, () => upTo(256))),
  'it is larger than it may be': (der, upTo) => Buffer.concat([der, Buffer.alloc(8_192 + upTo(2_000), 0x30)]),
}

export interface MutatedRequest {
  readonly what: string
  readonly seed: number
  readonly der: Buffer
}

/** Requests made from these good ones, each with one to three mutations; the same for the same seeds. */
export function* mutatedRequests(good: readonly Buffer[], count: number): Generator<MutatedRequest> {
  const all = Object.entries(mutations)
  for (let seed = 0; seed < count; seed += 1) {
    const upTo = seeded(seed)
    let der = good[seed % good.length] ?? Buffer.alloc(0)
    const names: string[] = []
    for (let left = 1 + upTo(3); left > 0; left -= 1) {
      const [name, mutate] = all[upTo(all.length)] ?? []
      if (name === undefined || mutate === undefined || der.length < 2) continue
      der = mutate(der, upTo)
      names.push(name)
    }
    yield { what: names.join(', '), seed, der }
  }
}
