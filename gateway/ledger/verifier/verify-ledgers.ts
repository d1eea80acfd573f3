import type { LedgerCrypto } from '../../../agent/wire/ledger/ledger-crypto.ts'
import { LedgerFormatError } from '../../../agent/wire/ledger/ledger-format-error.ts'
import { checkEpochs } from './check-epochs.ts'
import { checkSignatures } from './check-head.ts'
import { readReceipt, type ReceiptedEntry } from './check-receipts.ts'
import { createSessions } from './check-sessions.ts'
import { unconfirmed } from './confirmed.ts'
import { createFindings, exitOf, meanings, type Finding, type LedgerSide, type LedgerVerdict } from './findings.ts'
import { createKnownRoots } from './known-roots.ts'
import type { LedgerSource } from './ledger-source.ts'
import { createSide, nameOf, type LogSide } from './log-side.ts'
import { countWithheld, type Reading } from './read-pair.ts'
import { rememberVerified } from './remember-verified.ts'
import { readSideBySide } from './read-side-by-side.ts'
import { parseTrustedKeys, type TrustedKeys } from './trusted-keys.ts'

export interface LedgersToVerify {
  readonly crypto: LedgerCrypto
  readonly machine: LedgerSource
  readonly gateway: LedgerSource
  /** Text of the customer's file of keys. */
  readonly keys: string
  readonly receipts?: readonly Uint8Array[]
}

/** Judges the two logs of a machine in the twelve steps of docs/ledger-format.md, and says the first finding. */
export async function verifyLedgers({ machine, gateway, keys: keyText, receipts = [], ...given }: LedgersToVerify): Promise<LedgerVerdict> {
  const crypto = rememberVerified(given.crypto)
  let keys: TrustedKeys
  let receipted: readonly ReceiptedEntry[]
  try {
    keys = parseTrustedKeys(crypto, keyText)
  } catch (error) {
    return { exit: 3, code: 'KEYS', message: `${(error as Error).message}. ${meanings.KEYS}` }
  }
  try {
    receipted = receipts.flatMap((receipt) => readReceipt(crypto, receipt))
  } catch (error) {
    if (!(error instanceof LedgerFormatError)) throw error
    return { exit: 1, code: 'FILE_FORMAT', message: `The receipt: ${error.message}. ${meanings.FILE_FORMAT}` }
  }
  const findings = createFindings()
  const roots = createKnownRoots(crypto, findings)
  const sessions = createSessions(crypto, (code, found) => findings.report({ ...found, code, step: 9, log: found.file }))
  const reading: Reading = { crypto, keys, findings, roots, sessions }
  const sides: Record<LedgerSide, LogSide> = { m: createSide('m'), g: createSide('g') }
  claimReceipts(reading, receipted)
  await readSideBySide(reading, sides, { m: machine, g: gateway })
  for (const side of [sides.m, sides.g]) concludeSide(reading, side)
  if (!sides.m.broken && !sides.g.broken) await concludePair(reading, sides, { m: machine, g: gateway }, receipted)
  return verdictOf(findings.first(), sides)
}

function claimReceipts({ roots }: Reading, receipted: readonly ReceiptedEntry[]): void {
  for (const { side, origin, entry, size, root } of receipted) {
    const what = `a receipt proves entry ${entry.seq} in a head of ${size} entries that this log does not have`
    roots.claim(
      {
        side,
        origin,
        size,
        root,
        otherwise: { code: 'RECEIPT_NOT_INCLUDED', step: 11, log: side, seq: entry.seq, what, file: side, line: 0 },
      },
      false,
    )
  }
}

/** Steps 1 and 2, as far as one file goes, once it was read. */
function concludeSide({ findings, keys }: Reading, side: LogSide): void {
  const { file, epochs } = side
  countWithheld(side)
  epochs.at(-1)?.times.end()
  const at = { log: file, seq: 0, file, line: 1 }
  if (epochs.length > 0 && !epochs.some(({ origin }) => keys.logs.has(origin)))
    findings.report({
      ...at,
      code: 'KEYS',
      step: 1,
      what: `no key that you trust is one of ${epochs.map(({ origin }) => origin).join(', ')}`,
    })
  const empty = epochs.find(({ first }) => first === null)
  if (empty === undefined || side.broken) return
  side.broken = true
  findings.report({ ...at, line: empty.line, code: 'FILE_FORMAT', step: 2, what: `${empty.origin} has no entries` })
}

