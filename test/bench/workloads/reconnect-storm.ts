import type { Row } from '../measure/row.ts'
import { median } from '../measure/median.ts'
import { startChild } from '../processes/ask-child.ts'
import type { RequestFigures } from '../processes/request-load.ts'
import type { StormFigures } from '../processes/storm.ts'
import type { Workload } from '../workload.ts'

const idle = 'the same, without a storm'
const load = { path: '/small', connections: 8, thinkMs: 20 }

export const reconnectStorm: Workload = {
  name: 'reconnect-storm',
  about:
    'Requests of one session, 8 connections that each ask 20 ms after their last answer, while 300 other machines lose their tunnels and dial again at once, over and over. The gateway paces them with its own settings. The process of the machines gives way to the others (nice 10): machines elsewhere take no time from a gateway.',
  async run(bench) {
    const installation = await bench.installation()
    const machines = bench.quick ? 60 : 300
    const measureMs = bench.quick ? 1_000 : 5_000
    await using herd = startChild(new URL('../processes/device-herd-entry.ts', import.meta.url))
    const opened = await installation.enrolMachines(machines)
    const storming = (forMs: number): Promise<StormFigures> =>
      herd.ask<StormFigures>('storm', { ...opened, kind: 'tunnel', machines, measureMs: forMs })
    const requests = (): Promise<RequestFigures> => installation.requests({ target: installation.session, ...load, measureMs })
    await storming(0)
    const runs: { readonly alone: RequestFigures; readonly beside: RequestFigures; readonly storm: StormFigures }[] = []
    for (let round = 0; round <= bench.rounds; round += 1) {
      const alone = await requests()
      const [beside, storm] = await Promise.all([requests(), storming(measureMs)])
      if (round > 0) runs.push({ alone, beside, storm })
    }
    const row = (metric: string, figure: 'p50Ms' | 'p99Ms', most?: number): Row => ({
      workload: this.name,
      metric: `${metric} in a storm`,
      unit: 'ms',
      ours: median(runs.map(({ beside }) => beside[figure])),
      peer: idle,
      theirs: median(runs.map(({ alone }) => alone[figure])),
      ratio: median(runs.map(({ alone, beside }) => beside[figure] / alone[figure])),
      runs: bench.rounds,
      better: 'lower',
      ...(most === undefined ? {} : { goal: { of: 'ratio', at: 'most', value: most } }),
    })
    const rate = median(runs.map(({ storm }) => storm.joined / storm.seconds))
    const back = { metric: `of ${machines} machines, those that come back`, unit: '1/s', ours: rate, peer: null, theirs: null, ratio: null }
    return [row('p50', 'p50Ms'), row('p99', 'p99Ms', 2), { workload: this.name, ...back, runs: bench.rounds, better: 'higher' }]
  },
}
