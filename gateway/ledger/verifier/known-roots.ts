import { appendLeaf, emptyFrontier, leafHash, rootOf, type Frontier } from '../../../agent/wire/ledger/hash-tree.ts'
import type { LedgerCrypto } from '../../../agent/wire/ledger/ledger-crypto.ts'
import type { Findings, Finding, LedgerSide } from './findings.ts'
import { createLineCursor } from './line-cursor.ts'
import type { LedgerSource } from './ledger-source.ts'
import { sameBytes } from '../../../agent/wire/ledger/bytes.ts'

/** What somebody says the root of `origin` was at `size`. */
export interface RootClaim {
  readonly side: LedgerSide
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
  /** Reported where it was another. */
  readonly otherwise: Finding
}

/**
 * The roots that a log had (steps 6 and 7). It keeps those of the newest entries only; whoever asks for an older one, which no pair of logs does that was
 * written as it should be, is answered in {@link KnownRoots.settle} by reading that file once more.
 */
export interface KnownRoots {
  added(side: LedgerSide, origin: string, tree: Frontier): void
  /** `passed`: the log was read beyond that size already. */
  claim(claim: RootClaim, passed: boolean): void
  /** Those about sizes that the log never reached. */
  unreached(): readonly RootClaim[]
  settle(sources: Readonly<Record<LedgerSide, LedgerSource>>): Promise<void>
}

const kept = 4_096

export function createKnownRoots(crypto: LedgerCrypto, findings: Findings): KnownRoots {
  const newest = { m: new Map<string, Frontier>(), g: new Map<string, Frontier>() }
  const later: RootClaim[] = []
  const ahead = new Map<string, RootClaim[]>()
  const judge = (claim: RootClaim, tree: Frontier): void => {
    if (!sameBytes(rootOf(crypto, tree), claim.root)) findings.report(claim.otherwise)
  }
  return {
    added: (side, origin, tree) => {
      const trees = newest[side]
      const key = `${origin} ${tree.size}`
      trees.set(key, tree)
      for (const claim of ahead.get(key) ?? []) judge(claim, tree)
      ahead.delete(key)
      if (trees.size > kept) for (const oldest of trees.keys()) return void trees.delete(oldest)
    },
    claim: (claim, passed) => {
      const key = `${claim.origin} ${claim.size}`
      const tree = newest[claim.side].get(key)
      if (tree !== undefined) judge(claim, tree)
      else if (passed) later.push(claim)
      else ahead.set(key, [...(ahead.get(key) ?? []), claim])
    },
    unreached: () => [...ahead.values()].flat(),
    settle: async (sources) => {
      for (const side of ['m', 'g'] as const) {
        const claims = Map.groupBy(
          later.filter((claim) => claim.side === side),
          ({ origin, size }) => `${origin} ${size}`,
        )
        if (claims.size === 0) continue
        for await (const { origin, tree } of treesOf(crypto, sources[side])) {
          for (const claim of claims.get(`${origin} ${tree.size}`) ?? []) judge(claim, tree)
        }
      }
    },
  }
}

async function* treesOf(crypto: LedgerCrypto, source: LedgerSource): AsyncGenerator<{ readonly origin: string; readonly tree: Frontier }> {
  const cursor = createLineCursor(source)
  let origin = ''
  let tree = emptyFrontier
  for (let line = await cursor.next(); line !== null; line = await cursor.next()) {
    if (line.letter === 'F') {
      origin = line.head.log
      tree = emptyFrontier
    }
    if (line.letter !== 'E') continue
    tree = appendLeaf(crypto, tree, leafHash(crypto, line.bytes))
    yield { origin, tree }
  }
}
