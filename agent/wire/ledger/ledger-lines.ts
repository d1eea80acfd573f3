import { canonicalJson } from '../canonical-json.ts'
import { fromBase64, fromBase64Of, fromDecimal, fromUtf8, toBase64, utf8 } from './bytes.ts'
import { LedgerFormatError } from './ledger-format-error.ts'

/** What the first line of a log in a file says. `exported`: Unix milliseconds. */
export interface FileHead {
  readonly exported: number
  readonly format: 'sallyport-ledger/1'
  /** Origin. */
  readonly log: string
}

/** A value that is sealed in the entry above; without `value` where it is a body, or only its salt is shown. Both strings of bytes are base64. */
export interface SealedValueLine {
  readonly hash: string
  readonly salt: string
  readonly value?: string
}

/** Lines of exchange, export and receipt. What a letter means: docs/ledger-format.md. */
export type LedgerLine =
  | { readonly letter: 'F'; readonly head: FileHead }
  | { readonly letter: 'L'; readonly origin: string; readonly from: number }
  | { readonly letter: 'E'; readonly entry: Uint8Array }
  | { readonly letter: 'V'; readonly value: SealedValueLine }
  /** A signed note, as text: of this log (C), of the other one (O). */
  | { readonly letter: 'C' | 'O'; readonly note: string }
  | { readonly letter: 'P'; readonly hash: Uint8Array }
  /** A tlog-proof, as text. */
  | { readonly letter: 'T'; readonly proof: string }
  | { readonly letter: 'X'; readonly entries: number; readonly lines: number }

/** A line may be no longer: a value of 256 KiB, written as JSON. */
const longestLine = 512 * 1024

/** The line with its LF. */
export function formatLine(line: LedgerLine): Uint8Array {
  if (line.letter !== 'E') return utf8(`${line.letter} ${contentOf(line)}\n`)
  const bytes = new Uint8Array(line.entry.length + 3)
  bytes.set(utf8('E '))
  bytes.set(line.entry, 2)
  bytes[bytes.length - 1] = 10
  return bytes
}

function contentOf(line: Exclude<LedgerLine, { letter: 'E' }>): string {
  switch (line.letter) {
    case 'F':
      return canonicalJson(line.head)
    case 'L':
      return `${line.origin} ${line.from}`
    case 'V':
      return canonicalJson(line.value)
    case 'C':
    case 'O':
      return toBase64(utf8(line.note))
    case 'P':
      return toBase64(line.hash)
    case 'T':
      return toBase64(utf8(line.proof))
    case 'X':
      return canonicalJson({ entries: line.entries, lines: line.lines })
  }
}

/** Reads one line, without its LF. @throws LedgerFormatError */
export function parseLine(bytes: Uint8Array): LedgerLine {
  if (bytes.length < 3 || bytes[1] !== 32) throw new LedgerFormatError('a line is a letter, a space and its content')
  const letter = String.fromCharCode(bytes[0]!)
  const content = bytes.subarray(2)
  if (letter === 'E') return { letter, entry: content }
  const text = fromUtf8(content, `the line ${letter}`)
  switch (letter) {
    case 'F':
      return { letter, head: fileHead(jsonObject(text, letter)) }
    case 'L': {
      const [, origin = '', from = ''] = /^(\S+) (\S+)$/.exec(text) ?? []
      return { letter, origin, from: fromDecimal(from, 'where a segment begins') }
    }
    case 'V':
      return { letter, value: sealedValue(jsonObject(text, letter)) }
    case 'C':
    case 'O':
      return { letter, note: fromUtf8(fromBase64(text, `the line ${letter}`), 'a note') }
    case 'P':
      return { letter, hash: fromBase64Of(32, text, 'a hash of a proof') }
    case 'T':
      return { letter, proof: fromUtf8(fromBase64(text, 'the line T'), 'a proof') }
    case 'X': {
      const { entries, lines } = exactly(jsonObject(text, letter), letter, 'entries', 'lines')
      if (!isCount(entries) || !isCount(lines)) throw new LedgerFormatError('the line X counts entries and lines')
      return { letter, entries, lines }
    }
    default:
      throw new LedgerFormatError(`no line begins with ${JSON.stringify(letter)}`)
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

function jsonObject(text: string, letter: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    // One spelling only, as with entries; it also refuses a name that stands twice.
    if (typeof value === 'object' && value !== null && canonicalJson(value) === text) return value as Readonly<Record<string, unknown>>
  } catch (cause) {
    throw new LedgerFormatError(`the line ${letter} is not canonical JSON`, { cause })
  }
  throw new LedgerFormatError(`the line ${letter} is not a canonical JSON object`)
}

function exactly(value: Readonly<Record<string, unknown>>, letter: string, ...names: readonly string[]): Readonly<Record<string, unknown>> {
  if (Object.keys(value).length !== names.length || !names.every((name) => Object.hasOwn(value, name)))
    throw new LedgerFormatError(`the line ${letter} has exactly ${names.join(', ')}`)
  return value
}

function fileHead(value: Readonly<Record<string, unknown>>): FileHead {
  const { exported, format, log } = exactly(value, 'F', 'exported', 'format', 'log')
  if (format !== 'sallyport-ledger/1') throw new LedgerFormatError('the file is not of the format sallyport-ledger/1')
  if (!isCount(exported) || typeof log !== 'string') throw new LedgerFormatError('the line F says when it was exported and of which log')
  return { exported, format, log }
}

function sealedValue(value: Readonly<Record<string, unknown>>): SealedValueLine {
  const bare = Object.hasOwn(value, 'value') ? exactly(value, 'V', 'hash', 'salt', 'value') : exactly(value, 'V', 'hash', 'salt')
  const { hash, salt, value: shown } = bare
  if (typeof hash !== 'string' || typeof salt !== 'string' || (shown !== undefined && typeof shown !== 'string'))
    throw new LedgerFormatError('the line V has texts only')
  fromBase64Of(32, hash, 'the hash of a value')
  fromBase64Of(16, salt, 'the salt of a value')
  return shown === undefined ? { hash, salt } : { hash, salt, value: shown }
}

/** Cuts a stream of bytes into lines without their LF, in order; what a line is made of is a copy or a part of what was given. */
export interface LineSplitter {
  /** @throws LedgerFormatError where a line is longer than {@link longestLine} */
  push(chunk: Uint8Array): Uint8Array[]
  /** @throws LedgerFormatError where the last line has no LF */
  end(): void
}

export function createLineSplitter(): LineSplitter {
  let pieces: Uint8Array[] = []
  let held = 0
  return {
    push: (chunk) => {
      const lines: Uint8Array[] = []
      let from = 0
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
        lines.push(joined(pieces, chunk.subarray(from, end)))
        pieces = []
        held = 0
        from = end + 1
      }
      if (from < chunk.length) pieces.push(chunk.slice(from))
      held += chunk.length - from
      if (held > longestLine || lines.some((line) => line.length > longestLine))
        throw new LedgerFormatError(`a line is longer than ${longestLine} bytes`)
      return lines
    },
    end: () => {
      if (held > 0) throw new LedgerFormatError('the last line does not end: the file was cut')
    },
  }
}

function joined(pieces: readonly Uint8Array[], last: Uint8Array): Uint8Array {
  if (pieces.length === 0) return last
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, last.length))
  let at = 0
  for (const piece of [...pieces, last]) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
