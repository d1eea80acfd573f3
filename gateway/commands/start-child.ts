import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { CodedError } from '../basics/coded-error.ts'

export interface StartedChild<Ready> {
  readonly process: ChildProcess
  readonly pid: number
  /** What the child printed when it was ready. */
  readonly ready: Ready
  /** Resolves with a sentence when it ended, however that was. */
  readonly ended: Promise<string>
  /** Asks it to end, then makes it. */
  stop(): Promise<void>
}

const readyWithinMs = 30_000
const killAfterMs = 3_000

/**
 * Starts one of our own programs and waits for its line of JSON with `"ready": true`. It ends with us, whatever ends us: its stdin is a pipe
 * from this process.
 */
export async function startChild<Ready>(options: {
  readonly name: string
  readonly program: URL
  readonly args: readonly string[]
  readonly environment?: NodeJS.ProcessEnv
  /** What the child writes to stderr. */
  readonly onLog: (line: string) => void
  /** Every JSON object that it prints on stdout, the one that says it is ready too. */
  readonly onLine?: (said: object) => void
}): Promise<StartedChild<Ready>> {
  const args = ['--disable-warning=ExperimentalWarning', options.program.pathname, ...options.args, '--die-with-parent']
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...options.environment } })
  child.stdin.on('error', () => {})
  createInterface({ input: child.stderr }).on('line', options.onLog)
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`${options.name} could not be started: ${error.message}`))
    child.once('exit', (code, signal) => resolve(`${options.name} ended (${signal ?? `exit code ${code}`})`))
  })
  const ready = await Promise.race([readyLine<Ready>(child, options.onLine), ended.then(failed), timeOut(options.name)]).catch(
    (error: unknown) => {
      child.kill('SIGKILL')
      throw error
    },
  )
  return {
    process: child,
    pid: child.pid ?? 0,
    ready,
    ended,
    stop: async () => {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs)
      await ended
      clearTimeout(timer)
    },
  }
}

function readyLine<Ready>(child: ChildProcess, onLine: (said: object) => void = () => {}): Promise<Ready> {
  return new Promise((resolve) => {
    if (child.stdout === null) return
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = parseLine(line)
      if (said === null) return
      onLine(said)
      if ('ready' in said && said.ready === true) resolve(said as Ready)
    })
  })
}

function parseLine(line: string): object | null {
  try {
    const said: unknown = JSON.parse(line)
    return typeof said === 'object' ? said : null
  } catch {
    return null
  }
}

function failed(why: string): never {
  throw new CodedError({ code: 'child_failed', message: `${why} before it was ready. Its log says why.`, remedy: 'retry' })
}

function timeOut(name: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => {
      reject(new CodedError({ code: 'child_failed', message: `${name} was not ready within ${readyWithinMs / 1000} s.`, remedy: 'retry' }))
    }, readyWithinMs).unref()
  })
}
