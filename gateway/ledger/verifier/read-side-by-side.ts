import { fromUtf8 } from '../../../agent/wire/ledger/bytes.ts'
import { parseOrigin } from '../../../agent/wire/ledger/log-origin.ts'
import type { PeerHead } from '../../../agent/wire/ledger/entry.ts'
import { createLineCursor, LineError, type FileLine, type LineCursor } from './line-cursor.ts'
import type { LedgerSide } from './findings.ts'
import type { LedgerSource } from './ledger-source.ts'
import { isBeforePosition, positionOf, type LogPosition, type LogSide } from './log-side.ts'
import { takeLine, type Reading } from './read-pair.ts'

interface Reader {
  readonly side: LogSide
  readonly cursor: LineCursor
  waiting: Waiting | null
}

interface Waiting {
  readonly line: FileLine
  /** How far the other log has to be read before it. */
  readonly needs: LogPosition
  /** Unix milliseconds of an entry; of other lines -1. */
  readonly time: number
}

const nothing: LogPosition = { epoch: 0, size: 0 }

/**
 * Reads both files at once, each entry after the entries of the other log that it says to have seen. Two entries that each wait for the other prove that one of
 * them was made up later (CAUSALITY). A file in which something is wrong is read to its end for its form alone.
 */
export async function readSideBySide(
  reading: Reading,
  sides: Readonly<Record<LedgerSide, LogSide>>,
  sources: Readonly<Record<LedgerSide, LedgerSource>>,
): Promise<void> {
  const m: Reader = { side: sides.m, cursor: createLineCursor(sources.m), waiting: null }
  const g: Reader = { side: sides.g, cursor: createLineCursor(sources.g), waiting: null }
  try {
    for (;;) {
      await advance(reading, m)
      await advance(reading, g)
      const reader = choose(reading, m, g)
      if (reader === null) break
      await take(reading, reader, reader === m ? g : m)
    }
  } finally {
    await m.cursor.close()
    await g.cursor.close()
  }
}

async function advance(reading: Reading, reader: Reader): Promise<void> {
  const { side, cursor } = reader
  while (reader.waiting === null && !side.done) {
    const line = await formOf(reading, side, () => cursor.next())
    if (line === null) side.done = true
    else if (!side.broken) reader.waiting = waitingOf(side, line)
  }
}

async function take(reading: Reading, reader: Reader, other: Reader): Promise<void> {
  const { side, cursor, waiting } = reader
  reader.waiting = null
  await formOf(reading, side, () => takeLine(reading, side, other.side, waiting!.line, cursor))
}

/** Step 2: a line that no file has is a finding, and the end of that file. */
async function formOf<T>({ findings }: Reading, side: LogSide, read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof LineError)) throw error
    const seq = positionOf(side).size
    findings.report({ code: 'FILE_FORMAT', step: 2, log: side.file, seq, what: error.message, file: side.file, line: error.line })
    side.broken = true
    side.done = true
    return null
  }
}

/** Whose line is the next; null where both are read. */
function choose({ findings }: Reading, m: Reader, g: Reader): Reader | null {
  if (m.waiting === null || g.waiting === null) return m.waiting === null ? (g.waiting === null ? null : g) : m
  const [machine, gateway] = [isReady(m, g), isReady(g, m)]
  if (machine && gateway) return m.waiting.time <= g.waiting.time ? m : g
  if (machine || gateway) return machine ? m : g
  // A head in a file stands where its writer put it; only entries say what they had seen.
  if (m.waiting.line.letter !== 'E') return m
  if (g.waiting.line.letter !== 'E') return g
  const { line } = m.waiting.line
  const seq = positionOf(m.side).size
  const what = `it knows ${m.waiting.needs.size} entries of the gateway’s log, of which entry ${positionOf(g.side).size} knows this one`
  findings.report({ code: 'CAUSALITY', step: 7, log: 'm', seq, what, file: 'm', line })
  return m
}

const isReady = ({ waiting }: Reader, other: Reader): boolean =>
  other.side.done || other.side.broken || !isBeforePosition(positionOf(other.side), waiting!.needs)

function waitingOf(side: LogSide, line: FileLine): Waiting {
  switch (line.letter) {
    case 'E': {
      const { peer, time } = glance(line.bytes)
      return { line, needs: peer ?? nothing, time }
    }
    case 'C':
      return { line, needs: { epoch: newestCosigner(side, line), size: 1 }, time: -1 }
    case 'O':
      return { line, needs: { epoch: line.place.epoch, size: 1 }, time: -1 }
    default:
      return { line, needs: nothing, time: -1 }
  }
}

/** The newest epoch of the other log that a cosignature of this head is said to be of. */
function newestCosigner(side: LogSide, { note, place }: Extract<FileLine, { letter: 'C' | 'O' }>): number {
  const epochs = note.signatures.flatMap(({ name }) => {
    try {
      const origin = parseOrigin(name)
      return origin.kind !== side.file && origin.id === place.id && origin.trustDomain === place.trustDomain ? [origin.epoch] : []
    } catch {
      return []
    }
  })
  return Math.max(0, ...epochs)
}

/** What an entry says of the other log and the clock, before it is judged. */
function glance(bytes: Uint8Array): { readonly peer: PeerHead | null; readonly time: number } {
  try {
    const entry = JSON.parse(fromUtf8(bytes, 'it')) as { readonly peer?: PeerHead | null; readonly time?: number } | null
    const peer = entry?.peer
    const known = typeof peer?.epoch === 'number' && typeof peer.size === 'number'
    return { peer: known ? peer : null, time: typeof entry?.time === 'number' ? entry.time : -1 }
  } catch {
    return { peer: null, time: -1 }
  }
}
