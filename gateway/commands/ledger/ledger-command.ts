import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { nodeLedgerCrypto } from '../../../agent/wire/ledger/node-crypto.ts'
import type { LedgerVerdict } from '../../ledger/verifier/findings.ts'
import type { LedgerSource } from '../../ledger/verifier/ledger-source.ts'
import { verifyLedgers } from '../../ledger/verifier/verify-ledgers.ts'
import { printableLines } from '../printable.ts'

interface VerifyOptions {
  readonly keys: string
  readonly receipt: readonly string[]
  readonly json: boolean
}

/** The two logs of a machine: offline, by anybody who has the files and was handed the keys. */
export function ledgerCommand(): Command {
  const command = new Command('ledger').description('the two logs of a machine')
  command
    .command('verify')
    .description('check both logs of a machine, offline: exit code 0 proved, 1 broken, 2 the newest is not confirmed, 3 keys do not serve')
    .argument('<machine.log>', 'the log that the machine wrote')
    .argument('<gateway.log>', 'the log that the gateway wrote about this machine')
    .requiredOption('--keys <file>', 'the keys that were handed to you: lines "log <vkey>" and "witness <vkey>"')
    .option('--receipt <file...>', 'receipts that these logs have to hold', [])
    .option('--json', 'one line of JSON on stdout: exit, code, log, seq or size, message', false)
    .action(verify)
  return command
}

async function verify(machine: string, gateway: string, { keys, receipt, json }: VerifyOptions): Promise<void> {
  const verdict = await verifyFiles(machine, gateway, keys, receipt).catch(notReadable)
  process.stdout.write(json ? `${JSON.stringify(verdict)}\n` : `${verdict.code}\n${printableLines(verdict.message)}\n`)
  process.exitCode = verdict.exit
}

const verifyFiles = async (machine: string, gateway: string, keys: string, receipts: readonly string[]): Promise<LedgerVerdict> =>
  verifyLedgers({
    crypto: nodeLedgerCrypto(),
    machine: fileSource(machine, 'm'),
    gateway: fileSource(gateway, 'g'),
    keys: new TextDecoder().decode(await contentOf(keys, { exit: 3, code: 'KEYS' })),
    receipts: await Promise.all(receipts.map((path) => contentOf(path, { exit: 1, code: 'FILE_FORMAT' }))),
  })

/** A file that cannot be read proves nothing, and is never the exit code 2 of what is only not confirmed yet (ledger.md, section 8: "else 1"). */
class NotReadable extends Error {
  readonly verdict: LedgerVerdict
  constructor(path: string, verdict: Omit<LedgerVerdict, 'message'>) {
    super(`${path} cannot be read`)
    this.verdict = { ...verdict, message: `${path} cannot be read. Is the path right, and is it a file?` }
  }
}

function notReadable(error: unknown): LedgerVerdict {
  if (error instanceof NotReadable) return error.verdict
  throw error
}

const fileSource = (path: string, log: 'm' | 'g'): LedgerSource => ({
  async *open() {
    try {
      yield* createReadStream(path, { highWaterMark: 256 * 1024 })
    } catch {
      throw new NotReadable(path, { exit: 1, code: 'FILE_FORMAT', log })
    }
  },
})

const contentOf = async (path: string, verdict: Omit<LedgerVerdict, 'message'>): Promise<Uint8Array> =>
  readFile(path).catch(() => {
    throw new NotReadable(path, verdict)
  })
