import type { Opa } from '../compiler/confined-opa.ts'

/** What every step of an analysis is given. */
export interface PolicyCompiler {
  readonly opa: Opa
  /** Path of the linter `regal`, where this machine has it. */
  readonly regal?: string | null
  /** Where `schemas/` and `capabilities.json` are: the shipped `policies/`. A policy of the security team cannot loosen it. */
  readonly contractDir: string
  /** Of each run of the compiler, in wall-clock time. */
  readonly timeLimitMs: number
}
