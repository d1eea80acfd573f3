import type { Installation } from '../installation.ts'
import type { Contestant } from '../measure/interleave.ts'
import { withCpu } from '../measure/process-usage.ts'
import type { Target } from '../processes/request-load.ts'
import type { Bench } from '../workload.ts'

export interface LoadedSide {
  readonly name: string
  readonly target: Target
  /** Processes by what they are called in the metrics. */
  readonly pids: Readonly<Record<string, readonly number[]>>
}

/** 1 KB answers, 32 connections at once: requests a second, latencies in ms, CPU in microseconds a request for each group of processes. */
export const requesting =
  (bench: Bench, installation: Installation, options: { readonly fresh?: boolean } = {}) =>
  ({ name, target, pids }: LoadedSide): Contestant => ({
    name,
    async measure() {
      const groups = Object.entries(pids)
      const load = { target, path: '/small', connections: 32, measureMs: bench.quick ? 400 : 3_000, ...options }
      const { result, cpu } = await withCpu(
        groups.flatMap(([, members]) => members),
        () => installation.requests(load),
      )
      const used = cpu.values()
      const each = groups.map(([group, members]) => [
        group,
        (members.reduce((sum) => sum + (used.next().value ?? 0), 0) / result.requests) * 1e6,
      ])
      return { rate: result.requests / result.seconds, p50: result.p50Ms, p99: result.p99Ms, ...Object.fromEntries(each) }
    },
  })
