import type { Bench } from '../benchmark.ts'
import { interleave } from '../measure/interleave.ts'
import { withCpu } from '../measure/process-usage.ts'
import type { Row } from '../measure/row.ts'
import type { Target } from '../processes/request-load.ts'

const quickBytes = 16 * 1024 * 1024
const fullBytes = 256 * 1024 * 1024
const megabyte = 1_000_000

/** Megabytes a second down and up, and the CPU time of both ends for a gigabyte, against the raw relay. */
export async function transferRows(
  bench: Bench,
  ours: { readonly benchmark: string; readonly name: string; readonly target: Target },
): Promise<Row[]> {
  const installation = await bench.installation()
  const { tlsRelay } = await bench.peers()
  const bytes = bench.quick ? quickBytes : fullBytes
  const rows: Row[] = []
  for (const direction of ['down', 'up'] as const) {
    const contestant = (name: string, target: Target, pids: readonly number[]) => ({
      name,
      async measure() {
        const { result, cpu } = await withCpu(pids, () => installation.transfer({ target, direction, bytes }))
        const used = cpu.reduce((sum, seconds) => sum + seconds, 0)
        return { rate: bytes / megabyte / result.seconds, cpu: (used / bytes) * 1_000_000_000 }
      },
    })
    const figures = await interleave(
      [
        contestant(ours.name, ours.target, [installation.gatewayPid, installation.agentPid]),
        contestant(tlsRelay.name, tlsRelay.target, tlsRelay.pids),
      ],
      bench.rounds,
    )
    const [mine, theirs] = [figures.get(ours.name), figures.get(tlsRelay.name)]
    const row = (what: string, figure: 'rate' | 'cpu', better: Row['better']): Row => ({
      benchmark: ours.benchmark,
      what,
      ours: mine?.[figure] ?? Number.NaN,
      peer: { name: tlsRelay.name, value: theirs?.[figure] ?? Number.NaN },
      better,
    })
    rows.push(row(`${direction}, MB/s`, 'rate', 'higher'), row(`${direction}, CPU s of both ends a GB`, 'cpu', 'lower'))
  }
  return rows
}
