import type { WasmModule } from '../../decisions/wasm-module.ts'
import type { TaskName } from './simulation-tasks.ts'

/** What a thread starts with. */
export interface SimulationThreadData {
  readonly maxMemoryPages: number
  /** {@link marks}: the thread's own record of what it does right now, readable while it does not answer. */
  readonly marks: SharedArrayBuffer
}

/** Index into a `BigInt64Array` over `marks`. */
export const marks = {
  /** `process.hrtime` in ns when the evaluation was begun; 0 between evaluations. */
  startedAtNs: 0,
  /** Which evaluation of the task it is, from 1. The same task asked again has the same evaluations in the same order. */
  evaluation: 1,
  bytes: 16,
} as const

export interface PolicyMessage {
  readonly type: 'policy'
  readonly revision: string
  readonly module: WasmModule
  readonly data: Readonly<Record<string, unknown>>
}

export interface TaskMessage {
  readonly type: 'task'
  readonly name: TaskName
  readonly target: string
  readonly active: string
  readonly question: unknown
  /** Evaluations that ran too long before: they are not begun again and count as an error of the policy. */
  readonly skip: readonly number[]
}

export interface ForgetMessage {
  readonly type: 'forget'
  readonly revision: string
}

export type ThreadMessage = { readonly type: 'answer'; readonly answer: unknown } | { readonly type: 'failed'; readonly message: string }
