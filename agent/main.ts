import { parseArgs } from 'node:util'
import { AgentError, errorCode } from './basics/agent-error.ts'
import { systemClock } from './basics/clock.ts'
import { createLogger } from './basics/logger.ts'
import { systemRandom } from './basics/random.ts'
import { openSecretPrompt } from './commands/ask-secret.ts'
import { operatorCommand, operatorUsage } from './commands/operator-command.ts'
import { askForPairing } from './panel/ask-for-pairing.ts'
import type { AgentSettings } from './settings/agent-settings.ts'
import { loadSettings } from './settings/load-settings.ts'
import { startAgent } from './start-agent.ts'
import { agentVersion } from './version.ts'

const usage = `Usage: node agent/main.ts --config agent.json [--die-with-parent]
       node agent/main.ts --config agent.json --pair     the running agent prints a new address for pairing a browser
       ${operatorUsage}
       node agent/main.ts --version | --help
`
const lastWordMs = 1_500

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: 'string', default: 'agent.json' },
      pair: { type: 'boolean', default: false },
      'no-pin': { type: 'boolean', default: false },
      'may-loosen': { type: 'boolean', default: false },
      'die-with-parent': { type: 'boolean', default: false },
      version: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return void process.stdout.write(usage)
  if (values.version) return void process.stdout.write(`${agentVersion}\n`)
  const settings = await loadSettings(values.config)
  const [command, ...args] = positionals
  if (command === 'operator') return await keepOperators(settings, args, { noPin: values['no-pin'], mayLoosen: values['may-loosen'] })
  if (command !== undefined) throw new AgentError({ code: 'usage', message: `There is no command ${command}.\n${usage}` })
  if (values.pair) return askForPairing(settings.stateDir)
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
  if (values['die-with-parent']) {
    process.stdin.once('close', () => stop('the parent is gone'))
    process.stdin.on('error', () => {})
    process.stdin.resume()
  }
  say({ ready: true, panel: agent.panelUrl, pairing_url: agent.pairingUrl })
}

async function keepOperators(
  { operators }: AgentSettings,
  args: readonly string[],
  how: { readonly noPin: boolean; readonly mayLoosen: boolean },
): Promise<void> {
  const prompt = openSecretPrompt(process.stdin, process.stderr)
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  try {
    await operatorCommand(args, { ...how, operators, random: systemRandom, say, askSecret: prompt.ask })
  } finally {
    prompt.close()
  }
}

try {
  await main()
} catch (error) {
  const text =
    error instanceof AgentError ? error.message : `The agent could not start: ${error instanceof Error ? error.message : 'unknown'}`
  process.stderr.write(`${text}\n`)
  process.stderr.write(errorCode(error).startsWith('ERR_PARSE_ARGS') ? usage : '')
  process.exitCode = 1
}
