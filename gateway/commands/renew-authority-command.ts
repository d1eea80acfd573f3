import { join } from 'node:path'
import { Command } from 'commander'
import { systemClock } from '../basics/clock.ts'
import { systemRandom } from '../basics/random.ts'
import { renewAuthority } from '../pki/renew-authority.ts'
import { readSettings } from '../settings/read-settings.ts'

interface RenewOptions {
  readonly config: string
  readonly json: boolean
}

export const renewAuthorityCommand = (): Command =>
  new Command('renew-authority')
    .description("make another issuing authority under the same root; needs the root's key where the gateway made it")
    .requiredOption('--config <file>', 'settings file, made by `sallyport init`')
    .option('--json', 'one line of JSON on stdout', false)
    .action(async ({ config, json }: RenewOptions) => {
      const { dataDir, trustDomain } = readSettings(config, process.env)
      const notAfter = await renewAuthority({ directory: join(dataDir, 'pki'), trustDomain, clock: systemClock, random: systemRandom })
      process.stdout.write(
        json
          ? `${JSON.stringify({ not_after: new Date(notAfter).toISOString() })}\n`
          : `The new issuing authority is good until ${new Date(notAfter).toISOString().slice(0, 10)}. Restart the gateway: it takes it up then, and sessions go on.\n`,
      )
    })
