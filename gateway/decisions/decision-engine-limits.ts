export interface DecisionEngineLimits {
  /** Real milliseconds for one evaluation. */
  readonly deadlineMs: number
  readonly maxQueued: number
  readonly maxWaitMs: number
  readonly batchSize: number
  readonly cacheEntries: number
  /** How long any answer may be kept, in seconds. */
  readonly maxAgeS: number
  /** Wasm memory of a worker, in pages of 64 KiB. */
  readonly maxMemoryPages: number
  readonly maxHeapMb: number
  readonly startTimeLimitMs: number
  /** Rows for the log of what is decided anew that may wait until evaluations are done; those under evaluation come on top. */
  readonly lateRows: number
  /** The same in characters of their inputs. */
  readonly lateCharacters: number
  /** How long the oldest of them may wait, in milliseconds. */
  readonly lateMs: number
  /** So many of them are written together: who has something else to write comes between. */
  readonly lateUnitRows: number
}

export const defaultLimits: DecisionEngineLimits = {
  deadlineMs: 50,
  maxQueued: 20_000,
  maxWaitMs: 5_000,
  batchSize: 100,
  cacheEntries: 20_000,
  maxAgeS: 60,
  maxMemoryPages: 512,
  maxHeapMb: 128,
  startTimeLimitMs: 10_000,
  lateRows: 12_288,
  lateCharacters: 33_554_432,
  lateMs: 2_000,
  lateUnitRows: 256,
}
