import { execFile } from 'node:child_process'

export interface OpaRun {
  readonly opa: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly timeLimitMs: number
  /** Given to the program on its standard input. */
  readonly input?: string
}

export interface OpaOutcome {
  /** Null: it was killed, because it took too long or wrote too much. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  readonly timedOut: boolean
}

const mostOutputBytes = 32 * 1024 * 1024

/** Runs the compiler with a time limit and without the surrounding environment: a policy must not see it (`opa.runtime`). Never rejects. */
export function runOpa(run: OpaRun): Promise<OpaOutcome> {
  return new Promise((resolve) => {
    const options = { cwd: run.cwd, timeout: run.timeLimitMs, killSignal: 'SIGKILL', maxBuffer: mostOutputBytes, env: {} } as const
    const child = execFile(run.opa, [...run.args], options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : null
      const timedOut = error?.killed === true
      resolve({ exitCode, stdout, stderr: stderr === '' && exitCode === null ? (error?.message ?? '') : stderr, timedOut })
    })
    // A program that ends early closes the pipe (EPIPE); its exit code says enough.
    child.stdin?.on('error', () => {})
    child.stdin?.end(run.input ?? '')
  })
}
