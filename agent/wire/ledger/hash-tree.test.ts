import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toBase64 } from './bytes.ts'
import {
  appendLeaf,
  emptyFrontier,
  leafHash,
  proveConsistency,
  proveInclusion,
  rootFromInclusion,
  rootOf,
  rootsFromConsistency,
  subtreesOf,
} from './hash-tree.ts'
import { nodeLedgerCrypto } from './node-crypto.ts'

const crypto = nodeLedgerCrypto()
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** The inputs and roots of certificate-transparency's own tests (cpp/merkletree/merkle_tree_test.cc). */
const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const leavesOf = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, index) => leafHash(crypto, Uint8Array.of(index & 255, index >> 8)))

describe('the hash tree', () => {
  it('has the roots of certificate-transparency', () => {
    let tree = emptyFrontier
    expect(hex(rootOf(crypto, tree))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    for (const [index, input] of inputs.entries()) {
      tree = appendLeaf(crypto, tree, leafHash(crypto, Buffer.from(input, 'hex')))
      expect(hex(rootOf(crypto, tree))).toBe(roots[index])
    }
  })

  it('proves every leaf of every tree, and no other leaf, place or size', () => {
    const tree = fc.integer({ min: 1, max: 200 }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1), fc.nat(210), fc.nat(210)))
    fc.assert(
      fc.property(tree, ([size, index, otherIndex, otherSize]) => {
        const leaves = leavesOf(size)
        const subtree = subtreesOf(crypto, leaves)
        const proof = proveInclusion(subtree, index, size)
        const root = toBase64(subtree(0, size))
        const led = (at: number, of: number, leaf: Uint8Array, hashes = proof): string | null => {
          const found = rootFromInclusion(crypto, { index: at, size: of, leaf, proof: hashes })
          return found === null ? null : toBase64(found)
        }
        expect(led(index, size, leaves[index]!)).toBe(root)
        if (otherIndex !== index) expect(led(otherIndex, size, leaves[index]!)).not.toBe(root)
        expect(led(index, size, leafHash(crypto, Uint8Array.of(1, 2, 3)))).not.toBe(root)
        expect(led(index, size, leaves[index]!, [...proof, leaves[0]!])).toBeNull()
        if (proof.length > 0) expect(led(index, size, leaves[index]!, proof.slice(1))).toBeNull()
        if (otherSize <= index) expect(led(index, otherSize, leaves[index]!)).toBeNull()
      }),
    )
  })

  it('proves that each tree grew out of each smaller one, and out of nothing else', () => {
    const pair = fc.integer({ min: 1, max: 200 }).chain((newer) => fc.tuple(fc.integer({ min: 1, max: newer }), fc.constant(newer)))
    fc.assert(
      fc.property(pair, ([older, newer]) => {
        const leaves = leavesOf(newer)
        const subtree = subtreesOf(crypto, leaves)
        const proof = proveConsistency(subtree, older, newer)
        const olderRoot = subtree(0, older)
        const found = rootsFromConsistency(crypto, { older, newer, olderRoot, proof })
        expect([found?.older, found?.newer].map((root) => toBase64(root!))).toEqual([olderRoot, subtree(0, newer)].map(toBase64))
        if (older === newer) return
        const changed = subtreesOf(crypto, [leafHash(crypto, Uint8Array.of(9, 9, 9)), ...leaves.slice(1)])
        const forged = rootsFromConsistency(crypto, { older, newer, olderRoot, proof: proveConsistency(changed, older, newer) })
        const both =
          forged !== null && toBase64(forged.older) === toBase64(olderRoot) && toBase64(forged.newer) === toBase64(changed(0, newer))
        expect(both).toBe(false)
        expect(rootsFromConsistency(crypto, { older, newer, olderRoot, proof: [...proof, olderRoot] })).toBeNull()
      }),
    )
  })

  it('does not take a node for a leaf', () => {
    const [a, b] = leavesOf(2)
    const forged = leafHash(crypto, Buffer.concat([a!, b!]))
    expect(toBase64(forged)).not.toBe(toBase64(subtreesOf(crypto, [a!, b!])(0, 2)))
  })
})
