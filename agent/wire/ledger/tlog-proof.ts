import { fromBase64Of, fromDecimal, toBase64 } from './bytes.ts'
import { LedgerFormatError } from './ledger-format-error.ts'

/** That one entry is in a log (C2SP tlog-proof), with the head that says so. */
export interface TlogProof {
  readonly index: number
  readonly hashes: readonly Uint8Array[]
  /** A signed note, as text. */
  readonly note: string
}

const heading = 'c2sp.org/tlog-proof@v1'

export const formatTlogProof = ({ index, hashes, note }: TlogProof): string =>
  `${heading}\nindex ${index}\n${hashes.map((hash) => `${toBase64(hash)}\n`).join('')}\n${note}`

/** @throws LedgerFormatError where the text is no proof; the note in it is not looked at */
export function parseTlogProof(text: string): TlogProof {
  const end = text.indexOf('\n\n')
  if (end < 0) throw new LedgerFormatError('a proof ends with an empty line and the note of a head')
  const [first, second = '', ...lines] = text.slice(0, end).split('\n')
  if (first !== heading) throw new LedgerFormatError(`a proof begins with ${heading}`)
  if (!second.startsWith('index ')) throw new LedgerFormatError('the second line of a proof is its index')
  if (lines.length > 63) throw new LedgerFormatError('a proof has at most 63 hashes')
  return {
    index: fromDecimal(second.slice('index '.length), 'the index of a proof'),
    hashes: lines.map((line) => fromBase64Of(32, line, 'a hash of a proof')),
    note: text.slice(end + 2),
  }
}
