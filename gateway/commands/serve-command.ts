import { Command } from 'commander'
import { systemClock } from '../basics/clock.ts'
import { createLogger } from '../basics/logger.ts'
import { ownFile } from '../basics/own-file.ts'
import { systemRandom } from '../basics/random.ts'
import { readSettings } from '../settings/read-settings.ts'
import { startChild } from './start-child.ts'
import { untilSignal } from './until-signal.ts'

/** Runs the gateway, and its identity provider as a child of its own where the settings say so. */
export const serveCommand = (): Command =>
  new Command('serve')
    .description('run the gateway until SIGTERM')
    .requiredOption('--config <file>', 'settings file, made by `sallyport init`')
    .option('--die-with-parent', 'end when stdin closes', false)
    .action(async (options: { config: string; dieWithParent: boolean }) => {
      const settings = readSettings(options.config, process.env)
      const logger = createLogger({ name: 'gateway', level: settings.logLevel })
      const { startWith } = settings.identityProvider
      const idp =
        startWith === null
          ? null
          : await startChild({
              name: 'idp',
              program: ownFile(import.meta.url, '../../idp/main'),
              args: ['--config', startWith],
              environment: settings.demo ? {} : { NODE_ENV: 'production' },
              onLog: (line) => process.stderr.write(`${line}\n`),
            })
      // Loaded only where it runs: the whole gateway costs a second.
      const { startGateway } = await import('../start-gateway.ts')
      const gateway = await startGateway({ settings, clock: systemClock, random: systemRandom, logger }).catch(async (error: unknown) => {
        // A child that goes on would keep this process alive, and its socket.
        await idp?.stop()
        throw error
      })
      const ready = {
        ready: true,
        portal: settings.portalOrigin,
        public_port: gateway.publicPort,
        tunnel_port: gateway.tunnelPort,
        est_port: gateway.estPort,
        pid: process.pid,
      }
      const idpEnded = idp?.ended.then((why) => new Error(why))
      const failed = idpEnded === undefined ? gateway.failed : Promise.race([gateway.failed, idpEnded])
      // Whoever reads that we are ready may send a signal at once: it is listened for already.
      const ending = untilSignal(gateway, { failed, onParentGone: options.dieWithParent })
      process.stdout.write(`${JSON.stringify(ready)}\n`)
      const why = await ending
      await idp?.stop()
      logger.info({ why }, 'the gateway ended')
      process.exit(why.startsWith('failed') ? 1 : 0)
    })
