/** Numbers that are the same each time for a seed (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, below)
  }
}

export interface MutateOptions {
  readonly upTo: (below: number) => number
  readonly words: readonly Uint8Array[]
  /** Another input, to take pieces from. */
  readonly other: Buffer
  readonly mostBytes: number
}

type Mutation = (bytes: Buffer, options: MutateOptions) => Buffer

const edges = [0, 1, 0x7f, 0x80, 0xff, 0x30, 0x0a, 0x0d, 0x20, 0x25, 0x2e, 0x2f, 0x3b, 0x3d, 0x7d, 0xa0]

function spliced(bytes: Buffer, at: number, without: number, piece: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + without)])
}

function set(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes)
  if (copy.length > 0) copy[at] = value
  return copy
}

/** A piece often repeated: expressions that look back, recursion, lists without end. */
const repeated: Mutation = (bytes, { upTo, mostBytes }) => {
  const at = upTo(bytes.length)
  const piece = bytes.subarray(at, at + 1 + upTo(upTo(4) === 0 ? 64 : 2))
  if (piece.length === 0) return bytes
  const times = 1 << upTo(Math.max(1, Math.floor(Math.log2(mostBytes / piece.length))))
  return spliced(bytes, at, 0, Buffer.alloc(piece.length * times, piece))
}

const mutations: readonly Mutation[] = [
  (bytes, { upTo }) => ((at) => set(bytes, at, (bytes[at] ?? 0) ^ (1 << upTo(8))))(upTo(bytes.length)),
  (bytes, { upTo }) => set(bytes, upTo(bytes.length), upTo(256)),
  (bytes, { upTo }) => set(bytes, upTo(bytes.length), edges[upTo(edges.length)]!),
  (bytes, { upTo }) => ((at) => set(bytes, at, (bytes[at] ?? 0) + (upTo(2) * 2 - 1)))(upTo(bytes.length)),
  (bytes, { upTo }) => spliced(bytes, upTo(bytes.length + 1), 0, Buffer.from([edges[upTo(edges.length)]!])),
  (bytes, { upTo }) => spliced(bytes, upTo(bytes.length), 1 + upTo(16), Buffer.alloc(0)),
  (bytes, { upTo, words }) =>
    spliced(bytes, upTo(bytes.length + 1), upTo(2) * upTo(8), words[upTo(words.length)] ?? Buffer.from([upTo(256)])),
  (bytes, { upTo, other }) =>
    ((from) => spliced(bytes, upTo(bytes.length + 1), upTo(16), other.subarray(from, from + 1 + upTo(64))))(upTo(other.length)),
  (bytes, { upTo, other }) => Buffer.concat([bytes.subarray(0, upTo(bytes.length)), other.subarray(upTo(other.length))]),
  (bytes, { upTo }) => bytes.subarray(0, upTo(bytes.length + 1)),
  repeated,
]

/** One to six changes, never longer than may be. */
export function mutate(bytes: Buffer, options: MutateOptions): Buffer {
  let changed = bytes
  for (let left = 1 + options.upTo(6); left > 0; left -= 1) changed = mutations[options.upTo(mutations.length)]!(changed, options)
  return Buffer.from(changed.subarray(0, options.mostBytes))
}
