import { systemClock } from '../basics/clock.ts'
import { createLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import type { AgentSettings } from '../settings/agent-settings.ts'
import { startAgent } from '../start-agent.ts'

const lastWordMs = 1_500

/** Runs the agent in this process, until a signal ends it. @throws as `startAgent` */
export async function runCommand(settings: AgentSettings, { dieWithParent }: { readonly dieWithParent: boolean }): Promise<void> {
  const logger = createLogger({
    level: settings.logLevel,
    write: (line) => void process.stderr.write(line),
    nowMs: () => systemClock.nowMs(),
  })
  const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
  // Whoever started us may stop reading; that is no reason to die.
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
  const agent = await startAgent({
    settings,
    clock: systemClock,
    random: systemRandom,
    logger,
    onPairingUrl: (url) => say({ pairing_url: url }),
  })

  const stop = (why: string, code = 0): void => {
    logger.info({ why }, 'the agent ends')
    setTimeout(() => process.exit(1), lastWordMs).unref()
    agent.close().then(
      () => process.exit(code),
      () => process.exit(1),
    )
  }
  process.once('SIGTERM', () => stop('SIGTERM'))
  process.once('SIGINT', () => stop('SIGINT'))
  // Also keeps Node from opening its debugger on this signal.
  process.on('SIGUSR1', () => say({ pairing_url: agent.newPairingUrl() }))
  process.on('uncaughtException', (error) => {
    logger.error({ error, stack: error.stack }, 'the agent failed')
    stop('failure', 1)
  })
  if (dieWithParent) {
    process.stdin.once('close', () => stop('the parent is gone'))
    process.stdin.on('error', () => {})
    process.stdin.resume()
  }
  say({ ready: true, panel: agent.panelUrl, pairing_url: agent.pairingUrl })
}
