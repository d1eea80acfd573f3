import { Socket } from 'node:net'
import { systemClock } from '../basics/clock.ts'
import { createLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import type { AgentSettings } from '../settings/agent-settings.ts'
import { startAgent } from '../start-agent.ts'
import { goOnCode } from '../updates/hand-over.ts'
import { pinnedTrust } from '../updates/pinned-keys.ts'
import { become } from '../updates/system-launcher.ts'

const lastWordMs = 1_500

/** To the launcher (agent/updates). */
function trialLine(): Socket {
  const line = new Socket({ fd: 3 })
  line.on('error', () => {})
  line.resume()
  return line
}

export interface RunOptions {
  readonly dieWithParent: boolean
  /** Gives this process to the launcher: what runs this program, and its arguments. */
  readonly launcher: readonly string[]
  /** This version is tried: its launcher listens at file descriptor 3. */
  readonly trial: boolean
}

/** Runs the agent in this process, until a signal ends it. @throws as `startAgent` */
export async function runCommand(settings: AgentSettings, { dieWithParent, launcher, trial }: RunOptions): Promise<void> {
  const logger = createLogger({
    level: settings.logLevel,
    write: (line) => void process.stderr.write(line),
    nowMs: () => systemClock.nowMs(),
  })
  const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
  // Whoever started us may stop reading; that is no reason to die.
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
  const line = trial ? trialLine() : null
  const agent = await startAgent({
    settings,
    updates: { trust: pinnedTrust(), reached: line === null ? null : () => void line.write('reached\n'), restart: () => restart() },
    clock: systemClock,
    random: systemRandom,
    logger,
    onPairingUrl: (url) => say({ pairing_url: url }),
  })

  const stop = (why: string, code = 0): void => {
    logger.info({ why }, 'the agent ends')
    setTimeout(() => process.exit(code === 0 ? 1 : code), lastWordMs).unref()
    agent.close().then(
      () => process.exit(code),
      () => process.exit(1),
    )
  }
  const restart = (): void => {
    logger.info({}, 'the agent goes on as another version')
    if (trial) return stop('its trial is over', goOnCode)
    setTimeout(() => become(launcher), lastWordMs).unref()
    agent.close().then(
      () => become(launcher),
      () => become(launcher),
    )
  }
  // Two agents on one state would follow.
  line?.once('close', () => stop('the launcher is gone'))
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
