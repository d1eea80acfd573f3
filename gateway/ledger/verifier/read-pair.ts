import { fromBase64, toBase64 } from '../../../agent/wire/ledger/bytes.ts'
import { sealedHashes, type LedgerEntry } from '../../../agent/wire/ledger/entry.ts'
import { appendLeaf, leafHash } from '../../../agent/wire/ledger/hash-tree.ts'
import type { LedgerCrypto } from '../../../agent/wire/ledger/ledger-crypto.ts'
import { LedgerFormatError } from '../../../agent/wire/ledger/ledger-format-error.ts'
import { formatOrigin } from '../../../agent/wire/ledger/log-origin.ts'
import { parseVerifierKey, sameKey, type KeyType, type VerifierKey } from '../../../agent/wire/ledger/signed-note.ts'
import { checkEntry } from './check-entry.ts'
import { checkHead, checkSignatures } from './check-head.ts'
import type { Sessions } from './check-sessions.ts'
import { createTimes } from './check-times.ts'
import { checkValue } from './check-value.ts'
import { confirm } from './confirmed.ts'
import type { Finding, Findings } from './findings.ts'
import type { KnownRoots } from './known-roots.ts'
import { prevOf, type FileLine, type HeadLine, type LineCursor } from './line-cursor.ts'
import { beginEpoch, currentEpoch, nameOf, positionOf, type EpochState, type LogSide } from './log-side.ts'
import type { TrustedKeys } from './trusted-keys.ts'

/** What the lines of both files are held against. */
export interface Reading {
  readonly crypto: LedgerCrypto
  readonly keys: TrustedKeys
  readonly findings: Findings
  readonly roots: KnownRoots
  readonly sessions: Sessions
}

type Told = Pick<Finding, 'code' | 'step' | 'what' | 'seq' | 'size'>

/** Takes one line of a file in: steps 1 and 3 to 9, as far as this line goes. `next`: the lines after it, where the verdict hangs on them. */
export async function takeLine(reading: Reading, side: LogSide, other: LogSide, line: FileLine, next: LineCursor): Promise<void> {
  const epoch = currentEpoch(side)
  const wrong = (told: Told): void => {
    reading.findings.report({ ...told, log: side.file, file: side.file, line: line.line })
    side.broken = true
  }
  if (line.letter === 'F') return takeHead(reading, side, other, line, wrong)
  if (epoch === undefined) return
  switch (line.letter) {
    case 'E':
      return takeEntry(reading, side, other, epoch, line, next, wrong)
    case 'V': {
      const what = checkValue(reading.crypto, epoch, line.value)
      if (what !== null) wrong({ code: 'VALUE_MISMATCH', step: 4, seq: epoch.tree.size - 1, what })
      return
    }
    case 'C':
      return takeOwnHead(reading, side, other, epoch, line, wrong)
    case 'O':
      return takeSeenHead(reading, side, other, line)
  }
}

function takeHead(
  { findings }: Reading,
  side: LogSide,
  other: LogSide,
  line: Extract<FileLine, { letter: 'F' }>,
  wrong: (told: Told) => void,
): void {
  const { place, head } = line
  const before = currentEpoch(side) ?? currentEpoch(other)
  if (place.kind !== side.file)
    return wrong({
      code: 'FILE_FORMAT',
      step: 2,
      seq: 0,
      what: `the file is a log of the kind ${place.kind}, and ${nameOf(side.file)} belongs here`,
    })
  if (before !== undefined && (before.place.id !== place.id || before.place.trustDomain !== place.trustDomain))
    return wrong({ code: 'WRONG_LOG', step: 3, seq: 0, what: `${head.log} does not belong to ${before.origin}` })
  countWithheld(side)
  currentEpoch(side)?.times.end()
  const times = createTimes((seq, at, what) =>
    findings.report({ code: 'TIME_BOUNDS', step: 8, log: side.file, seq, what, file: side.file, line: at }),
  )
  side.epochs.push(beginEpoch(head.log, place, line.line, head.exported, times))
}

