import { createReadStream } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { nodeLedgerCrypto } from '../../../agent/wire/ledger/node-crypto.ts'
import { CodedError } from '../../basics/coded-error.ts'
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
  const verdict = await verifyLedgers({
    crypto: nodeLedgerCrypto(),
    machine: await fileSource(machine),
    gateway: await fileSource(gateway),
    keys: new TextDecoder().decode(await contentOf(keys)),
    receipts: await Promise.all(receipt.map(contentOf)),
  })
  process.stdout.write(json ? `${JSON.stringify(verdict)}\n` : `${verdict.code}\n${printableLines(verdict.message)}\n`)
  process.exitCode = verdict.exit
}

async function fileSource(path: string): Promise<LedgerSource> {
  await access(path).catch((cause: unknown) => unreadable(path, cause))
  return { open: () => createReadStream(path, { highWaterMark: 256 * 1024 }) }
}

const contentOf = async (path: string): Promise<Uint8Array> => readFile(path).catch((cause: unknown) => unreadable(path, cause))

function unreadable(path: string, cause: unknown): never {
  throw new CodedError({ code: 'usage', message: `${path} cannot be read. Is the path right?`, remedy: 'fix', cause })
}
