import { fromUtf8, toBase64, utf8 } from '../../agent/wire/ledger/bytes.ts'
import { entryBytes, readEntry, type LedgerEntry } from '../../agent/wire/ledger/entry.ts'
import { leafHash } from '../../agent/wire/ledger/hash-tree.ts'
import type { LedgerLine } from '../../agent/wire/ledger/ledger-lines.ts'
import { nodeLedgerCrypto } from '../../agent/wire/ledger/node-crypto.ts'
import type { LedgerCode } from '../../gateway/ledger/verifier/findings.ts'
import { add, addSession, beginLogs, exchange, headOf, sumOf, write, type MadeLog, type MadeLogs } from './make-logs.ts'

/** What somebody does to the logs of one session with four transactions, with the means that he has, and what the verifier says. */
export interface Attack {
  readonly name: string
  readonly code: LedgerCode
  readonly log?: 'm' | 'g'
  readonly seq?: number
  readonly size?: number
  readonly make: () => MadeLogs
}

/** Entries: m 0 opened, 1 notice, 2 approval, 3 stream, 4 to 7 transactions, 8 closed, 9 ended; g 0 opened, 1 requested, 2 decision, 3 to 6 transactions, 7 ended. */
const honest = (): MadeLogs => {
  const logs = beginLogs(7)
  addSession(logs, 'one', 4)
  return logs
}
const crypto = nodeLedgerCrypto()
const attack = (name: string, verdict: Omit<Attack, 'name' | 'make'>, change: (logs: MadeLogs) => void): Attack => ({
  name,
  ...verdict,
  make: () => {
    const logs = honest()
    change(logs)
    return logs
  },
})

const indexOfEntry = (log: MadeLog, seq: number): number =>
  log.lines.findIndex((line) => line.letter === 'E' && readEntry(line.entry).seq === seq)
const textOf = (line: LedgerLine | undefined): string => (line?.letter === 'E' ? fromUtf8(line.entry, 'it') : '')
const inText = (log: MadeLog, seq: number, from: string, to: string): void => {
  const at = indexOfEntry(log, seq)
  log.lines[at] = { letter: 'E', entry: utf8(textOf(log.lines[at]).replace(from, to)) }
}
/** An entry with what is shown below it. */
const block = (log: MadeLog, seq: number): [from: number, count: number] => {
  const from = indexOfEntry(log, seq)
  let to = from + 1
  while (log.lines[to]?.letter === 'V') to += 1
  return [from, to - from]
}

/** Writes a log anew from an entry on, numbers and chain right; heads as they were, or signed with the stolen key. */
function rewrite(log: MadeLog, change: (entry: LedgerEntry) => readonly LedgerEntry[], stolenKey = false): void {
  const before = log.lines
  let changed = false
  let dropping = false
  log.lines = []
  log.entries = []
  log.tree = { size: 0, hashes: [] }
  for (const line of before) {
    if (line.letter === 'V' && dropping) continue
    if (line.letter === 'C' && changed && stolenKey) log.lines.push({ letter: 'C', note: headOf(log) })
    else if (line.letter !== 'E') log.lines.push(line)
    if (line.letter !== 'E') continue
    const old = readEntry(line.entry)
    const anew = change(old)
    changed ||= anew.length !== 1 || anew[0] !== old
    dropping = anew.length === 0
    for (const entry of anew) {
      const last = log.entries.at(-1)
      const prev = last === undefined ? null : toBase64(leafHash(crypto, entryBytes(last)))
      const sum = entry.type === 'session.ended' ? { detail: { ...entry.detail, sum: sumOf(log, entry.session!) } } : {}
      add(log, { ...entry, ...sum, seq: log.entries.length, prev })
    }
  }
}
const wider = (entry: LedgerEntry): readonly LedgerEntry[] =>
  entry.type === 'approval.given' ? [{ ...entry, detail: { ...entry.detail, services: ['hmi', 'shell'] } }] : [entry]
const without =
  (seq: number) =>
  (entry: LedgerEntry): readonly LedgerEntry[] =>
    entry.seq === seq ? [] : [entry]

