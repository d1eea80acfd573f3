import { execFile, spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { promisify } from 'node:util'
import { systemClock } from '../basics/clock.ts'
import { createLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { agentVersion } from '../version.ts'
import { handOver } from './hand-over.ts'
import { pinnedTrust } from './pinned-keys.ts'
import type { TriedEnd, TriedProgram } from './run-trial.ts'
import { stateDirOf } from './state-dir-of.ts'

export interface LauncherOptions {
  /** `agent.json`, as it was named. */
  readonly config: string
  /** What `run` was given beside it. */
  readonly flags: readonly string[]
  /** How this program was started. */
  readonly program: readonly string[]
}

const startsWithinMs = 15_000

/**
 * Runs the version of the agent that was installed last in the place of this one. Returns when this one is it.
 */
export async function launch({ config, flags, program }: LauncherOptions): Promise<void> {
  const trust = pinnedTrust()
  const stateDir = await stateDirOf(config)
  if (trust === null || stateDir === null) return
  const args = ['run', '--config', config, ...flags, ...program.map((word) => `--launcher=${word}`)]
  const signals = listen()
  try {
    const next = await handOver({
      stateDir,
      trust,
      version: agentVersion,
      clock: systemClock,
      random: systemRandom,
      logger: createLogger({
        level: 'info',
        write: (line) => void process.stderr.write(line),
        nowMs: () => systemClock.nowMs(),
        bound: { part: 'launcher' },
      }),
      stopped: signals.stopped,
      start: (file) => startTrial(file, [...args, '--trial']),
      saysVersion,
    })
    if (next.kind === 'exit') process.exit(next.end.code ?? 1)
    if (next.kind === 'become') become([next.file, ...args])
  } finally {
    signals.close()
  }
}

/** The same process goes on as another program: number, parent and open output stay, and systemd sees one service. Does not return. */
export function become([file = '', ...args]: readonly string[]): never {
  // Without it (Windows), whoever supervises us starts us anew.
  if (process.execve === undefined) process.exit(1)
  process.execve(file, [file, ...args], process.env)
  throw new Error('the process was not replaced')
}

function listen(): { readonly stopped: Promise<'SIGTERM' | 'SIGINT'>; close(): void } {
  let stop = (_signal: 'SIGTERM' | 'SIGINT'): void => {}
  const stopped = new Promise<'SIGTERM' | 'SIGINT'>((resolve) => (stop = resolve))
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  const close = (): void => {
    process.off('SIGTERM', stop)
    process.off('SIGINT', stop)
  }
  return { stopped, close }
}

/** With a socket at its file descriptor 3. */
export function startTrial(file: string, args: readonly string[]): TriedProgram {
  const child = spawn(file, args, { stdio: ['inherit', 'inherit', 'inherit', 'pipe'] })
  const ended = new Promise<TriedEnd>((resolve) => {
    child.once('error', () => resolve({ code: -1, signal: null }))
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  return { line: child.stdio[3] as Duplex, kill: (signal) => void child.kill(signal), ended }
}

async function saysVersion(file: string): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(file, ['--version'], { timeout: startsWithinMs, killSignal: 'SIGKILL', env: {} })
    return stdout.trim()
  } catch {
    return null
  }
}
