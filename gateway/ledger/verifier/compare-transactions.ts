import { canonicalJson } from '../../../agent/wire/canonical-json.ts'
import type { LedgerEntry } from '../../../agent/wire/ledger/entry.ts'
import type { LedgerSide } from './findings.ts'

interface Recorded {
  readonly file: LedgerSide
  readonly seq: number
  readonly line: number
  readonly detail: string
}

export interface Difference {
  readonly file: LedgerSide
  readonly seq: number
  readonly line: number
  readonly what: string
}

/** Step 9: what the two sides recorded of one session's transactions. It holds only those that one of them has recorded so far. */
export interface TransactionsOfSession {
  add(file: LedgerSide, entry: LedgerEntry, line: number): Difference | null
  /** Both have ended the session: those that only one of them has. */
  left(): readonly Difference[]
}

export function compareTransactions(): TransactionsOfSession {
  const open = new Map<string, Recorded>()
  return {
    add: (file, entry, line) => {
      const number = JSON.stringify(entry.detail['txn'] ?? null)
      const mine: Recorded = { file, seq: entry.seq, line, detail: canonicalJson(entry.detail) }
      const other = open.get(number)
      if (other === undefined) {
        open.set(number, mine)
        return null
      }
      if (other.file === file) return { file, seq: entry.seq, line, what: `transaction ${number} of this session stands in this log twice` }
      open.delete(number)
      if (other.detail === mine.detail) return null
      const { seq, line: at } = file === 'm' ? mine : other
      return {
        file: 'm',
        seq,
        line: at,
        what: `transaction ${number}: ${differing(mine.detail, other.detail)} is not what the gateway’s log says`,
      }
    },
    left: () =>
      [...open].map(([number, { file, seq, line }]) => ({
        file,
        seq,
        line,
        what: `transaction ${number} is not in the ${file === 'm' ? 'gateway’s' : 'machine’s'} log`,
      })),
  }
}

function differing(a: string, b: string): string {
  const [one, two] = [a, b].map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>)
  const names = new Set([...Object.keys(one!), ...Object.keys(two!)])
  return [...names].filter((name) => canonicalJson(one![name] ?? null) !== canonicalJson(two![name] ?? null)).join(', ')
}
