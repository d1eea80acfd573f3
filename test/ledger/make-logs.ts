import { createPrivateKey, createPublicKey, hash, sign, type KeyObject } from 'node:crypto'
import { toBase64, utf8 } from '../../agent/wire/ledger/bytes.ts'
import { formatCheckpoint } from '../../agent/wire/ledger/checkpoint.ts'
import { entryBytes, type LedgerEntry, type LedgerValue, type PeerHead } from '../../agent/wire/ledger/entry.ts'
import { appendLeaf, emptyFrontier, leafHash, rootOf, type Frontier } from '../../agent/wire/ledger/hash-tree.ts'
import { formatLine, type LedgerLine, type SealedValueLine } from '../../agent/wire/ledger/ledger-lines.ts'
import { nodeLedgerCrypto } from '../../agent/wire/ledger/node-crypto.ts'
import {
  cosignedText,
  formatNote,
  formatVerifierKey,
  packCosignature,
  verifierKey,
  type NoteSignature,
  type VerifierKey,
} from '../../agent/wire/ledger/signed-note.ts'

type Side = 'm' | 'g'

interface Pair {
  readonly key: VerifierKey
  readonly secret: KeyObject
}

/** One log while it is written. `lines`: all but F and X; attacks change them. */
export interface MadeLog {
  readonly origin: string
  readonly log: Pair
  readonly cosign: Pair
  lines: LedgerLine[]
  entries: LedgerEntry[]
  tree: Frontier
  peer: PeerHead | null
}

export interface MadeLogs {
  readonly m: MadeLog
  readonly g: MadeLog
  /** Text of the customer's file of keys. */
  readonly keys: string
  /** Unix milliseconds, the clock of both. */
  now: number
}

const crypto = nodeLedgerCrypto()
const start = 1_795_500_000_000

/** Numbers from a seed: the same logs each time (mulberry32). */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const digest = (text: string): Buffer<ArrayBuffer> => Buffer.from(hash('sha256', text), 'hex')
const hex32 = (text: string): string => hash('sha256', text).slice(0, 32)

function pairOf(name: string, type: 1 | 4, seed: string): Pair {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), digest(`test key ${seed}`)])
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(secret).export({ type: 'spki', format: 'der' }).subarray(-32)
  return { key: verifierKey(crypto, name, type, publicKey), secret }
}

export function newLog(side: Side, seed: number, epoch = 1): MadeLog {
  const origin = `made.example/${side}/press-${seed}/${epoch}`
  return {
    origin,
    log: pairOf(origin, 1, `log ${origin}`),
    cosign: pairOf(origin, 4, `cosign ${origin}`),
    lines: [],
    entries: [],
    tree: emptyFrontier,
    peer: null,
  }
}

/** A value and its seal. A body shows only its salt. */
function seal(name: string, value: string, shown = true): { readonly sealed: { readonly sealed: string }; readonly line: SealedValueLine } {
  const salt = digest(`salt ${name}`).subarray(0, 16)
  const sealed = toBase64(crypto.sha256(salt, utf8(value)))
  return { sealed: { sealed }, line: { hash: sealed, salt: toBase64(salt), ...(shown ? { value } : {}) } }
}

interface Written {
  readonly type: string
  readonly session?: string | null
  readonly actor?: LedgerEntry['actor']
  readonly detail?: Readonly<Record<string, LedgerValue>>
  readonly values?: readonly SealedValueLine[]
}

export function write(logs: MadeLogs, side: Side, { type, session = null, actor, detail = {}, values = [] }: Written): LedgerEntry {
  const log = logs[side]
  logs.now += 400
  const before = log.entries.at(-1)
  const entry: LedgerEntry = {
    v: 1,
    log: log.origin,
    seq: log.entries.length,
    time: logs.now,
    boot: hex32(log.origin),
    mono: logs.now - start,
    type,
    session,
    actor: actor ?? (side === 'm' ? { id: 'press', kind: 'device' } : { id: 'made.example', kind: 'gateway' }),
    detail,
    peer: log.peer,
    prev: before === undefined ? null : toBase64(leafHash(crypto, entryBytes(before))),
  }
  add(log, entry, values)
  return entry
}

export function add(log: MadeLog, entry: LedgerEntry, values: readonly SealedValueLine[] = []): void {
  const bytes = entryBytes(entry)
  log.entries.push(entry)
  log.tree = appendLeaf(crypto, log.tree, leafHash(crypto, bytes))
  log.lines.push({ letter: 'E', entry: bytes }, ...values.map((value): LedgerLine => ({ letter: 'V', value })))
}

/** A head of the log, signed by its writer, and cosigned at this second where a cosigner is given. */
export function headOf(log: MadeLog, cosigner?: { readonly pair: Pair; readonly timeS: number }): string {
  const text = formatCheckpoint({ origin: log.origin, size: log.tree.size, root: rootOf(crypto, log.tree) })
  const by = ({ key, secret }: Pair, signed: string) => ({ key, signature: new Uint8Array(sign(null, utf8(signed), secret)) })
  const own = by(log.log, text)
  const signatures: NoteSignature[] = [{ name: own.key.name, id: own.key.id, signature: own.signature }]
  if (cosigner !== undefined) {
    const { key, signature } = by(cosigner.pair, cosignedText(cosigner.timeS, text))
    signatures.push({ name: key.name, id: key.id, signature: packCosignature(cosigner.timeS, signature) })
  }
  return formatNote({ text, signatures })
}

