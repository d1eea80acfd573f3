import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { CodedError } from '../basics/coded-error.ts'
import type { IdentityProvider, SetupLink } from '../people/identity-provider.ts'
import { createIdpAdminClient } from '../people/idp-admin-client.ts'
import { readSettings } from '../settings/read-settings.ts'

interface RecoverOptions {
  readonly config: string
  readonly username: string
  readonly json: boolean
}

/** For whoever has the machine but no administrator that can sign in: the first link ran out, a password is forgotten. */
export const recoverAdminCommand = (): Command =>
  new Command('recover-admin')
    .description('print a new one-time link with which an administrator sets a password; the identity provider has to run')
    .requiredOption('--config <file>', 'settings file, made by `sallyport init`')
    .option('--username <name>', 'user name of the account', 'admin')
    .option('--json', 'one line of JSON on stdout', false)
    .action(async ({ config, username, json }: RecoverOptions) => {
      const { identityProvider: idp } = readSettings(config, process.env)
      const token = readFileSync(idp.adminTokenFile, 'utf8').trim()
      const provider = createIdpAdminClient({ issuer: idp.issuer, socket: idp.adminSocket, token })
      const link = await recoverAccount(provider, username)
      const result = { username, setup_url: link.url, setup_expires_at: link.expiresAt }
      process.stdout.write(
        json
          ? `${JSON.stringify(result)}\n`
          : `Open this link once, within a day, and choose a new password for "${username}":\n\n   ${link.url}\n\n`,
      )
    })

/** A disabled account stays disabled: another administrator has decided that. @throws CodedError `account_unknown`, `account_disabled` */
export async function recoverAccount(
  provider: Pick<IdentityProvider, 'findAccount' | 'newSetupLink'>,
  username: string,
): Promise<SetupLink> {
  const account = await provider.findAccount(username)
  if (account !== undefined) return provider.newSetupLink(account.subject)
  throw new CodedError({
    code: 'account_unknown',
    message: `There is no account with the user name ${username}. Name the one of an administrator with --username.`,
    remedy: 'not_found',
  })
}
