import type { Contestant } from '../measure/interleave.ts'
import { withCpu } from '../measure/process-usage.ts'
import type { Metric } from '../measure/beside-peers.ts'
import type { Installation } from '../installation.ts'
import type { Target } from '../processes/request-load.ts'
import type { Bench } from '../workload.ts'

export type Direction = 'down' | 'up'
const quickBytes = 16 * 1024 * 1024
const fullBytes = 1024 * 1024 * 1024

export interface Measured {
  readonly name: string
  readonly target: Target
  readonly pids: readonly number[]
}

/** One large file each time: megabytes a second, and the CPU seconds of all processes of a side for a gigabyte. */
export const transferring =
  (bench: Bench, installation: Installation, direction: Direction, largeBytes = fullBytes) =>
  ({ name, target, pids }: Measured): Contestant => ({
    name,
    async measure() {
      const bytes = bench.quick ? quickBytes : largeBytes
      const { result, cpu } = await withCpu(pids, () => installation.transfer({ target, direction, bytes }))
      const used = cpu.reduce((sum, seconds) => sum + seconds, 0)
      return { rate: bytes / 1_000_000 / result.seconds, cpu: (used / bytes) * 1_000_000_000 }
    },
  })

export const transferMetrics = (direction: Direction, goal?: Metric['goal']): readonly Metric[] => [
  { figure: 'rate', metric: direction, unit: 'MB/s', better: 'higher', ...(goal === undefined ? {} : { goal }) },
  { figure: 'cpu', metric: `${direction}, CPU of all processes`, unit: 's/GB', better: 'lower' },
]
