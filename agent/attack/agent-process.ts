import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { AgentError } from '../basics/agent-error.ts'
import type { Clock } from '../basics/clock.ts'
import { until } from './wait.ts'

/** How the agent's program is started: what follows are its own arguments. */
export interface AgentProgram {
  readonly file: string
  readonly args: readonly string[]
}

/** A real agent in a process of its own, as on a machine. */
export interface AgentProcess {
  readonly pid: number
  readonly pairingUrl: string
  readonly isAlive: boolean
  /** MiB in memory, or null where this system does not say. */
  weighMiB(): Promise<number | null>
  stop(): Promise<void>
}

const startMs = 30_000
const stopMs = 5_000
const keptSaid = 4_000

/** @throws AgentError `agent_failed` with what it said, where it does not start */
export async function startAgentProcess(program: AgentProgram, config: string, clock: Clock): Promise<AgentProcess> {
  const child = spawn(program.file, [...program.args, '--config', config, '--die-with-parent'], { stdio: ['pipe', 'pipe', 'pipe'] })
  let exited = false
  let said = ''
  let out = ''
  let pairingUrl: string | null = null
  child.on('error', (error) => {
    said += error.message
    exited = true
  })
  child.once('exit', () => void (exited = true))
  child.stdin.on('error', () => {})
  child.stderr.on('data', (chunk: Buffer) => void (said = (said + chunk.toString()).slice(-keptSaid)))
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (out + chunk.toString()).split('\n')
    out = lines.pop() ?? ''
    for (const line of lines) pairingUrl = pairingUrlIn(line) ?? pairingUrl
  })
  await until(clock, () => exited || pairingUrl !== null, startMs)
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    if (!(await until(clock, () => exited, stopMs))) child.kill('SIGKILL')
    await until(clock, () => exited, stopMs)
  }
  if (pairingUrl === null) {
    await stop()
    throw new AgentError({ code: 'agent_failed', message: `The agent did not start: ${said.trim().slice(-600)}` })
  }
  const pid = child.pid ?? 0
  return {
    pid,
    pairingUrl,
    get isAlive() {
      return !exited
    },
    weighMiB: async () => {
      try {
        const kib = /^VmRSS:\s+(\d+) kB$/mu.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
        return kib === undefined ? null : Number(kib) / 1024
      } catch {
        return null
      }
    },
    stop,
  }
}

function pairingUrlIn(line: string): string | null {
  try {
    const said = JSON.parse(line) as { readonly ready?: unknown; readonly pairing_url?: unknown }
    return said.ready === true && typeof said.pairing_url === 'string' ? said.pairing_url : null
  } catch {
    return null
  }
}
