import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { compilerEnvironment, mostCompilerMemoryBytes } from './confined-opa.ts'
import type { ConfinedOpa } from './confined-opa.ts'
import { takeTurns } from './take-turns.ts'

export interface ConfineOpaOptions {
  /** Path of the compiler. */
  readonly opa: string
  /** Of this process: its PATH says where `unshare` and `prlimit` are. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** What it computes, all its threads together, in seconds; the limit in wall-clock time is longer, for machines that have much to do. */
const mostCpuSeconds = 20
const mostAtOnce = 2
const mostWaiting = 32
const mostOpenFiles = 256
/** A bundle and its parts; nothing else is written. */
const mostFileBytes = 128 * 1024 * 1024
const probeWithinMs = 5_000

/**
 * The compiler for policies that people write: at most two at once, with limits of the kernel and in a network namespace of its own (which has
 * no network) where this machine has `prlimit` and `unshare` (util-linux) and lets us use them. Each was tried before it is relied on.
 */
export async function confineOpa({ opa, environment }: ConfineOpaOptions): Promise<ConfinedOpa> {
  const launcher: string[] = []
  for (const [name, args] of steps) {
    const program = findProgram(name, environment['PATH'] ?? '')
    if (program !== null && (await works([...launcher, program, ...args, '--', opa, 'version']))) launcher.push(program, ...args, '--')
  }
  const turns = takeTurns({ atOnce: mostAtOnce, mostWaiting })
  return { path: opa, launcher, environment: compilerEnvironment, mostMemoryBytes: mostCompilerMemoryBytes, turns }
}

/** `--data` bounds what the process can write to, also between two looks at its memory. */
const steps: readonly (readonly [string, readonly string[]])[] = [
  ['unshare', ['--map-root-user', '--net']],
  [
    'prlimit',
    [
      `--data=${mostCompilerMemoryBytes * 2}`,
      `--cpu=${mostCpuSeconds}`,
      `--nofile=${mostOpenFiles}`,
      `--fsize=${mostFileBytes}`,
      '--core=0',
    ],
  ],
]

/** A program on the PATH, by folders that are whole addresses alone. */
export function findProgram(name: string, path: string): string | null {
  const found = path
    .split(delimiter)
    .filter((dir) => dir.startsWith('/'))
    .map((dir) => join(dir, name))
    .find(canRun)
  return found ?? null
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const works = ([program = '', ...args]: readonly string[]): Promise<boolean> =>
  new Promise((resolve) => {
    execFile(program, args, { env: {}, timeout: probeWithinMs, killSignal: 'SIGKILL' }, (error) => resolve(error === null))
  })
