import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { plainOpa } from './compiler/confined-opa.ts'
import type { Opa } from './compiler/confined-opa.ts'
import { watchMemory } from './compiler/watch-memory.ts'

export interface OpaRun {
  /** A path: with the limits alone; else confined as well, and in its turn. */
  readonly opa: Opa
  readonly args: readonly string[]
  readonly cwd: string
  readonly timeLimitMs: number
  /** Given to the program on its standard input. */
  readonly input?: string
  /** Ends the program when nobody wants its answer any more. */
  readonly signal?: AbortSignal
  readonly mostOutputBytes?: number
}

export type OpaEnd = 'time' | 'memory' | 'output' | 'cancelled'

export interface OpaOutcome {
  /** Null: it was killed, or could not be started. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  readonly timedOut: boolean
  /** Which bound it met; null: none. */
  readonly stopped: OpaEnd | null
}

/** Of standard output; what it says to people is bounded far lower. */
const mostOutputBytes = 32 * 1024 * 1024
const mostErrorBytes = 1024 * 1024
const outOfMemory = /\bfatal error: .*out of memory|\bcannot allocate memory|\bruntime: out of memory/u

/**
 * Runs the compiler with limits on time, memory and output, and without the surrounding environment: a policy must not see it
 * (`opa.runtime`). What it does wrong is in the outcome.
 * @throws CodedError `compiler_busy` when too many wait for a confined one
 */
export async function runOpa(run: OpaRun): Promise<OpaOutcome> {
  const opa = plainOpa(run.opa)
  if (opa.turns === null) return begin(run)
  return opa.turns.take(() => begin(run), run.signal)
}

const never = (stopped: OpaEnd | null, stderr: string): OpaOutcome => ({ exitCode: null, stdout: '', stderr, timedOut: false, stopped })

function begin(run: OpaRun): Promise<OpaOutcome> {
  const opa = plainOpa(run.opa)
  if (run.signal?.aborted === true) return Promise.resolve(never('cancelled', ''))
  const [program, ...before] = [...opa.launcher, opa.path]
  const child = spawn(program, [...before, ...run.args], { cwd: run.cwd, env: { ...opa.environment }, stdio: 'pipe', windowsHide: true })
  return new Promise((resolve) => {
    let stopped: OpaEnd | null = null
    const stop = (why: OpaEnd): void => {
      stopped ??= why
      child.kill('SIGKILL')
    }
    const limits = [
      limitTime(run.timeLimitMs, () => stop('time')),
      limitMemory(child, opa.mostMemoryBytes, () => stop('memory')),
      onAbort(run.signal, () => stop('cancelled')),
    ]
    const output = collect(child.stdout, run.mostOutputBytes ?? mostOutputBytes, () => stop('output'))
    const errors = collect(child.stderr, mostErrorBytes, () => stop('output'))
    const finish = (outcome: OpaOutcome): void => {
      for (const off of limits) off()
      resolve(outcome)
    }
    child.on('error', (error) => finish(never(stopped, error.message)))
    child.on('close', (exitCode, signal) => {
      const stderr = errors()
      // By the kernel: what it may compute is used up, or the memory of the machine.
      if (stopped === null && exitCode !== 0 && outOfMemory.test(stderr)) stopped = 'memory'
      if (stopped === null && signal === 'SIGKILL') stopped = opa.launcher.length > 0 ? 'time' : 'memory'
      const answered = stopped === null ? exitCode : null
      finish({ exitCode: answered, stdout: output(), stderr, timedOut: stopped === 'time', stopped })
    })
    // A program that ends early closes the pipe (EPIPE); its exit code says enough.
    child.stdin.on('error', () => {})
    child.stdin.end(run.input ?? '')
  })
}

function limitTime(timeLimitMs: number, stop: () => void): () => void {
  const timer = setTimeout(stop, timeLimitMs)
  return () => clearTimeout(timer)
}

function limitMemory(child: ChildProcess, mostBytes: number, stop: () => void): () => void {
  return child.pid === undefined ? () => {} : watchMemory({ pid: child.pid, mostBytes, onTooMuch: stop })
}

function onAbort(signal: AbortSignal | undefined, stop: () => void): () => void {
  signal?.addEventListener('abort', stop, { once: true })
  return () => signal?.removeEventListener('abort', stop)
}

function collect(stream: Readable, mostBytes: number, tooMuch: () => void): () => string {
  const chunks: Buffer[] = []
  let bytes = 0
  stream.on('data', (chunk: Buffer) => {
    if (bytes > mostBytes) return
    bytes += chunk.length
    if (bytes > mostBytes) tooMuch()
    else chunks.push(chunk)
  })
  return () => Buffer.concat(chunks).toString('utf8')
}
