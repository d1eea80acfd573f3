import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { toBase64, utf8 } from '../../agent/wire/ledger/bytes.ts'
import type { LedgerValue } from '../../agent/wire/ledger/entry.ts'
import { rootOf } from '../../agent/wire/ledger/hash-tree.ts'
import { nodeLedgerCrypto } from '../../agent/wire/ledger/node-crypto.ts'
import { formatVerifierKey } from '../../agent/wire/ledger/signed-note.ts'
import type { LedgerVerdict } from '../../gateway/ledger/verifier/findings.ts'
import { verifyLedgers } from '../../gateway/ledger/verifier/verify-ledgers.ts'
import { addSession, beginLogs, exchange, fileOf, newLog, write, type MadeLog, type MadeLogs } from './make-logs.ts'

const crypto = nodeLedgerCrypto()
const source = (bytes: Uint8Array) => ({
  async *open() {
    yield bytes
  },
})
const seals = ['a', 'b'].map((name) => ({ sealed: toBase64(crypto.sha256(utf8(name))) }))

type Detail = Readonly<Record<string, LedgerValue>>

/** The machine's log goes on in a second epoch; the gateway's in its first. */
async function inNewEpoch(opened: Detail, closing: (next: MadeLog) => Detail | null): Promise<LedgerVerdict> {
  const logs = beginLogs(4)
  addSession(logs, 'before', 2)
  const next = newLog('m', 4, 2)
  const vkeys = { log_vkey: formatVerifierKey(next.log.key), cosign_vkey: formatVerifierKey(next.cosign.key) }
  const closed = closing(next)
  if (closed !== null) {
    write(logs, 'm', { type: 'ledger.closed', detail: { next: { origin: next.origin, ...vkeys, ...closed } } })
    exchange(logs)
  }
  const head = { origin: logs.m.origin, size: logs.m.tree.size, root: toBase64(rootOf(crypto, logs.m.tree)) }
  const later: MadeLogs = { ...logs, m: next }
  next.peer = logs.m.peer
  write(later, 'm', { type: 'ledger.opened', detail: { binding: null, ...vkeys, previous: head, ...opened } })
  logs.g.lines = later.g.lines
  later.g.peer = null
  exchangeAcross(later)
  return verifyLedgers({
    crypto,
    machine: source(fileOf(logs.m, later.now, next)),
    gateway: source(fileOf(later.g, later.now)),
    keys: logs.keys,
  })
}

/** The gateway cosigns the head of the new epoch, and writes nothing more. */
function exchangeAcross(later: MadeLogs): void {
  const written = later.g.lines.length
  exchange(later)
  later.g.lines = later.g.lines.filter((line, index) => index < written || line.letter === 'O')
}

describe('a log that begins anew', () => {
  it('is proved where the old key closed it in favour of the new one', async () => {
    expect(await inNewEpoch({ reason: 'rotation' }, () => ({}))).toMatchObject({ exit: 0, code: 'OK' })
  })

  it.each<[string, Detail, () => Detail | null]>([
    ['nothing was closed', { reason: 'rotation' }, () => null],
    ['it was closed in favour of another key', { reason: 'rotation' }, () => ({ log_vkey: 'another' })],
    ['it goes on with nothing', { reason: 'rotation', previous: null }, () => ({})],
    ['only one administrator declared it', { reason: 'rollback', approvals: [seals[0]!, seals[0]!] }, () => null],
    [
      'it says to follow on a head that never was',
      { reason: 'rollback', approvals: seals, previous: { origin: 'made.example/m/press-4/1', size: 2, root: seals[0]!.sealed } },
      () => null,
    ],
  ])('is broken where %s', async (_, opened, closing) => {
    expect(await inNewEpoch(opened, closing)).toMatchObject({ exit: 1, code: 'EPOCH_BREAK', log: 'm', seq: 0 })
  })

  it('has a gap where two administrators declared it', async () => {
    const verdict = await inNewEpoch({ reason: 'rollback', approvals: seals }, () => null)
    expect(verdict).toMatchObject({ exit: 2, code: 'EPOCH_GAP', log: 'm', size: 8 })
  })
})

describe('a receipt', () => {
  const read = (name: string): string => readFileSync(new URL(`vectors/${name}`, import.meta.url), 'utf8')
  const receiptOf = (proof: string): Uint8Array => {
    const [first, ...lines] = read('machine.log').split('\n')
    const last = lines.findLast((line) => line.startsWith('E '))
    return utf8(`${first}\n${last}\nT ${toBase64(utf8(proof))}\nX {"entries":1,"lines":3}\n`)
  }
  const judge = async (receipt: Uint8Array, path = '') =>
    verifyLedgers({
      crypto,
      machine: source(utf8(read(`${path}machine.log`))),
      gateway: source(utf8(read('gateway.log'))),
      keys: read('keys.txt'),
      receipts: [receipt],
    })

  it('is in the logs that it was given for', async () => {
    expect(await judge(receiptOf(read('machine.tlog-proof')))).toMatchObject({ exit: 0, code: 'OK' })
  })

  it('is worth nothing with another proof', async () => {
    expect(await judge(receiptOf(read('machine.tlog-proof').replace('index 6', 'index 5')))).toMatchObject({ exit: 1, code: 'FILE_FORMAT' })
  })

  it('is not included in logs that were made anew after it', async () => {
    const logs = beginLogs(5)
    const verdict = await verifyLedgers({
      crypto,
      machine: source(fileOf(logs.m, logs.now)),
      gateway: source(fileOf(logs.g, logs.now)),
      keys: logs.keys,
      receipts: [receiptOf(read('machine.tlog-proof'))],
    })
    expect(verdict).toMatchObject({ exit: 1, code: 'RECEIPT_NOT_INCLUDED', log: 'm', seq: 6 })
  })
})
