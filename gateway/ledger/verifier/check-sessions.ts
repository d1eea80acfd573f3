import { appendLeaf, emptyFrontier, rootOf, type Frontier } from '../../../agent/wire/ledger/hash-tree.ts'
import { toBase64 } from '../../../agent/wire/ledger/bytes.ts'
import type { LedgerCrypto } from '../../../agent/wire/ledger/ledger-crypto.ts'
import type { LedgerEntry } from '../../../agent/wire/ledger/entry.ts'
import { compareTransactions, type Difference, type TransactionsOfSession } from './compare-transactions.ts'
import type { LedgerCode, LedgerSide } from './findings.ts'
import { isBeforePosition, type LogPosition } from './log-side.ts'

interface SessionState {
  /** First approval in the machine's log. */
  approval: LogPosition | null
  /** First decision of the gateway that let it open and knew the approval. */
  decision: LogPosition | null
  readonly sums: Record<LedgerSide, Frontier>
  readonly ended: Record<LedgerSide, boolean>
  readonly transactions: TransactionsOfSession
}

/** Step 9: consent, decision and opening in this order, one end, its sum, and the same transactions on both sides. */
export interface Sessions {
  /** In an order in which each comes after what it says to have seen of the other log. `leaf`: its hash. */
  entry(file: LedgerSide, epoch: number, entry: LedgerEntry, leaf: Uint8Array, line: number): void
}

/** What may happen on both sides only between a decision and the end: bytes. */
const uses = new Set(['stream.opened', 'transaction'])
/** Sessions that are over on both sides, by id: so many are remembered, the oldest go. A machine has a few a day. */
const mostOver = 65_536

export function createSessions(
  crypto: LedgerCrypto,
  report: (code: Extract<LedgerCode, 'SESSION_ORDER' | 'SESSION_SUM' | 'TXN_DIFF'>, found: Difference) => void,
): Sessions {
  const sessions = new Map<string, SessionState>()
  const over = new Set<string>()
  const begun = (id: string): SessionState => {
    const known = sessions.get(id)
    if (known !== undefined) return known
    const state: SessionState = {
      approval: null,
      decision: null,
      sums: { m: emptyFrontier, g: emptyFrontier },
      ended: { m: false, g: false },
      transactions: compareTransactions(),
    }
    sessions.set(id, state)
    return state
  }
  return {
    entry: (file, epoch, entry, leaf, line) => {
      if (entry.session === null) return
      const found = (what: string): Difference => ({ file, seq: entry.seq, line, what })
      const use = uses.has(entry.type)
      if (over.has(entry.session)) {
        if (use || entry.type === 'session.ended') report('SESSION_ORDER', found(`${entry.type} follows after the end of this session`))
        return
      }
      const state = begun(entry.session)
      if (state.ended[file] && (use || entry.type === 'session.ended'))
        report('SESSION_ORDER', found(`${entry.type} follows after the end of this session`))
      const here = { epoch, size: entry.seq }
      if (use && !isDecided(state, file, here, entry))
        report('SESSION_ORDER', found(`${entry.type} without an approval and a decision before it`))
      if (entry.type === 'transaction') {
        const difference = state.transactions.add(file, entry, line)
        if (difference !== null) report('TXN_DIFF', difference)
      }
      if (file === 'm' && entry.type === 'approval.given') state.approval ??= here
      if (file === 'g' && opens(entry) && state.approval !== null && knows(entry, state.approval)) state.decision ??= here
      if (entry.type === 'session.ended') {
        const wrong = wrongSum(crypto, state.sums[file], entry)
        if (wrong !== null) report('SESSION_SUM', found(wrong))
        state.ended[file] = true
      }
      state.sums[file] = appendLeaf(crypto, state.sums[file], leaf)
      if (!state.ended.m || !state.ended.g) return
      for (const difference of state.transactions.left()) report('TXN_DIFF', difference)
      sessions.delete(entry.session)
      over.add(entry.session)
      if (over.size > mostOver) for (const oldest of over) return void over.delete(oldest)
    },
  }
}

const opens = ({ type, detail }: LedgerEntry): boolean =>
  type === 'decision.made' && detail['action'] === 'open' && detail['allow'] === true

/** Its `peer` is a head that has the entry at this place. */
const knows = ({ peer }: LedgerEntry, place: LogPosition): boolean => peer !== null && isBeforePosition(place, peer)

function isDecided({ approval, decision }: SessionState, file: LedgerSide, here: LogPosition, entry: LedgerEntry): boolean {
  if (approval === null || decision === null) return false
  return file === 'g' ? isBeforePosition(decision, here) : isBeforePosition(approval, here) && knows(entry, decision)
}

function wrongSum(crypto: LedgerCrypto, tree: Frontier, { detail }: LedgerEntry): string | null {
  const sum = detail['sum'] as { readonly count?: unknown; readonly root?: unknown } | null
  if (typeof sum !== 'object' || sum === null) return 'it has no sum of its session'
  if (sum.count !== tree.size) return `it counts ${String(sum.count)} entries of its session, and ${tree.size} are here`
  return sum.root === toBase64(rootOf(crypto, tree)) ? null : 'the entries of its session are not those that it sums up'
}
