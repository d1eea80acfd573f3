import { LedgerEntryError, readEntry, type LedgerEntry } from '../../../agent/wire/ledger/entry.ts'
import type { LedgerCode } from './findings.ts'
import { isBeforePosition, type EpochState } from './log-side.ts'

export type EntryJudgement =
  | { readonly entry: LedgerEntry }
  /** `chain`: the entry before it may be the one that was changed. */
  | { readonly entry: null; readonly code: Exclude<LedgerCode, 'OK'>; readonly what: string; readonly chain?: true }

/** Step 3: bytes, members, log, number, chain, what is known of the other log, running clock. */
export function checkEntry(epoch: EpochState, bytes: Uint8Array): EntryJudgement {
  let entry: LedgerEntry
  try {
    entry = readEntry(bytes)
  } catch (error) {
    if (!(error instanceof LedgerEntryError)) throw error
    return { entry: null, code: error.fault === 'fields' ? 'ENTRY_FIELDS' : 'ENTRY_NOT_CANONICAL', what: error.message }
  }
  const wrong = (code: Exclude<LedgerCode, 'OK'>, what: string): EntryJudgement => ({ entry: null, code, what })
  const expected = epoch.tree.size
  if (entry.log !== epoch.origin) return wrong('WRONG_LOG', `it says to belong to ${entry.log}, and stands in ${epoch.origin}`)
  if (entry.seq !== expected) return wrong('SEQ_GAP', `it has the number ${entry.seq}, and ${expected} has to follow`)
  if (entry.prev !== epoch.lastLeaf)
    return { ...wrong('ENTRY_CHANGED', 'it does not continue the entry before it'), entry: null, chain: true } as EntryJudgement
  if (epoch.peer !== null && (entry.peer === null || isBeforePosition(entry.peer, epoch.peer)))
    return wrong(
      'PEER_BACKWARDS',
      `it knows ${entry.peer?.size ?? 0} entries of the other log, and the entry before it knew ${epoch.peer.size}`,
    )
  if (epoch.last !== null && epoch.last.boot === entry.boot && entry.mono < epoch.last.mono)
    return wrong('CLOCK_ORDER', `${entry.mono} ms after the start of the process follows on ${epoch.last.mono} ms`)
  return { entry }
}
