import type { LedgerEntry, PeerHead } from '../../../agent/wire/ledger/entry.ts'
import { emptyFrontier, type Frontier } from '../../../agent/wire/ledger/hash-tree.ts'
import type { LogOrigin } from '../../../agent/wire/ledger/log-origin.ts'
import type { VerifierKey } from '../../../agent/wire/ledger/signed-note.ts'
import type { TimesOfLog } from './check-times.ts'
import type { LedgerSide } from './findings.ts'

/** What is known of one epoch of a log, as far as it was read. */
export interface EpochState {
  readonly origin: string
  readonly place: LogOrigin
  /** Line of its F. */
  readonly line: number
  /** Unix milliseconds. */
  readonly exported: number
  logKey: VerifierKey | null
  cosignKey: VerifierKey | null
  tree: Frontier
  /** Base64; null before the first entry. */
  lastLeaf: string | null
  first: LedgerEntry | null
  last: LedgerEntry | null
  lastLine: number
  /** Sealed in the last entry, and shown below it so far. */
  unshown: string[]
  peer: PeerHead | null
  /** Size of the newest head (C) that was right. */
  goodHead: number
  /** Size of the newest head that the other side cosigned, in either file. */
  confirmed: number
  /** Those that the other side has not confirmed so far. */
  tail: { readonly seq: number; readonly type: string; readonly time: number }[]
  readonly times: TimesOfLog
}

/** One file while it is read. */
export interface LogSide {
  readonly file: LedgerSide
  readonly epochs: EpochState[]
  /** Nothing more is to be learned from its content: something is wrong with it, or it is read to the end. */
  done: boolean
  /** It is not what it should be: what others say about it proves nothing more. */
  broken: boolean
  withheld: number
}

export const createSide = (file: LedgerSide): LogSide => ({ file, epochs: [], done: false, broken: false, withheld: 0 })

export const beginEpoch = (origin: string, place: LogOrigin, line: number, exported: number, times: TimesOfLog): EpochState => ({
  origin,
  place,
  line,
  exported,
  logKey: null,
  cosignKey: null,
  tree: emptyFrontier,
  lastLeaf: null,
  first: null,
  last: null,
  lastLine: line,
  unshown: [],
  peer: null,
  goodHead: 0,
  confirmed: 0,
  tail: [],
  times,
})

export const currentEpoch = (side: LogSide): EpochState | undefined => side.epochs.at(-1)

/** A place in a log across its epochs: so many entries of this epoch. */
export interface LogPosition {
  readonly epoch: number
  readonly size: number
}

export const positionOf = (side: LogSide): LogPosition => {
  const epoch = currentEpoch(side)
  return epoch === undefined ? { epoch: 0, size: 0 } : { epoch: epoch.place.epoch, size: epoch.tree.size }
}

export const isBeforePosition = (a: LogPosition, b: LogPosition): boolean => a.epoch < b.epoch || (a.epoch === b.epoch && a.size < b.size)

export const nameOf = (file: LedgerSide): string => (file === 'm' ? 'the machine’s log' : 'the gateway’s log')
