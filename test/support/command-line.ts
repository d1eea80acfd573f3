import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'

/** A command of `sallyport` that runs, as a technician runs it. */
export interface RunningCommand {
  readonly process: ChildProcess
  /** Lines on stdout and stderr so far. */
  readonly out: readonly string[]
  readonly said: readonly string[]
  /** Exit code. */
  readonly ended: Promise<number | null>
  lineOut(wanted: RegExp): Promise<string>
  lineSaid(wanted: RegExp): Promise<string>
}

const main = fileURLToPath(new URL('../../gateway/main.ts', import.meta.url))

/** The command line of one person: `home` keeps who is signed in. */
export const commandLine =
  (home: string) =>
  (...args: string[]): RunningCommand => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, SALLYPORT_CREDENTIALS: join(home, 'credentials.json') },
    })
    const out: string[] = []
    const said: string[] = []
    createInterface({ input: child.stdout }).on('line', (line) => out.push(line))
    createInterface({ input: child.stderr }).on('line', (line) => said.push(line))
    const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
    return { process: child, out, said, ended, lineOut: (wanted) => lineOf(out, wanted), lineSaid: (wanted) => lineOf(said, wanted) }
  }

const lineOf = (lines: readonly string[], wanted: RegExp): Promise<string> =>
  vi.waitFor(() => {
    const line = lines.find((candidate) => wanted.test(candidate))
    if (line === undefined) throw new Error(`no line like ${wanted.source} in: ${lines.join('\n')}`)
    return line
  })