/** Values of the last entry that were not shown. */
export function countWithheld(side: LogSide): void {
  const epoch = currentEpoch(side)
  side.withheld += epoch?.unshown.length ?? 0
  if (epoch !== undefined) epoch.unshown = []
}

async function takeEntry(
  reading: Reading,
  side: LogSide,
  other: LogSide,
  epoch: EpochState,
  line: Extract<FileLine, { letter: 'E' }>,
  next: LineCursor,
  wrong: (told: Told) => void,
): Promise<void> {
  const { crypto } = reading
  const seq = epoch.tree.size
  const judged = checkEntry(epoch, line.bytes)
  const leaf = leafHash(crypto, line.bytes)
  if (judged.entry === null) {
    const { code, what } = judged
    if (judged.chain !== true || seq === 0) return wrong({ code, step: 3, seq, what })
    if (!(await vouchesFor(next, toBase64(leaf)))) return wrong({ code, step: 3, seq, what })
    return wrong({ code, step: 3, seq: seq - 1, what: `the entry after it was written after other bytes than these` })
  }
  const { entry } = judged
  if (seq === 0) {
    const told = begins(reading, epoch, entry)
    if (told !== null) return wrong(told)
  }
  countWithheld(side)
  epoch.tree = appendLeaf(crypto, epoch.tree, leaf)
  epoch.lastLeaf = toBase64(leaf)
  epoch.unshown = sealedHashes(entry)
  if (seq >= epoch.confirmed) epoch.tail.push({ seq, type: entry.type, time: entry.time })
  reading.roots.added(side.file, epoch.origin, epoch.tree)
  if (!other.broken) takePeer(reading, side, other, epoch, entry, line.line)
  epoch.first ??= entry
  epoch.last = entry
  epoch.peer = entry.peer
  epoch.times.entry(entry, line.line)
  reading.sessions.entry(side.file, epoch.place.epoch, entry, leaf, line.line)
}

/** Whether the next entry of this log continues the one with this hash, or there is none. */
async function vouchesFor(next: LineCursor, leaf: string): Promise<boolean> {
  for (let line = await next.next(); line !== null && line.letter !== 'F'; line = await next.next())
    if (line.letter === 'E') return prevOf(line.bytes) === leaf
  return true
}