/** A session that ends on both sides, where `during` writes what it likes between opening and end. */
function session(during: (logs: MadeLogs, id: string) => void, decided = true): MadeLogs {
  const logs = beginLogs(8)
  const id = '5'.repeat(32)
  write(logs, 'g', { type: 'session.requested', session: id })
  exchange(logs)
  if (decided) {
    write(logs, 'm', { type: 'approval.given', session: id })
    exchange(logs)
    write(logs, 'g', { type: 'decision.made', session: id, detail: { action: 'open', allow: true } })
    exchange(logs)
  }
  during(logs, id)
  for (const side of ['m', 'g'] as const)
    write(logs, side, { type: 'session.ended', session: id, detail: { reason: 'completed', sum: sumOf(logs[side], id) } })
  exchange(logs)
  return logs
}
const transaction = (logs: MadeLogs, side: 'm' | 'g', id: string, txn: number, down = 4): void => {
  const withheld = { sealed: `${'A'.repeat(43)}=` }
  const hashes = { path: withheld, up_hash: withheld, down_hash: withheld }
  write(logs, side, {
    type: 'transaction',
    session: id,
    detail: { down, method: 'GET', service: 'hmi', status: 200, txn, up: 0, ...hashes },
  })
}

export const attacks: readonly Attack[] = [
  attack('nothing', { code: 'OK' }, () => {}),
  attack('edits a byte', { code: 'ENTRY_CHANGED', log: 'm', seq: 5 }, ({ m }) => inText(m, 5, '"status":200', '"status":500')),
  attack('edits the approval, right before a signed head', { code: 'ROOT_MISMATCH', log: 'm', seq: 1 }, ({ m }) =>
    inText(m, 2, '"hmi"', '"plc"'),
  ),
  attack('removes an entry', { code: 'SEQ_GAP', log: 'g', seq: 4 }, ({ g }) => void g.lines.splice(...block(g, 4))),
  attack(
    'puts an entry in twice',
    { code: 'SEQ_GAP', log: 'm', seq: 6 },
    ({ m }) => void m.lines.splice(indexOfEntry(m, 6), 0, m.lines[indexOfEntry(m, 5)]!),
  ),
  attack('swaps two entries', { code: 'SEQ_GAP', log: 'm', seq: 5 }, ({ m }) => {
    const first = m.lines.splice(...block(m, 5))
    m.lines.splice(indexOfEntry(m, 7), 0, ...first)
  }),
  attack('removes an entry and chains anew, without the key', { code: 'TRUNCATED', log: 'g', seq: 6 }, ({ g }) => rewrite(g, without(4))),
  attack('puts an entry in and chains anew, without the key', { code: 'ROOT_MISMATCH', log: 'm', seq: 3 }, ({ m }) =>
    rewrite(m, (entry) => (entry.seq === 5 ? [{ ...entry, type: 'chat.said', detail: {} }, entry] : [entry])),
  ),
  attack('rewrites with the stolen key of the writer', { code: 'HEAD_CONFLICT', log: 'm', size: 3 }, ({ m }) => rewrite(m, wider, true)),
  attack('cuts the tail', { code: 'TRUNCATED', log: 'm', seq: 3 }, ({ m }) => void m.lines.splice(indexOfEntry(m, 3))),
  attack('cuts the tail and goes on, from an old copy of the machine', { code: 'HEAD_CONFLICT', log: 'm', size: 9 + 1 }, (logs) => {
    rewrite(logs.m, (entry) => (entry.seq < 3 ? [entry] : []), true)
    logs.m.lines = logs.m.lines.filter((line, index) => line.letter !== 'C' || index < indexOfEntry(logs.m, 2) + 3)
    for (let count = 3; count < 12; count += 1) write(logs, 'm', { type: 'chat.said' })
    logs.m.lines.push({ letter: 'C', note: headOf(logs.m) })
  }),
  attack('shows the other side another end (fork)', { code: 'HEAD_CONFLICT', log: 'g', size: 8 }, ({ g }) =>
    rewrite(g, (entry) => (entry.type === 'session.ended' ? [{ ...entry, detail: { ...entry.detail, reason: 'policy' } }] : [entry]), true),
  ),
  attack('puts an old head in the place of a new one', { code: 'ROOT_MISMATCH', log: 'm', seq: 3 }, ({ m }) => {
    const heads = m.lines.flatMap((line, index) => (line.letter === 'C' ? [index] : []))
    m.lines[heads.at(-1)!] = m.lines[heads[1]!]!
  }),
  attack('moves an old cosignature to a new head', { code: 'COSIG_BAD', log: 'm', size: 10 }, ({ m }) => {
    const heads = m.lines.flatMap((line, index) => (line.letter === 'C' ? [{ index, lines: line.note.split('\n') }] : []))
    const { index, lines } = heads.at(-1)!
    m.lines[index] = { letter: 'C', note: [...lines.slice(0, 5), heads[0]!.lines[5]!, ''].join('\n') }
  }),
  attack('takes the signature of the writer away', { code: 'SIG_MISSING', log: 'g', size: 8 }, ({ g }) => {
    const at = g.lines.findLastIndex(({ letter }) => letter === 'C')
    const line = g.lines[at]!
    if (line.letter === 'C') g.lines[at] = { letter: 'C', note: line.note.split('\n').toSpliced(4, 1).join('\n') }
  }),
  attack('shows another value', { code: 'VALUE_MISMATCH', log: 'g', seq: 1 }, ({ g }) => {
    const at = g.lines.findIndex(({ letter }) => letter === 'V')
    const line = g.lines[at]!
    if (line.letter === 'V') g.lines[at] = { letter: 'V', value: { ...line.value, value: 'p-0000' } }
  }),
  attack('withholds all values', { code: 'OK' }, ({ g }) => void (g.lines = g.lines.filter(({ letter }) => letter !== 'V'))),
  attack('uses an escape for a letter', { code: 'ENTRY_NOT_CANONICAL', log: 'm', seq: 5 }, ({ m }) =>
    inText(m, 5, '"hmi"', String.raw`"\u0068mi"`),
  ),
  attack('writes a name twice', { code: 'ENTRY_NOT_CANONICAL', log: 'm', seq: 5 }, ({ m }) =>
    inText(m, 5, '"down":4', '"down":9,"down":4'),
  ),
  attack('adds a member', { code: 'ENTRY_FIELDS', log: 'm', seq: 5 }, ({ m }) => inText(m, 5, '"v":1}', '"v":1,"w":1}')),
  attack('puts an entry of the other log in', { code: 'WRONG_LOG', log: 'm', seq: 4 }, ({ m, g }) => {
    m.lines[indexOfEntry(m, 4)] = g.lines[indexOfEntry(g, 3)]!
  }),
  attack('ends lines with CR LF', { code: 'ENTRY_NOT_CANONICAL', log: 'm', seq: 5 }, ({ m }) => inText(m, 5, '"v":1}', '"v":1}\r')),
  attack(
    'dates an entry back by an hour, with the stolen key, before anybody saw it',
    { code: 'TIME_BOUNDS', log: 'm', seq: 10 },
    (logs) => {
      const last = logs.m.entries.at(-1)!
      const prev = toBase64(leafHash(crypto, entryBytes(last)))
      add(logs.m, { ...last, seq: last.seq + 1, prev, time: last.time - 3_600_000, type: 'chat.said', session: null, detail: {} })
      exchange(logs)
    },
  ),
  {
    name: 'opens without approval and decision',
    code: 'SESSION_ORDER',
    log: 'm',
    seq: 1,
    make: () => session((logs, id) => void write(logs, 'm', { type: 'stream.opened', session: id }), false),
  },
  {
    name: 'leaves a transaction out of one log',
    code: 'TXN_DIFF',
    log: 'm',
    seq: 2,
    make: () => session((logs, id) => transaction(logs, 'm', id, 1)),
  },
  {
    name: 'writes another number of bytes into one log',
    code: 'TXN_DIFF',
    log: 'm',
    seq: 2,
    make: () =>
      session((logs, id) => {
        transaction(logs, 'm', id, 1, 4)
        transaction(logs, 'g', id, 1, 5)
      }),
  },
  {
    name: 'leaves the same transaction out of both logs, before it is recorded (not to be found in the logs)',
    code: 'OK',
    make: () => session(() => {}),
  },
  {
    name: 'ends a session twice',
    code: 'SESSION_ORDER',
    log: 'g',
    seq: 4,
    make: () =>
      session((logs, id) => {
        write(logs, 'g', { type: 'session.ended', session: id, detail: { reason: 'completed', sum: sumOf(logs.g, id) } })
      }),
  },
  attack(
    'has a tail that nobody confirmed yet',
    { code: 'UNCONFIRMED', log: 'g', seq: 8 },
    (logs) => void write(logs, 'g', { type: 'chat.said' }),
  ),
]
