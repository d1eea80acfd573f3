import type { WasmModule } from './wasm-module.ts'

/** What the worker starts with. */
export interface DecisionWorkerData {
  readonly module: WasmModule
  readonly data: Readonly<Record<string, unknown>>
  readonly maxMemoryPages: number
  /** UTF-8 JSON of an input that the policy must be able to answer before the worker counts as ready. */
  readonly firstInput: ArrayBuffer
  /** {@link marks}: the worker's own record of what it does right now, readable while it does not answer. */
  readonly marks: SharedArrayBuffer
}

/** Index into a `BigInt64Array` over `marks`. */
export const marks = {
  /** `process.hrtime` in ns when the current item was begun; 0 between batches. That clock is the same in every thread. */
  startedAtNs: 0,
  /** Index of the current item in its batch. */
  item: 1,
  bytes: 16,
} as const

/** Texts pass between threads faster than trees of objects do, and faster than a buffer for each. */
export interface BatchMessage {
  /** JSON each. */
  readonly inputs: readonly string[]
}

export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }
  /** JSON of the list of an `Evaluation` for each input. */
  | { readonly type: 'done'; readonly evaluations: string }
