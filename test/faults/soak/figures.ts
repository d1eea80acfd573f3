/** What a soak has counted. */
export class Counted {
  readonly latenciesMs: number[] = []
  readonly directMs: number[] = []
  readonly failures: string[] = []
  messages = 0
  tcpBytes = 0
  sessions = 0
  restarts = 0
  reconnects = 0

  failed(what: string, error: unknown): void {
    this.failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = Float64Array.from(values).toSorted()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

export interface Sample {
  readonly atMs: number
  readonly bytes: number
}

/** The lowest of each whole window: what is held, where garbage is thrown away once in it. */
export function lowest(samples: readonly Sample[], windowMs: number): readonly Sample[] {
  const windows = Map.groupBy(samples, ({ atMs }) => Math.floor(atMs / windowMs))
  const last = Math.floor((samples.at(-1)?.atMs ?? 0) / windowMs)
  return [...windows].flatMap(([window, within]) =>
    window === last ? [] : [within.reduce((low, one) => (one.bytes < low.bytes ? one : low))],
  )
}

/** Least squares over the second half: what a warm process grows by, MB an hour. */
export function megabytesPerHour(samples: readonly Sample[]): number {
  const half = samples.slice(Math.floor(samples.length / 2))
  const mean = (of: (sample: Sample) => number): number => half.reduce((sum, sample) => sum + of(sample), 0) / half.length
  const atMs = mean((sample) => sample.atMs)
  const bytes = mean((sample) => sample.bytes)
  const covariance = half.reduce((sum, sample) => sum + (sample.atMs - atMs) * (sample.bytes - bytes), 0)
  const variance = half.reduce((sum, sample) => sum + (sample.atMs - atMs) ** 2, 0)
  return ((covariance / variance) * 3_600_000) / 1e6
}
