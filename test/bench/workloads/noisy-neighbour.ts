import type { Row } from '../measure/row.ts'
import { median } from '../measure/median.ts'
import type { Workload } from '../workload.ts'
import { requesting } from './loads.ts'

const idle = 'the same, alone'

export const noisyNeighbour: Workload = {
  name: 'noisy-neighbour',
  about: 'Small requests of one session while another stream of the same machine moves as much as it can, beside the same requests alone.',
  async run(bench) {
    const installation = await bench.installation()
    const { gatewayPid, session, bytes } = installation
    const requests = requesting(bench, installation)({ name: 'session', target: session, pids: { gateway: [gatewayPid] } })
    const runs: { readonly alone: Readonly<Record<string, number>>; readonly beside: Readonly<Record<string, number>> }[] = []
    for (let round = 0; round <= bench.rounds; round += 1) {
      const alone = await requests.measure()
      const neighbour = new AbortController()
      const noise = (async () => {
        while (!neighbour.signal.aborted)
          await installation.transferBeside({ target: bytes, direction: 'down', bytes: bench.quick ? 8_000_000 : 64_000_000 })
      })()
      const beside = await requests.measure()
      neighbour.abort()
      await noise
      if (round > 0) runs.push({ alone, beside })
    }
    const row = (figure: 'p50' | 'p99', most: number): Row => ({
      workload: this.name,
      metric: `${figure} beside bulk`,
      unit: 'ms',
      ours: median(runs.map(({ beside }) => beside[figure] ?? Number.NaN)),
      peer: idle,
      theirs: median(runs.map(({ alone }) => alone[figure] ?? Number.NaN)),
      ratio: median(runs.map(({ alone, beside }) => (beside[figure] ?? Number.NaN) / (alone[figure] ?? Number.NaN))),
      runs: bench.rounds,
      better: 'lower',
      goal: { of: 'ratio', at: 'most', value: most },
    })
    return [row('p50', 2), row('p99', 6)]
  },
}
