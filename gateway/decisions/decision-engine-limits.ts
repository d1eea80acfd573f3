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
}
