import { describe, expect, it } from 'vitest'
import { nodeLedgerCrypto } from '../../agent/wire/ledger/node-crypto.ts'
import type { LedgerVerdict } from '../../gateway/ledger/verifier/findings.ts'
import { verifyLedgers } from '../../gateway/ledger/verifier/verify-ledgers.ts'
import { attacks } from './attacks.ts'
import { beginLogs, fileOf, makeLogs, type MadeLogs } from './make-logs.ts'

const source = (bytes: Uint8Array, piece = bytes.length) => ({
  async *open() {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece)
  },
})
const judge = async (logs: MadeLogs, keys = logs.keys, piece?: number): Promise<LedgerVerdict> =>
  verifyLedgers({
    crypto: nodeLedgerCrypto(),
    machine: source(fileOf(logs.m, logs.now), piece),
    gateway: source(fileOf(logs.g, logs.now), piece),
    keys,
  })

describe('somebody who wants the logs to say something else', () => {
  it.each(attacks)('$name: $code', async ({ make, code, log, seq, size }) => {
    const { message, exit, ...verdict } = await judge(make())
    expect({ ...verdict, message }).toEqual({
      ...Object.fromEntries(Object.entries({ code, log, seq, size }).filter(([, value]) => value !== undefined)),
      message: expect.stringMatching(/[a-z]/),
    })
    expect(exit).toBe(code === 'OK' ? 0 : code === 'UNCONFIRMED' ? 2 : 1)
  })

  it('cannot pass logs with other keys off as those of the customer', async () => {
    const logs = makeLogs(1)
    expect(await judge(logs, beginLogs(2).keys)).toMatchObject({ exit: 3, code: 'KEYS' })
    expect(await judge(logs, '')).toMatchObject({ exit: 3, code: 'KEYS' })
    expect(await judge(logs, 'log nonsense')).toMatchObject({ exit: 3, code: 'KEYS' })
  })

  it('cannot pass a file off that was cut', async () => {
    const logs = makeLogs(1)
    const whole = fileOf(logs.m, logs.now)
    const cut = {
      crypto: nodeLedgerCrypto(),
      machine: source(whole.subarray(0, -30)),
      gateway: source(fileOf(logs.g, logs.now)),
      keys: logs.keys,
    }
    expect(await verifyLedgers(cut)).toMatchObject({ exit: 1, code: 'FILE_FORMAT', log: 'm' })
  })
})

describe('logs of random sessions', () => {
  it.each(Array.from({ length: 20 }, (_, seed) => seed))('are proved (seed %i)', async (seed) => {
    expect(await judge(makeLogs(seed), undefined, 1_000)).toMatchObject({ exit: 0, code: 'OK' })
  })

  it('are never proved after one byte of an entry was changed', async () => {
    const logs = makeLogs(3)
    const file = fileOf(logs.m, logs.now)
    const places = Array.from({ length: 60 }, (_, index) => Math.floor((file.length - 200) * (index / 60)) + 120)
    for (const at of places) {
      const changed = file.slice()
      changed[at] = changed[at]! ^ 1
      const verdict = await verifyLedgers({
        crypto: nodeLedgerCrypto(),
        machine: source(changed),
        gateway: source(fileOf(logs.g, logs.now)),
        keys: logs.keys,
      })
      expect(verdict.exit, `byte ${at}`).not.toBe(0)
    }
  })
})
