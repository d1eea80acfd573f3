import type { PolicyReasons } from './policy-reasons.ts'

/** An immutable policy revision, ready to be evaluated. */
export interface CompiledPolicy {
  /** `sha256:` + 64 hex over sources, data and tests. */
  readonly revision: string
  readonly wasm: Uint8Array
  /** The base documents (`data.json`). */
  readonly data: Readonly<Record<string, unknown>>
  /** What its denials are called, and who can remove them. */
  readonly reasons: PolicyReasons
  /** Of the compiler. */
  readonly opaVersion: string
}