/** Step 1: entry 0 says with which keys this epoch is signed, and a trusted one is the same. */
function begins({ crypto, keys }: Reading, epoch: EpochState, { type, detail }: LedgerEntry): Told | null {
  if (type !== 'ledger.opened') return { code: 'ENTRY_FIELDS', step: 3, seq: 0, what: 'a log begins with ledger.opened' }
  const key = (name: string, keyType: KeyType): VerifierKey => {
    const found = parseVerifierKey(crypto, textOf(detail[name]))
    if (found.type !== keyType || found.name !== epoch.origin) throw new LedgerFormatError(`${name} is no key of this log`)
    return found
  }
  try {
    epoch.logKey = key('log_vkey', 1)
    epoch.cosignKey = detail['cosign_vkey'] === null ? null : key('cosign_vkey', 4)
  } catch (error) {
    if (!(error instanceof LedgerFormatError)) throw error
    return { code: 'ENTRY_FIELDS', step: 3, seq: 0, what: error.message }
  }
  const trusted = keys.logs.get(epoch.origin)
  if (trusted === undefined || sameKey(trusted, epoch.logKey)) return null
  return {
    code: 'KEY_MISMATCH',
    step: 1,
    seq: 0,
    what: `it begins with the key ${epoch.logKey.id}, and the one that you trust is ${trusted.id}`,
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Step 7: the head of the other log that the entry names is one that it had. */
function takePeer({ roots }: Reading, side: LogSide, other: LogSide, epoch: EpochState, { seq, peer }: LedgerEntry, line: number): void {
  if (
    peer === null ||
    (epoch.peer !== null && epoch.peer.size === peer.size && epoch.peer.epoch === peer.epoch && epoch.peer.root === peer.root)
  )
    return
  const origin = formatOrigin({ ...epoch.place, kind: other.file, epoch: peer.epoch })
  const what = `it names a head of ${peer.size} entries of ${nameOf(other.file)} that this log does not have`
  const otherwise: Finding = { code: 'PEER_ROOT', step: 7, log: side.file, seq, what, file: side.file, line }
  roots.claim(
    { side: other.file, origin, size: peer.size, root: fromBase64(peer.root, 'a root'), otherwise },
    hasPassed(other, origin, peer.size),
  )
}

const hasPassed = (side: LogSide, origin: string, size: number): boolean =>
  side.epochs.some((epoch) => epoch.origin === origin && epoch.tree.size >= size)

const keysOf = (side: LogSide): VerifierKey[] => side.epochs.flatMap(({ cosignKey }) => (cosignKey === null ? [] : [cosignKey]))

/** Step 5. */
async function takeOwnHead(
  reading: Reading,
  side: LogSide,
  other: LogSide,
  epoch: EpochState,
  line: HeadLine,
  wrong: (told: Told) => void,
): Promise<void> {
  const { origin, size } = line.checkpoint
  if (origin !== epoch.origin) return wrong({ code: 'WRONG_LOG', step: 5, size, what: `the head of ${origin} stands in ${epoch.origin}` })
  if (epoch.logKey === null)
    return wrong({ code: 'TRUNCATED', step: 5, seq: 0, what: `a signed head says that there were ${size} entries, and none is here` })
  const signatures = await checkSignatures(reading.crypto, line, epoch.logKey, keysOf(other))
  if (signatures.code !== null) return wrong({ ...signatures, step: 5, size })
  const told = checkHead(reading.crypto, epoch, line)
  if (told !== null) return wrong({ ...told, step: 5 })
  epoch.goodHead = size
  if (signatures.cosignedAt.length > 0) confirm(epoch, size)
  epoch.times.head(side.file, size, signatures.cosignedAt)
}

/** Step 6: a head of the other log that this side cosigned. */
async function takeSeenHead({ crypto, findings, roots }: Reading, side: LogSide, other: LogSide, line: HeadLine): Promise<void> {
  if (other.broken) return
  const { origin, size, root } = line.checkpoint
  const about = (told: Told): void => {
    findings.report({ ...told, step: 6, log: other.file, file: side.file, line: line.line })
  }
  const seen = other.epochs.find((epoch) => epoch.origin === origin)
  if (seen === undefined || seen.logKey === null) {
    const here = currentEpoch(other)
    const foreign = here !== undefined && formatOrigin({ ...here.place, epoch: line.place.epoch }) !== origin
    if (foreign) return about({ code: 'WRONG_LOG', step: 6, size, what: `the head of ${origin} is said to be one of ${here.origin}` })
    return about({
      code: 'TRUNCATED',
      step: 6,
      seq: positionOf(other).size,
      what: `${nameOf(side.file)} confirmed a head of ${origin}, which is not here`,
    })
  }
  const signatures = await checkSignatures(crypto, line, seen.logKey, keysOf(side))
  if (signatures.code !== null) return about({ ...signatures, step: 6, size })
  const what = `${nameOf(side.file)} confirmed another head of ${size} entries, with the signature of its writer, than the one that is here`
  const otherwise: Finding = { code: 'HEAD_CONFLICT', step: 6, log: other.file, size, what, file: side.file, line: line.line }
  roots.claim({ side: other.file, origin, size, root, otherwise }, hasPassed(other, origin, size))
  if (signatures.cosignedAt.length > 0) confirm(seen, size)
  seen.times.head(side.file, size, signatures.cosignedAt)
}
