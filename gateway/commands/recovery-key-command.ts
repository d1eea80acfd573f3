import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { makeRecoveryKey } from '../policies-admin/recovery/recovery-key.ts'
import { askPassphrase } from './ask-passphrase.ts'

interface CreateOptions {
  readonly out: string
  readonly passphraseFile?: string
}

/** For administrators, at a time when all is well. Needs neither the gateway nor a network. */
export const recoveryKeyCommand = (): Command =>
  new Command('recovery-key').description('the key with which an administrator helps to bring a policy back when none is left').addCommand(
    new Command('create')
      .description('make one, under a passphrase; its public half is printed, to be registered in the portal')
      .requiredOption('--out <file>', 'where the private half goes; the file must not be there yet')
      .option('--passphrase-file <file>', 'read the passphrase from the first line of this file instead of asking')
      .action(async ({ out, passphraseFile }: CreateOptions) => {
        const pair = makeRecoveryKey(await askPassphrase({ file: passphraseFile, twice: true }))
        writeFileSync(resolve(out), pair.privateKeyPem, { flag: 'wx', mode: 0o600 })
        process.stderr.write(
          `The private half is in ${out}. Keep it away from the gateway's machine.\nRegister this in the portal (Policy, Recovery):\n\n`,
        )
        process.stdout.write(pair.publicKeyPem)
      }),
  )
