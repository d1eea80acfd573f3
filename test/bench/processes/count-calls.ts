export interface CallFigures {
  readonly calls: number
  readonly seconds: number
  readonly p50Us: number
}

/** So many callers, each of which calls again as soon as it has its answer. The first failure ends it. */
export async function countCalls(callers: number, measureMs: number, call: (caller: number) => Promise<void>): Promise<CallFigures> {
  const latencies: number[] = []
  const startedAt = performance.now()
  const caller = async (index: number): Promise<void> => {
    for (let at = performance.now(); at - startedAt < measureMs;) {
      await call(index)
      const now = performance.now()
      latencies.push(now - at)
      at = now
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, index) => caller(index)))
  const seconds = (performance.now() - startedAt) / 1000
  const sorted = Float64Array.from(latencies).toSorted()
  return { calls: latencies.length, seconds, p50Us: (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN) * 1000 }
}
