import type { Benchmark } from '../benchmark.ts'
import { interleave } from '../measure/interleave.ts'
import { withCpu } from '../measure/process-usage.ts'
import type { Row } from '../measure/row.ts'
import type { Target } from '../processes/request-load.ts'

/** What it costs that the agent terminates HTTP and speaks it anew: the same requests through the same tunnel to a `tcp` service that leads to the same machine. */
export const terminatedOrBytes: Benchmark = {
  name: 'terminated-or-bytes',
  async run(bench) {
    const { gatewayPid, agentPid, bytes, terminated, requests } = await bench.installation()
    const measureMs = bench.quick ? 400 : 3_000
    const contestant = (name: string, target: Target) => ({
      name,
      async measure() {
        const { result, cpu } = await withCpu([gatewayPid, agentPid], () =>
          requests({ target, path: '/small', connections: 32, measureMs }),
        )
        const [gateway = 0, agent = 0] = cpu
        return {
          rate: result.requests / result.seconds,
          gateway: (gateway / result.requests) * 1e6,
          agent: (agent / result.requests) * 1e6,
        }
      },
    })
    const figures = await interleave([contestant('http stream', terminated), contestant('tcp stream', bytes)], bench.rounds)
    const row = (what: string, figure: string, better: Row['better']): Row => ({
      benchmark: this.name,
      what,
      ours: figures.get('http stream')?.[figure] ?? Number.NaN,
      peer: { name: 'our tcp stream', value: figures.get('tcp stream')?.[figure] ?? Number.NaN },
      better,
    })
    return [
      row('requests/s, 32 at once', 'rate', 'higher'),
      row('agent CPU, us a request', 'agent', 'lower'),
      row('gateway CPU (no proxy), us a request', 'gateway', 'lower'),
    ]
  },
}
