import { Command } from 'commander'
import { systemClock } from '../basics/clock.ts'
import { createLogger } from '../basics/logger.ts'
import { ownFile } from '../basics/own-file.ts'
import { systemRandom } from '../basics/random.ts'
import { gatewayActor } from '../ledger/event.ts'
import { createPerson } from '../people/create-person.ts'
import { inNewFolder } from './in-new-folder.ts'
import { planInstallation, type InitOptions } from './plan-installation.ts'
import { startChild } from './start-child.ts'
import { writeInstallation, type InstallationPlan } from './write-installation.ts'

/** Makes a real installation: settings, keys, authority, and the first administrator, whose one-time link it prints. No default account, no default password. */
export const initCommand = (): Command =>
  new Command('init')
    .description('make a new installation and print the one-time set-up link of its first administrator')
    .requiredOption('--data <dir>', 'new folder for settings, keys and data')
    .requiredOption('--portal <url>', 'where browsers will find the portal, like https://sallyport.example.com')
    .requiredOption('--access-domain <domain>', 'domain of another site for machines’ pages, like machines.example.net')
    .option('--issuer <url>', 'where browsers will find the identity provider (default: id.<portal host>)')
    .option('--tunnel-name <name>', 'name by which machines reach the gateway (default: the portal’s host)')
    .option('--one-port', 'machines come to the public port too (needs --cert, and a --tunnel-name of its own)', false)
    .option('--organisation <name>', 'name of the service organisation, as operators read it', 'Service')
    .option('--cert <file>', 'TLS certificate chain (PEM) of the public port; without it listen on 127.0.0.1 behind a TLS front')
    .option('--key <file>', 'its private key (PEM)')
    .option('--host <address>', 'address that tunnel and EST listen on', '0.0.0.0')
    .option('--admin-name <name>', 'name of the first administrator', 'First administrator')
    .option('--admin-username <name>', 'user name of the first administrator', 'admin')
    .option('--json', 'one line of JSON on stdout', false)
    .action(async (options: InitOptions) => {
      const plan = planInstallation(options)
      const { gatewayFile, link } = await inNewFolder(options.data, () => initialise(plan, options))
      const result = { config: gatewayFile, username: options.adminUsername, setup_url: link.url, setup_expires_at: link.expiresAt }
      if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`)
      else process.stdout.write(told(result))
    })

/** Starts both programs for a moment on free ports, makes the account, and ends them. */
async function initialise(
  plan: InstallationPlan,
  options: InitOptions,
): Promise<{ gatewayFile: string; link: { url: string; expiresAt: number } }> {
  const installation = await writeInstallation(plan, systemRandom)
  const logger = createLogger({ name: 'init', level: 'error' })
  const idp = await startChild({
    name: 'idp',
    program: ownFile(import.meta.url, '../../idp/main'),
    args: ['--config', installation.idpFile],
    environment: { NODE_ENV: 'production' },
    onLog: (line) => {
      // What is only information would bury the link that people came for.
      if (!/"level":(?:10|20|30)\b/.test(line)) process.stderr.write(`${line}\n`)
    },
  })
  try {
    const anyPort = { host: '127.0.0.1', port: 0 }
    const { settings } = installation
    const quiet = {
      ...settings,
      public: { ...anyPort, tls: null, trustForwardedFor: false },
      tunnel: { ...settings.tunnel, ...anyPort },
      est: anyPort,
    }
    // Loaded only where it runs: the whole gateway costs a second.
    const { startGateway } = await import('../start-gateway.ts')
    const gateway = await startGateway({ settings: quiet, clock: systemClock, random: systemRandom, logger })
    try {
      const facts = {
        username: options.adminUsername,
        name: options.adminName,
        roles: ['service_administrator'],
        regions: [],
        permissions: [],
        trainings: [],
      } as const
      const { setupLink } = await createPerson(gateway.people, gateway.serviceOrganisation, facts, gatewayActor)
      return { gatewayFile: installation.gatewayFile, link: setupLink }
    } finally {
      await gateway.close()
    }
  } finally {
    await idp.stop()
  }
}

const told = (result: { config: string; username: string; setup_url: string; setup_expires_at: number }): string => `
The installation is made.

1. Start it:            sallyport serve --config ${result.config}
2. Open this link once, within a day, and choose a password for the account "${result.username}":

   ${result.setup_url}

The link is shown only here. Keep a copy of the folder in a safe place; after the first start, take the folder
"gateway/pki/authority/root" in it off this machine: it holds the root key.
`
