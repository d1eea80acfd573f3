import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AgentProgram } from '../attack/agent-process.ts'
import type { Attack } from '../attack/attack.ts'
import { everyAttack } from '../attack/every-attack.ts'
import { runAttacks } from '../attack/run-attacks.ts'
import { startField } from '../attack/start-field.ts'
import { attackReport, reportText } from '../attack/write-report.ts'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { Clock } from '../basics/clock.ts'
import type { Random } from '../basics/random.ts'
import type { AgentSettings } from '../settings/agent-settings.ts'
import { agentVersion } from '../version.ts'

export interface AttackCommandOptions {
  readonly settings: AgentSettings
  /** How the attacked agent is started. */
  readonly program: AgentProgram
  readonly clock: Clock
  readonly random: Random
  /** Writes the report there; null: to `say`. */
  readonly report: string | null
  /** The report as JSON in the place of Markdown. */
  readonly json: boolean
  /** One line of the report. */
  readonly say: (line: string) => void
  /** One line about how it goes. */
  readonly tell: (line: string) => void
  /** Default: all of them. */
  readonly attacks?: readonly Attack[]
}

/**
 * Attacks a copy of the customer's agent. Whether every attack was held off.
 *
 * @throws AgentError `agent_failed`, `no_tunnel`, `report_unwritable`
 */
export async function attackCommand(options: AttackCommandOptions): Promise<boolean> {
  const { settings, program, clock, random, tell, attacks = everyAttack } = options
  // Before minutes of work, not after them.
  if (options.report !== null) await write(options.report, '')
  const notes = await notesOn(settings)
  for (const note of notes) tell(note)
  const began = timeOf(clock)
  await using field = await startField({ settings, program, clock, random })
  const results = await runAttacks(field, attacks, ({ attack, passed, problem, observations }) => {
    const why = problem ?? observations.find(({ held }) => !held)?.what
    tell(passed ? `passed  ${attack.id}` : `FAILED  ${attack.id}: ${why ?? 'nothing was looked at'}`)
  })
  const report = attackReport({
    version: agentVersion,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    began,
    ended: timeOf(clock),
    device: settings.device,
    services: [...settings.services.values()].map(({ name, kind }) => ({ name, kind })),
    notes,
    results,
  })
  const text = options.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report)
  if (options.report === null) options.say(text)
  else await write(options.report, text)
  tell(report.passed ? `All ${results.length} attacks were held off.` : 'Not every attack was held off.')
  return report.passed
}

const timeOf = (clock: Clock): string => new Date(clock.nowMs()).toISOString()

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (error) {
    throw new AgentError({
      code: 'report_unwritable',
      message: `The report cannot be written to ${file} (${errorCode(error)}).`,
      cause: error,
    })
  }
}

/** What is left alone, and what is therefore not shown. */
async function notesOn(settings: AgentSettings): Promise<string[]> {
  const pid = await runningAgent(settings)
  return [
    pid === null
      ? 'No agent runs with this configuration. Its state directory is not opened.'
      : `An agent runs with this configuration (process ${pid}). It is not touched: neither the process nor its state directory, panel or tunnel.`,
    'No service of this configuration is dialled: a witness on this machine stands in the place of each.',
    'Not taken over: gateway, proxy, enrolment, operators, switches, modes, and what follows from the loss of the panel. The attacked agent begins with an empty state, and switched on.',
  ]
}

async function runningAgent({ stateDir }: AgentSettings): Promise<number | null> {
  const text = await readFile(join(stateDir, 'agent.pid'), 'utf8').catch(() => '')
  const pid = Number(text)
  if (!Number.isSafeInteger(pid) || pid <= 1) return null
  try {
    process.kill(pid, 0)
    return pid
  } catch (error) {
    // It is there, and belongs to somebody else.
    return errorCode(error) === 'EPERM' ? pid : null
  }
}
