import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const folder = import.meta.dirname
const scratch = mkdtempSync(join(tmpdir(), 'other-verifiers-'))
afterAll(() => rmSync(scratch, { recursive: true }))

interface Verdict {
  readonly exit: number
  readonly code: string
  readonly log?: 'm' | 'g'
  readonly seq?: number
  readonly size?: number
}
interface Case extends Verdict {
  readonly name: string
  readonly what: string
  /** Paths from this folder. */
  readonly machine: string
  readonly gateway: string
  readonly keys: string
  readonly receipts: readonly string[]
}

const json = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), 'utf8'))
const published: Case[] = (json('vectors/verdicts.json') as (Verdict & { name: string; what: string })[]).map((one) => {
  const start = one.name === 'good' ? 'vectors/' : `vectors/tampered/${one.name}.`
  return { ...one, machine: `${start}machine.log`, gateway: `${start}gateway.log`, keys: 'vectors/keys.txt', receipts: [] }
})
const ours = json('cases/index.json') as Case[]

/** A program that is not there is a failure that says so: a verifier that did not run has proved nothing. */
function run(program: string, args: readonly string[], cwd = folder): { status: number; stdout: string; stderr: string } {
  const done = spawnSync(program, args, { cwd, encoding: 'utf8', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } })
  if (done.error !== undefined) throw new Error(`this test needs ${program} on the path: ${done.error.message}`)
  return { status: done.status ?? -1, stdout: done.stdout, stderr: done.stderr }
}

const place = ({ exit, code, log, seq, size }: Verdict): Verdict => JSON.parse(JSON.stringify({ exit, code, log, seq, size })) as Verdict

describe('the verifier in Python', () => {
  beforeAll(() => {
    const { stdout, status } = run('python3', ['-c', 'import sys; print(*sys.version_info[:2]); sys.exit(sys.version_info < (3, 11))'])
    if (status !== 0) throw new Error(`this test needs Python 3.11 or newer; python3 is ${stdout.trim()}`)
    const openssl = run('openssl', ['version']).stdout
    if (!/^OpenSSL ([3-9]|\d\d)\./.test(openssl)) throw new Error(`this test needs OpenSSL 3 or newer; openssl is ${openssl.trim()}`)
  })

  it.each([...published, ...ours])('finds $code in $name: $what', (one) => {
    const receipts = one.receipts.flatMap((path) => ['--receipt', path])
    const { status, stdout, stderr } = run('python3', [
      'verify_ledger.py',
      one.machine,
      one.gateway,
      '--keys',
      one.keys,
      ...receipts,
      '--json',
    ])
    expect(stderr).toBe('')
    expect(place(JSON.parse(stdout) as Verdict)).toEqual(place(one))
    expect(status).toBe(one.exit)
  })

  it('includes the published proofs of the good pair as receipts', () => {
    const proofs = ['machine', 'gateway'].flatMap((side) => ['--receipt', `vectors/${side}.tlog-proof`])
    const { stdout } = run('python3', [
      'verify_ledger.py',
      'vectors/machine.log',
      'vectors/gateway.log',
      '--keys',
      'vectors/keys.txt',
      ...proofs,
    ])
    expect(stdout).toMatch(/^OK: 12 entries proved/)
  })

  it('is tried on a case of every code of the page', () => {
    const codes = new Set([...published, ...ours].map((one) => one.code))
    expect([...codes].toSorted()).toEqual([
      'CAUSALITY',
      'CLOCK_ORDER',
      'COSIG_BAD',
      'ENTRY_CHANGED',
      'ENTRY_FIELDS',
      'ENTRY_NOT_CANONICAL',
      'EPOCH_BREAK',
      'EPOCH_GAP',
      'FILE_FORMAT',
      'HEAD_CONFLICT',
      'KEYS',
      'KEY_MISMATCH',
      'OK',
      'PEER_BACKWARDS',
      'PEER_ROOT',
      'RECEIPT_NOT_INCLUDED',
      'ROOT_MISMATCH',
      'SEQ_GAP',
      'SESSION_ORDER',
      'SESSION_SUM',
      'SIG_BAD',
      'SIG_MISSING',
      'TIME_BOUNDS',
      'TRUNCATED',
      'TXN_DIFF',
      'UNCONFIRMED',
      'VALUE_MISMATCH',
      'WRONG_LOG',
    ])
  })
})

describe('the C2SP libraries in Go', () => {
  const program = join(scratch, 'ledgercheck')
  beforeAll(() => {
    const { status, stderr } = run('go', ['build', '-o', program, '.'], join(folder, 'go'))
    if (status !== 0) throw new Error(`the check in Go does not build (it needs its two modules): ${stderr}`)
  })
  const check = (...args: string[]) => JSON.parse(run(program, args).stdout) as { ok: boolean; what: string }
  const pair = ['vectors/machine.log', 'vectors/gateway.log']

  it('open every note and proof of the vectors', () => {
    const files = [...pair, 'vectors/machine.tlog-proof', 'vectors/gateway.tlog-proof']
    const exchange = ['vectors/exchange-open-request.txt', 'vectors/exchange-open-response.txt']
    expect(check('--vectors', 'vectors', ...files, ...exchange)).toEqual({
      ok: true,
      what: '21 notes, 18 cosignatures, 17 roots, 6 proofs',
    })
  })

  it('open the good pair with a receipt by the two trusted keys', () => {
    expect(check('--keys', 'vectors/keys.txt', ...pair, 'cases/receipt.receipt')).toMatchObject({ ok: true })
  })

  it.each(['sig-bad', 'cosig-bad', 'sig-missing', 'root-last-entry'])('refuse %s', (name) => {
    expect(check('--keys', 'vectors/keys.txt', `cases/${name}.machine.log`, 'vectors/gateway.log')).toMatchObject({ ok: false })
  })
})