/** What can be said only when both files were read to their ends: steps 6, 7, 10, 11, 12. */
async function concludePair(
  reading: Reading,
  sides: Readonly<Record<LedgerSide, LogSide>>,
  sources: Readonly<Record<LedgerSide, LedgerSource>>,
  receipted: readonly ReceiptedEntry[],
): Promise<void> {
  const { crypto, findings, roots } = reading
  for (const { side, origin, size, otherwise } of roots.unreached()) {
    if (otherwise.step === 11) findings.report(otherwise)
    else {
      const seq = sides[side].epochs.find((epoch) => epoch.origin === origin)?.tree.size ?? 0
      const what = `${nameOf(otherwise.file)} knows ${size} entries of ${origin}, and ${seq} are here`
      findings.report({ code: 'TRUNCATED', step: otherwise.step, log: side, seq, what, file: otherwise.file, line: otherwise.line })
    }
  }
  for (const side of [sides.m, sides.g]) {
    const at = { log: side.file, file: side.file }
    checkEpochs(crypto, side, roots, (epoch, found) => findings.report({ ...found, ...at, step: 10, line: epoch.line }))
    const last = side.epochs.at(-1)
    const what = last === undefined ? null : unconfirmed(last)
    if (last !== undefined && what !== null)
      findings.report({ ...at, code: 'UNCONFIRMED', step: 12, seq: last.confirmed, what, line: last.line })
  }
  await checkReceiptSignatures(reading, sides, receipted)
  await roots.settle(sources)
}

async function checkReceiptSignatures(
  { crypto, findings }: Reading,
  sides: Readonly<Record<LedgerSide, LogSide>>,
  receipted: readonly ReceiptedEntry[],
): Promise<void> {
  for (const { side, origin, entry, size, root, note } of receipted) {
    const logKey = sides[side].epochs.find((epoch) => epoch.origin === origin)?.logKey ?? null
    const cosigners = sides[side === 'm' ? 'g' : 'm'].epochs.flatMap(({ cosignKey }) => (cosignKey === null ? [] : [cosignKey]))
    const signed = logKey === null ? null : await checkSignatures(crypto, { note, checkpoint: { origin, size, root } }, logKey, cosigners)
    if (signed?.code === null) continue
    const what = signed?.what ?? `the receipt is about ${origin}, which is not here`
    findings.report({ code: 'RECEIPT_NOT_INCLUDED', step: 11, log: side, seq: entry.seq, what, file: side, line: 0 })
  }
}

function verdictOf(first: Finding | null, { m, g }: Readonly<Record<LedgerSide, LogSide>>): LedgerVerdict {
  const withheld = m.withheld + g.withheld
  const values =
    withheld === 0
      ? ''
      : ` ${withheld} values are withheld or erased; what they were cannot be seen here, and that they were not changed is proved.`
  if (first === null) {
    const counts = [m, g].map(({ epochs }) => epochs.reduce((sum, { tree }) => sum + tree.size, 0))
    return {
      exit: 0,
      code: 'OK',
      message: `Proved: ${counts[0]} entries of the machine and ${counts[1]} of the gateway. ${meanings.OK}${values}`,
    }
  }
  const { code, log, seq, size, what, file, line } = first
  const place = `${log === undefined ? '' : capital(nameOf(log))}${seq === undefined ? '' : `, entry ${seq}`}${size === undefined ? '' : `, head of ${size} entries`}`
  const seen = line > 0 ? ` (line ${line} of ${nameOf(file)})` : ''
  return {
    exit: exitOf(code),
    code,
    ...(log === undefined ? {} : { log }),
    ...(seq === undefined ? {} : { seq }),
    ...(size === undefined ? {} : { size }),
    message: `${place}: ${what}${seen}. ${meanings[code]}${exitOf(code) === 2 ? values : ''}`,
  }
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)