/** Each side cosigns the newest head of the other, and knows it from now on. */
export function exchange(logs: MadeLogs): void {
  logs.now += 300
  for (const [side, other] of [
    ['m', 'g'],
    ['g', 'm'],
  ] as const) {
    const log = logs[side]
    if (log.tree.size === 0 || logs[other].peer?.size === log.tree.size) continue
    const note = headOf(log, { pair: logs[other].cosign, timeS: Math.floor(logs.now / 1000) })
    log.lines.push({ letter: 'C', note })
    logs[other].lines.push({ letter: 'O', note })
    logs[other].peer = { epoch: 1, root: toBase64(rootOf(crypto, log.tree)), size: log.tree.size }
  }
}

export function beginLogs(seed: number): MadeLogs {
  const [m, g] = [newLog('m', seed), newLog('g', seed)]
  const keys = [m, g].map(({ log }) => `log ${formatVerifierKey(log.key)}\n`).join('')
  const logs: MadeLogs = { m, g, keys, now: start }
  for (const side of ['m', 'g'] as const) {
    const { log, cosign } = logs[side]
    const detail = {
      binding: null,
      cosign_vkey: formatVerifierKey(cosign.key),
      log_vkey: formatVerifierKey(log.key),
      previous: null,
      reason: 'first',
    }
    write(logs, side, { type: 'ledger.opened', detail })
  }
  exchange(logs)
  return logs
}

/** One session, from the request to its end on both sides, with so many transactions. */
export function addSession(logs: MadeLogs, name: string, transactions: number): string {
  const session = hex32(`session ${name}`)
  const person = seal(`person ${name}`, 'p-81c2')
  const digestOfRequest = toBase64(digest(`request ${name}`))
  const requested = { request_digest: digestOfRequest }
  write(logs, 'g', {
    type: 'session.requested',
    session,
    actor: { id: person.sealed, kind: 'technician' },
    detail: requested,
    values: [person.line],
  })
  exchange(logs)
  write(logs, 'm', { type: 'notice.shown', session, detail: requested })
  const jws = seal(`approval ${name}`, 'header.claims.signature')
  const approval = { approval: jws.sealed, mode: 'attended', request_digest: digestOfRequest, services: ['hmi'] }
  write(logs, 'm', { type: 'approval.given', session, actor: { id: null, kind: 'operator' }, detail: approval, values: [jws.line] })
  exchange(logs)
  write(logs, 'g', { type: 'decision.made', session, detail: { action: 'open', allow: true, policy_revision: toBase64(digest('policy')) } })
  exchange(logs)
  write(logs, 'm', { type: 'stream.opened', session, detail: { service: 'hmi', stream: 1 } })
  for (let txn = 1; txn <= transactions; txn += 1) {
    const path = seal(`path ${name} ${txn}`, `/api/recipe/${txn}`)
    const [up, down] = ['up', 'down'].map((way) => seal(`${way} ${name} ${txn}`, way, false))
    const detail = {
      down: 4,
      down_hash: down!.sealed,
      method: 'POST',
      path: path.sealed,
      service: 'hmi',
      status: 200,
      txn,
      up: 2,
      up_hash: up!.sealed,
    }
    for (const side of ['m', 'g'] as const)
      write(logs, side, {
        type: 'transaction',
        session,
        actor: { id: null, kind: 'technician' },
        detail,
        values: [down!.line, path.line, up!.line],
      })
    if (txn % 20 === 0) exchange(logs)
  }
  write(logs, 'm', { type: 'stream.closed', session, detail: { service: 'hmi', stream: 1 } })
  for (const side of ['m', 'g'] as const) {
    write(logs, side, { type: 'session.ended', session, detail: { reason: 'completed', sum: sumOf(logs[side], session) } })
    exchange(logs)
  }
  return session
}

export function sumOf(log: MadeLog, session: string): { readonly count: number; readonly root: string } {
  const tree = log.entries
    .filter((entry) => entry.session === session)
    .reduce((frontier, entry) => appendLeaf(crypto, frontier, leafHash(crypto, entryBytes(entry))), emptyFrontier)
  return { count: tree.size, root: toBase64(rootOf(crypto, tree)) }
}

/** A pair of logs of a few random sessions; the same seed gives the same bytes. */
export function makeLogs(seed: number): MadeLogs {
  const random = numbersFrom(seed)
  const logs = beginLogs(seed)
  const sessions = 1 + random(3)
  for (let index = 0; index < sessions; index += 1) {
    addSession(logs, `${seed} ${index}`, 1 + random(6))
    logs.now += random(100_000)
  }
  return logs
}

/** The file of one side: its log, and those of later epochs. */
export function fileOf(log: MadeLog, exported: number, ...later: readonly MadeLog[]): Uint8Array {
  const lines = [log, ...later].flatMap((epoch): LedgerLine[] => [
    { letter: 'F', head: { exported, format: 'sallyport-ledger/1', log: epoch.origin } },
    ...epoch.lines,
  ])
  lines.push({ letter: 'X', entries: lines.filter(({ letter }) => letter === 'E').length, lines: lines.length })
  return Buffer.concat(lines.map(formatLine))
}
