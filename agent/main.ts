import { resolve } from 'node:path'
import { AgentError, errorCode } from './basics/agent-error.ts'
import { systemClock } from './basics/clock.ts'
import { systemRandom } from './basics/random.ts'
import { openSecretPrompt } from './commands/ask-secret.ts'
import { joinFlags, readCommandLine, usage } from './commands/command-line.ts'
import type { CommandLine } from './commands/command-line.ts'
import { exitCode } from './commands/exit-code.ts'
import { operatorCommand } from './commands/operator-command.ts'
import { serviceCommand } from './commands/service-command.ts'
import { ownProgram, systemServiceHost } from './commands/service-host.ts'
import { statusCommand } from './commands/status-command.ts'
import { askForPairing } from './panel/ask-for-pairing.ts'
import type { AgentSettings } from './settings/agent-settings.ts'
import { loadSettings } from './settings/load-settings.ts'
import { askStatus } from './status/ask-status.ts'
import { pinnedTrust } from './updates/pinned-keys.ts'
import { stateDirOf } from './updates/state-dir-of.ts'
import { agentVersion } from './version.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** What only one command needs is loaded by that one: a question to the running agent is answered before half of the agent is read. */
async function main(): Promise<void> {
  const { command, args, values } = readCommandLine(process.argv.slice(2))
  if (values.help) return void process.stdout.write(usage)
  if (values.version) return say(agentVersion)
  const load = (): Promise<AgentSettings> => loadSettings(values.config, process.env)
  switch (command) {
    case 'run':
      if (values.pair) return askForPairing((await load()).stateDir)
      return run(values, load)
    case 'status':
      process.exitCode = await statusCommand({ settings: await load(), json: values.json, nowMs: systemClock.nowMs(), say })
      return
    case 'doctor': {
      const { doctorCommand, examine } = await import('./commands/doctor-command.ts')
      process.exitCode = doctorCommand(await examine({ load, clock: systemClock }), { json: values.json, say })
      return
    }
    case 'join':
      return (await import('./commands/join-command.ts')).joinCommand({
        flags: joinFlags(values),
        config: values.config,
        nowMs: systemClock.nowMs(),
        say,
      })
    case 'service': {
      const { config, 'dry-run': dryRun, 'plain-key': plainKey } = values
      return serviceCommand(args, { dryRun, plainKey, config, load, program: ownProgram(), say, host: systemServiceHost() })
    }
    case 'attack': {
      const { attackCommand } = await import('./commands/attack-command.ts')
      const [file = process.execPath, ...before] = ownProgram()
      const held = await attackCommand({
        report: values.report ?? null,
        json: values.json,
        settings: await load(),
        program: { file, args: before },
        clock: systemClock,
        random: systemRandom,
        say: (text) => void process.stdout.write(text),
        tell: (line) => void process.stderr.write(`${line}\n`),
      })
      process.exitCode = held ? 0 : 1
      return
    }
    case 'update': {
      const { updateCommand } = await import('./commands/update-command.ts')
      process.exitCode = await updateCommand({
        from: values.from,
        noWait: values['no-wait'],
        // What the running agent reads in it may be newer than this program.
        stateDir: await stateDirOf(values.config),
        trust: pinnedTrust(),
        version: agentVersion,
        nowMs: () => systemClock.nowMs(),
        ask: askStatus,
        everyMs: 1_000,
        say,
      })
      return
    }
    case 'operator':
      return keepOperators(await load(), args, { noPin: values['no-pin'], mayLoosen: values['may-loosen'] })
  }
}

async function run(values: CommandLine['values'], load: () => Promise<AgentSettings>): Promise<void> {
  const dieWithParent = values['die-with-parent']
  const start = { config: resolve(values.config), flags: dieWithParent ? ['--die-with-parent'] : [] }
  const isChosen = values.launcher !== undefined
  const program = values.launcher ?? ownProgram()
  // Another version may be the one that runs here.
  if (!isChosen) await (await import('./updates/system-launcher.ts')).launch({ ...start, program })
  const launcher = [...program, 'run', '--config', start.config, ...start.flags]
  return (await import('./commands/run-command.ts')).runCommand(await load(), { dieWithParent, launcher, trial: values.trial })
}

async function keepOperators(
  { operators }: AgentSettings,
  args: readonly string[],
  how: { readonly noPin: boolean; readonly mayLoosen: boolean },
): Promise<void> {
  const prompt = openSecretPrompt(process.stdin, process.stderr)
  try {
    await operatorCommand(args, { ...how, operators, random: systemRandom, say, askSecret: prompt.ask })
  } finally {
    prompt.close()
  }
}

// Not awaited here: the single executable is CommonJS, which knows no top-level await.
main().catch((error: unknown) => {
  const text =
    error instanceof AgentError ? error.message : `The agent could not start: ${error instanceof Error ? error.message : 'unknown'}`
  process.stderr.write(`${text}\n`)
  process.stderr.write(errorCode(error).startsWith('ERR_PARSE_ARGS') ? usage : '')
  process.exitCode = exitCode(error)
})
