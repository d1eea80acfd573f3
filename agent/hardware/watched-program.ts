import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { errorCode } from '../basics/agent-error.ts'
import type { Clock, Timer } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import { createBackoff } from '../link/backoff.ts'
import type { CommandLine } from './hardware-settings.ts'

/** A program that is to run as long as the agent does. */
export interface WatchedProgram {
  /** On its standard input; lost while it is not there. */
  write(text: string): void
  /** Ends it as {@link close} does, and starts it at once with the command that it has then. One that is awaited comes when it comes. */
  renew(): void
  /** It is told by the end of its input or by SIGTERM, and killed when it does not go. */
  close(): void
}

export interface WatchedProgramOptions {
  /** Asked at each start. */
  readonly command: () => CommandLine
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** It may hear the end of its input before anything worse. */
  readonly reads: boolean
  readonly onBytes: (bytes: Buffer) => void
  /** A process was started; whether it stays is not known yet. */
  readonly onStart: () => void
  /** It has stayed for {@link stayedMs} (null), or it is gone: why, as a short code. */
  readonly onState: (gone: string | null) => void
}

/** One that ends sooner was never there. */
const stayedMs = 1_000
const firstWaitMs = 500
const longestWaitMs = 30_000
const lastWordMs = 500
const mostComplaintsLogged = 5

/** Starts it, and again with growing pauses whenever it ends. */
export function watchProgram(options: WatchedProgramOptions): WatchedProgram {
  const { clock, logger } = options
  const backoff = createBackoff({ baseMs: firstWaitMs, capMs: longestWaitMs, random: options.random })
  let child: ChildProcess | null = null
  let timer: Timer | undefined
  let closed = false
  let renewing = false

  const start = (): void => {
    const command = options.command()
    const run = spawn(command.program, [...command.args], { stdio: 'pipe', windowsHide: true })
    let over = false
    const gone = (reason: string): void => {
      if (over) return
      over = true
      timer?.cancel()
      child = null
      if (closed) return
      if (renewing) {
        renewing = false
        return start()
      }
      logger.warn({ program: command.program, reason }, 'a program of the hardware is gone; it is started again')
      options.onState(reason)
      timer = clock.after(firstWaitMs + backoff.nextMs(), start)
    }
    child = run
    run.on('error', (error) => gone(errorCode(error)))
    run.on('close', (code, signal) => gone(signal ?? `exit_${code}`))
    run.stdin.on('error', () => {})
    run.stdout.on('data', (bytes: Buffer) => (over || closed ? undefined : options.onBytes(bytes)))
    let complaints = 0
    run.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += 1
      if (complaints <= mostComplaintsLogged) logger.warn({ program: command.program, said: text.slice(0, 500) }, 'a program complains')
    })
    options.onStart()
    timer = clock.after(stayedMs, () => {
      backoff.reset()
      options.onState(null)
    })
  }
  const end = (run: ChildProcess): void => {
    run.stdin?.end()
    if (!options.reads) run.kill('SIGTERM')
    clock.after(lastWordMs, () => run.kill('SIGKILL'))
  }
  start()
  return {
    write: (text) => void child?.stdin?.write(text),
    renew: () => {
      if (child === null || renewing) return
      renewing = true
      end(child)
    },
    close: () => {
      closed = true
      timer?.cancel()
      if (child !== null) end(child)
    },
  }
}
