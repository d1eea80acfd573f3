import { parseCheckpoint } from '../../../agent/wire/ledger/checkpoint.ts'
import { sameBytes } from '../../../agent/wire/ledger/bytes.ts'
import { readEntry, type LedgerEntry } from '../../../agent/wire/ledger/entry.ts'
import { leafHash, rootFromInclusion } from '../../../agent/wire/ledger/hash-tree.ts'
import type { LedgerCrypto } from '../../../agent/wire/ledger/ledger-crypto.ts'
import { createLineSplitter, parseLine, type LedgerLine } from '../../../agent/wire/ledger/ledger-lines.ts'
import { LedgerFormatError } from '../../../agent/wire/ledger/ledger-format-error.ts'
import { parseOrigin } from '../../../agent/wire/ledger/log-origin.ts'
import { parseNote, type SignedNote } from '../../../agent/wire/ledger/signed-note.ts'
import { parseTlogProof } from '../../../agent/wire/ledger/tlog-proof.ts'
import type { LedgerSide } from './findings.ts'

/** One entry that a receipt proves, with the head that does. */
export interface ReceiptedEntry {
  readonly side: LedgerSide
  readonly origin: string
  readonly entry: LedgerEntry
  readonly size: number
  readonly root: Uint8Array
  readonly note: SignedNote
}

/**
 * Reads a receipt: F, for each log E and T, X. Each entry is in the head beside it; whether that head was signed and is one of these logs is for whoever has them.
 *
 * @throws LedgerFormatError where it is none, or a proof in it is wrong
 */
export function readReceipt(crypto: LedgerCrypto, bytes: Uint8Array): ReceiptedEntry[] {
  const splitter = createLineSplitter()
  const lines = splitter.push(bytes).map(parseLine)
  splitter.end()
  const end = lines.at(-1)
  const pairs = lines.slice(1, -1)
  if (lines[0]?.letter !== 'F' || end?.letter !== 'X' || pairs.length < 2 || pairs.length % 2 === 1)
    throw new LedgerFormatError('a receipt is the line F, an entry and its proof for each log, and the line X')
  if (end.entries !== pairs.length / 2 || end.lines !== lines.length - 1)
    throw new LedgerFormatError('the line X of the receipt counts other lines')
  return pairs.flatMap((line, index) => (index % 2 === 0 ? [proved(crypto, line, pairs[index + 1]!)] : []))
}

function proved(crypto: LedgerCrypto, first: LedgerLine, second: LedgerLine): ReceiptedEntry {
  if (first.letter !== 'E' || second.letter !== 'T') throw new LedgerFormatError('in a receipt each entry is followed by its proof')
  const entry = readEntry(first.entry)
  const { index, hashes, note: text } = parseTlogProof(second.proof)
  const note = parseNote(text)
  const { origin, size, root } = parseCheckpoint(note.text)
  const { kind } = parseOrigin(origin)
  if (kind === 'o') throw new LedgerFormatError('a receipt is about the logs of a machine')
  if (entry.log !== origin || entry.seq !== index) throw new LedgerFormatError('the proof in the receipt is about another entry')
  const led = rootFromInclusion(crypto, { index, size, leaf: leafHash(crypto, first.entry), proof: hashes })
  if (led === null || !sameBytes(led, root))
    throw new LedgerFormatError(`the proof of entry ${index} in the receipt does not lead to its head`)
  return { side: kind, origin, entry, size, root, note }
}
