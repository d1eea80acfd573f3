import { PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import { receivedBytes } from './received-bytes.ts'

/** `constants.NODE_PERFORMANCE_GC_MINOR` */
const minor = 1

describe('received bytes', () => {
  it('let young garbage be collected each four megabytes, and not before', async () => {
    const seen: PerformanceEntry[] = []
    const observer = new PerformanceObserver((list) => seen.push(...list.getEntries()))
    observer.observe({ entryTypes: ['gc'] })
    const forced = (): number =>
      seen.filter((entry) => (entry as PerformanceEntry & { readonly detail: { readonly kind: number } }).detail.kind === minor).length
    // Whatever an earlier test counted.
    receivedBytes(4 * 1024 * 1024)
    await expect.poll(forced).toBeGreaterThan(0)
    const before = forced()
    for (let piece = 0; piece < 10 * 256; piece += 1) receivedBytes(16 * 1024)
    await expect.poll(forced).toBeGreaterThanOrEqual(before + 10)
    observer.disconnect()
  })

  it('leave no collector where programs could call it', () => {
    expect((globalThis as { gc?: unknown }).gc).toBeUndefined()
  })
})
