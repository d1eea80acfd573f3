import type { Turns } from './take-turns.ts'

/** The compiler, and what stands around each run of it. */
export interface ConfinedOpa {
  readonly path: string
  /** Programs that set limits and then become the compiler: `prlimit`, `unshare`. Empty where there are none. */
  readonly launcher: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** Past it the process is ended. */
  readonly mostMemoryBytes: number
  /** How many run at once; null: as many as are asked for, in commands and scripts. */
  readonly turns: Turns | null
}

/** Its path alone will do where nobody else's policy runs: commands and scripts. */
export type Opa = string | ConfinedOpa

export const mostCompilerMemoryBytes = 384 * 1024 * 1024

/** Go collects harder the nearer it comes to its own soft limit, and computes with two threads at most. */
export const compilerEnvironment: Readonly<Record<string, string>> = {
  GOMEMLIMIT: `${Math.round(mostCompilerMemoryBytes * 0.75)}`,
  GOMAXPROCS: '2',
}

export const plainOpa = (opa: Opa): ConfinedOpa =>
  typeof opa === 'string'
    ? { path: opa, launcher: [], environment: compilerEnvironment, mostMemoryBytes: mostCompilerMemoryBytes, turns: null }
    : opa
