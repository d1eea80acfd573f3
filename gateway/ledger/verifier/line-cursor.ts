import { parseCheckpoint, type Checkpoint } from '../../../agent/wire/ledger/checkpoint.ts'
import { fromUtf8 } from '../../../agent/wire/ledger/bytes.ts'
import {
  createLineSplitter,
  parseLine,
  type FileHead,
  type LedgerLine,
  type SealedValueLine,
} from '../../../agent/wire/ledger/ledger-lines.ts'
import { LedgerFormatError } from '../../../agent/wire/ledger/ledger-format-error.ts'
import { parseOrigin, type LogOrigin } from '../../../agent/wire/ledger/log-origin.ts'
import { parseNote, type SignedNote } from '../../../agent/wire/ledger/signed-note.ts'
import type { LedgerSource } from './ledger-source.ts'

export interface HeadLine {
  readonly letter: 'C' | 'O'
  readonly line: number
  readonly note: SignedNote
  readonly checkpoint: Checkpoint
  readonly place: LogOrigin
}

/** A line of a file, read as far as its form goes. `line`: from 1. */
export type FileLine =
  | { readonly letter: 'F'; readonly line: number; readonly head: FileHead; readonly place: LogOrigin }
  | { readonly letter: 'E'; readonly line: number; readonly bytes: Uint8Array }
  | { readonly letter: 'V'; readonly line: number; readonly value: SealedValueLine }
  | HeadLine

/** A line that no file of a log has. */
export class LineError extends Error {
  readonly line: number
  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

/** One line after the other; null after the last. @throws LineError (step 2) */
export interface LineCursor {
  next(): Promise<FileLine | null>
  close(): Promise<void>
}

export function createLineCursor(source: LedgerSource): LineCursor {
  const chunks = source.open()[Symbol.asyncIterator]()
  const splitter = createLineSplitter()
  const order = createLineOrder()
  let waiting: Uint8Array[] = []
  let at = 0
  let line = 0
  const raw = async (): Promise<Uint8Array | null> => {
    while (at >= waiting.length) {
      const chunk = await chunks.next()
      if (chunk.done === true) {
        splitter.end()
        return null
      }
      waiting = splitter.push(chunk.value)
      at = 0
    }
    at += 1
    return waiting[at - 1]!
  }
  return {
    next: async () => {
      line += 1
      try {
        const bytes = await raw()
        const content = bytes === null ? null : parseLine(bytes)
        order(content, line)
        if (content === null) return null
        if (content.letter !== 'X') return readLine(content, line)
        if ((await raw()) !== null) throw new LedgerFormatError('something follows after the line X')
        return null
      } catch (error) {
        if (error instanceof LedgerFormatError) throw new LineError(line, error.message)
        throw error
      }
    },
    close: async () => {
      await chunks.return?.()
    },
  }
}

/** Which line may follow which, and that X counts them. */
function createLineOrder(): (content: LedgerLine | null, line: number) => void {
  let before: LedgerLine['letter'] | null = null
  let entries = 0
  return (content, line) => {
    if (content === null) throw new LedgerFormatError('the line X is missing at the end: the file was cut')
    const { letter } = content
    if ((letter === 'F') !== (before === null) && letter !== 'F') throw new LedgerFormatError('a log in a file begins with the line F')
    if (letter === 'L' || letter === 'P' || letter === 'T')
      throw new LedgerFormatError(`the line ${letter} does not belong into a file of a log`)
    if (letter === 'V' && before !== 'E' && before !== 'V') throw new LedgerFormatError('a value stands right below its entry')
    if (letter === 'E') entries += 1
    if (letter === 'X' && (content.entries !== entries || content.lines !== line - 1))
      throw new LedgerFormatError(
        `the line X counts ${content.entries} entries and ${content.lines} lines, and there are ${entries} and ${line - 1}`,
      )
    before = letter
  }
}

function readLine(content: LedgerLine, line: number): FileLine {
  switch (content.letter) {
    case 'F':
      return { letter: 'F', line, head: content.head, place: parseOrigin(content.head.log) }
    case 'E':
      return { letter: 'E', line, bytes: content.entry }
    case 'V':
      return { letter: 'V', line, value: content.value }
    case 'C':
    case 'O': {
      const note = parseNote(content.note)
      const checkpoint = parseCheckpoint(note.text)
      return { letter: content.letter, line, note, checkpoint, place: parseOrigin(checkpoint.origin) }
    }
    default:
      throw new LedgerFormatError('no such line in a file of a log')
  }
}

/** `prev` of whatever stands in an entry's bytes; undefined where it cannot be read. */
export function prevOf(bytes: Uint8Array): unknown {
  try {
    return (JSON.parse(fromUtf8(bytes, 'it')) as { readonly prev?: unknown } | null)?.prev
  } catch {
    return undefined
  }
}
