/** What a verifier can say (docs/ledger-format.md); `OK` where both logs are proved. */
export type LedgerCode =
  | 'OK'
  | 'KEYS'
  | 'KEY_MISMATCH'
  | 'FILE_FORMAT'
  | 'ENTRY_NOT_CANONICAL'
  | 'ENTRY_FIELDS'
  | 'WRONG_LOG'
  | 'SEQ_GAP'
  | 'ENTRY_CHANGED'
  | 'PEER_BACKWARDS'
  | 'CLOCK_ORDER'
  | 'VALUE_MISMATCH'
  | 'SIG_BAD'
  | 'SIG_MISSING'
  | 'COSIG_BAD'
  | 'TRUNCATED'
  | 'ROOT_MISMATCH'
  | 'HEAD_CONFLICT'
  | 'PEER_ROOT'
  | 'CAUSALITY'
  | 'TIME_BOUNDS'
  | 'SESSION_ORDER'
  | 'SESSION_SUM'
  | 'TXN_DIFF'
  | 'EPOCH_BREAK'
  | 'EPOCH_GAP'
  | 'RECEIPT_NOT_INCLUDED'
  | 'UNCONFIRMED'

/** The machine's log and the gateway's. */
export type LedgerSide = 'm' | 'g'

/** 0 proved, 1 broken, 2 not broken and not all proved, 3 the keys do not serve. */
export type LedgerExit = 0 | 1 | 2 | 3

/** What is said in the end: one object, with `seq` of the entry or `size` of the head that it is about. */
export interface LedgerVerdict {
  readonly exit: LedgerExit
  readonly code: LedgerCode
  readonly log?: LedgerSide
  readonly seq?: number
  readonly size?: number
  readonly message: string
}

export interface Finding {
  readonly code: Exclude<LedgerCode, 'OK'>
  /** 1 to 12. */
  readonly step: number
  readonly log?: LedgerSide
  readonly seq?: number
  readonly size?: number
  /** In words: what is wrong. */
  readonly what: string
  /** Where it was seen: the file, and its line from 1. */
  readonly file: LedgerSide
  readonly line: number
}

export interface Findings {
  report(finding: Finding): void
  first(): Finding | null
}

/** Keeps the first finding: by step, 3 to 5 together in the order of the file, the machine's file before the gateway's. */
export function createFindings(): Findings {
  let first: Finding | null = null
  return {
    report: (finding) => {
      if (first === null || isBefore(finding, first)) first = finding
    },
    first: () => first,
  }
}

function isBefore(a: Finding, b: Finding): boolean {
  const [before, after] = [placeOf(a), placeOf(b)]
  for (const [index, value] of before.entries()) if (value !== after[index]) return value < after[index]!
  return false
}

function placeOf({ step, code, file, line }: Finding): readonly number[] {
  // What leaves the rest proved never hides what does not.
  const stage = exitOf(code) === 2 ? step + 12 : step === 4 || step === 5 ? 3 : step
  return [stage, file === 'm' ? 0 : 1, line]
}

export function exitOf(code: LedgerCode): LedgerExit {
  if (code === 'OK') return 0
  if (code === 'EPOCH_GAP' || code === 'UNCONFIRMED') return 2
  return code === 'KEYS' ? 3 : 1
}

/** What each code means for whoever relies on the logs. */
export const meanings: Readonly<Record<LedgerCode, string>> = {
  OK: 'Nothing was changed, removed, put in or dated back since it was cosigned.',
  KEYS: 'Without the key that was handed to you nothing can be said about this log. Take the keys from the paper or the panel, never from these files.',
  KEY_MISMATCH: 'This log was begun with another key than the one that you were given: it is not the log that you were promised.',
  FILE_FORMAT: 'The file was cut or damaged on its way, or it is no ledger. Fetch it again before you conclude anything.',
  ENTRY_NOT_CANONICAL: 'The same content in other bytes: somebody or something wrote this file anew.',
  ENTRY_FIELDS: 'No program of ours writes such an entry: it was made up or damaged.',
  WRONG_LOG: 'It belongs to another log and was put here.',
  SEQ_GAP: 'An entry was removed, put in twice or moved here.',
  ENTRY_CHANGED: 'This entry was changed after it had been written.',
  PEER_BACKWARDS: 'The writer knew less of the other log than before: it was set back, or entries were put in.',
  CLOCK_ORDER: 'The running clock of one process went back: entries were moved or made up.',
  VALUE_MISMATCH: 'The value that is shown is not the one that was recorded.',
  SIG_BAD: 'The head was not signed by the writer of this log: it was changed or forged.',
  SIG_MISSING: 'The writer of this log did not sign the head, so it vouches for nothing.',
  COSIG_BAD: 'The other side did not confirm this head, although the file says so.',
  TRUNCATED: 'Entries that existed, and were signed, are missing.',
  ROOT_MISMATCH: 'Entries were changed after the head had been signed.',
  HEAD_CONFLICT: 'The writer showed one history to the other side and another one here. Keep both files: the two signatures prove it.',
  PEER_ROOT: 'The entry was written with another history of the other log before it than the one that is shown here.',
  CAUSALITY: 'Each of two entries says to have been written after the other: one of them was made up later.',
  TIME_BOUNDS: 'The time of the entry cannot be right: the other side confirmed heads before and after it, and it lies outside.',
  SESSION_ORDER: 'Access happened without consent and decision before it, or after the session was over.',
  SESSION_SUM: 'The end of the session counts other entries than those that are here.',
  TXN_DIFF: 'The two sides did not record the same: one of them left something out or wrote something else.',
  EPOCH_BREAK: 'The log begins anew without its old key and without two administrators: history was cut off.',
  EPOCH_GAP: 'Two administrators declared a new beginning; what lay between is not proved. Ask them why.',
  RECEIPT_NOT_INCLUDED: 'The receipt proves something that these logs do not have: they were rewritten after it was given.',
  UNCONFIRMED: 'The newest entries are not confirmed by the other side yet. All before them are proved.',
}
