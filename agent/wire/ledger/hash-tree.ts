import type { LedgerCrypto } from './ledger-crypto.ts'

type Hasher = Pick<LedgerCrypto, 'sha256'>

const leafPrefix = Uint8Array.of(0)
const nodePrefix = Uint8Array.of(1)
const nothing = new Uint8Array(0)

/** Hash of an entry as a leaf (RFC 6962, section 2.1): SHA-256(00 + bytes). */
export const leafHash = (crypto: Hasher, entry: Uint8Array): Uint8Array => crypto.sha256(leafPrefix, entry)

/** Hash of two subtrees (RFC 6962, section 2.1): SHA-256(01 + left + right). */
const nodeHash = (crypto: Hasher, left: Uint8Array, right: Uint8Array): Uint8Array => crypto.sha256(nodePrefix, left, right)

/** All that is needed to go on with a tree: its size, and the roots of its full subtrees from the largest to the smallest (at most 53 of 32 bytes). */
export interface Frontier {
  readonly size: number
  readonly hashes: readonly Uint8Array[]
}

export const emptyFrontier: Frontier = { size: 0, hashes: [] }

/** The frontier after one more leaf hash. */
export function appendLeaf(crypto: Hasher, { size, hashes }: Frontier, leaf: Uint8Array): Frontier {
  const next = hashes.slice()
  let hash = leaf
  for (let left = size; left % 2 === 1; left = (left - 1) / 2) hash = nodeHash(crypto, next.pop()!, hash)
  next.push(hash)
  return { size: size + 1, hashes: next }
}

/** Merkle tree hash (RFC 6962, section 2.1) of the tree with this frontier; of the empty tree SHA-256(""). */
export function rootOf(crypto: Hasher, { hashes }: Frontier): Uint8Array {
  if (hashes.length === 0) return crypto.sha256(nothing)
  return hashes.reduceRight((right, left) => nodeHash(crypto, left, right))
}

/** Merkle tree hash of the leaves `from` to `to`, `to` excluded: whoever keeps a tree answers it in his way. */
export type SubtreeHash = (from: number, to: number) => Uint8Array

/** {@link SubtreeHash} over leaf hashes in memory. */
export function subtreesOf(crypto: Hasher, leaves: readonly Uint8Array[]): SubtreeHash {
  return (from, to) =>
    rootOf(
      crypto,
      leaves.slice(from, to).reduce((frontier, leaf) => appendLeaf(crypto, frontier, leaf), emptyFrontier),
    )
}

/**
 * That leaf `index` is in the tree of `size` leaves (RFC 6962, section 2.1.1), from the leaf's sibling upwards.
 *
 * @throws RangeError where the tree has no such leaf
 */
export function proveInclusion(subtree: SubtreeHash, index: number, size: number): Uint8Array[] {
  if (index < 0 || index >= size) throw new RangeError(`leaf ${index} is not in a tree of ${size}`)
  return pathTo(subtree, index, 0, size)
}

function pathTo(subtree: SubtreeHash, index: number, from: number, to: number): Uint8Array[] {
  if (to - from === 1) return []
  const middle = from + splitOf(to - from)
  if (index < middle) return [...pathTo(subtree, index, from, middle), subtree(middle, to)]
  return [...pathTo(subtree, index, middle, to), subtree(from, middle)]
}

/**
 * That the first `older` leaves of the tree of `newer` are the tree of `older` (RFC 6962, section 2.1.2). Empty where the sizes are equal or `older` is 0.
 *
 * @throws RangeError where `older` is larger than `newer`
 */
export function proveConsistency(subtree: SubtreeHash, older: number, newer: number): Uint8Array[] {
  if (older < 0 || older > newer) throw new RangeError(`a tree of ${newer} has no older one of ${older}`)
  return older === 0 || older === newer ? [] : betweenTrees(subtree, older, 0, newer, true)
}

function betweenTrees(subtree: SubtreeHash, older: number, from: number, to: number, whole: boolean): Uint8Array[] {
  if (older === to) return whole ? [] : [subtree(from, to)]
  const middle = from + splitOf(to - from)
  if (older <= middle) return [...betweenTrees(subtree, older, from, middle, whole), subtree(middle, to)]
  return [...betweenTrees(subtree, older, middle, to, false), subtree(from, middle)]
}

/** The largest power of two below `size`. */
function splitOf(size: number): number {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}

/** The root that leaf `index` and its proof lead to in a tree of `size` (RFC 9162, section 2.1.3.2); null where the proof has another length. */
export function rootFromInclusion(
  crypto: Hasher,
  {
    index,
    size,
    leaf,
    proof,
  }: { readonly index: number; readonly size: number; readonly leaf: Uint8Array; readonly proof: readonly Uint8Array[] },
): Uint8Array | null {
  if (index < 0 || index >= size) return null
  let hash = leaf
  let at = index
  let last = size - 1
  for (const sibling of proof) {
    if (last === 0) return null
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(crypto, sibling, hash)
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)]
    } else {
      hash = nodeHash(crypto, hash, sibling)
    }
    ;[at, last] = [Math.floor(at / 2), Math.floor(last / 2)]
  }
  return last === 0 ? hash : null
}

/**
 * The two roots that a consistency proof leads to when it starts from `olderRoot` (RFC 9162, section 2.1.4.2): the trees are consistent when they are the
 * roots that are known. Null where the proof has another length or the sizes cannot be.
 */
export function rootsFromConsistency(
  crypto: Hasher,
  {
    older,
    newer,
    olderRoot,
    proof,
  }: { readonly older: number; readonly newer: number; readonly olderRoot: Uint8Array; readonly proof: readonly Uint8Array[] },
): { readonly older: Uint8Array; readonly newer: Uint8Array } | null {
  if (older < 1 || older > newer) return null
  if (older === newer) return proof.length === 0 ? { older: olderRoot, newer: olderRoot } : null
  if (proof.length === 0) return null
  let at = older - 1
  let last = newer - 1
  while (at % 2 === 1) [at, last] = [(at - 1) / 2, Math.floor(last / 2)]
  const steps = at === 0 ? proof : proof.slice(1)
  const start = at === 0 ? olderRoot : proof[0]!
  let old = start
  let now = start
  for (const sibling of steps) {
    if (last === 0) return null
    if (at % 2 === 1 || at === last) {
      old = nodeHash(crypto, sibling, old)
      now = nodeHash(crypto, sibling, now)
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)]
    } else {
      now = nodeHash(crypto, now, sibling)
    }
    ;[at, last] = [Math.floor(at / 2), Math.floor(last / 2)]
  }
  return last === 0 ? { older: old, newer: now } : null
}
