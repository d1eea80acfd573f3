import { residentBytes } from '../measure/process-usage.ts'
import type { Row } from '../measure/row.ts'
import type { Workload } from '../workload.ts'

const hourMs = 3_600_000

export const manyConnections: Workload = {
  name: 'many-connections',
  about:
    'One tunnel and one session that bear 300,000 connections of a `tcp` service one after the other, 32 at once, each with a request. A stream that was opened first must still run when the last one is over. Only when it is named: it takes minutes.',
  onlyWhenNamed: true,
  async run(bench) {
    const installation = await bench.installation()
    const { bytes, gatewayPid, agentPid } = installation
    const [warmUp, count] = bench.quick ? [500, 3_000] : [20_000, 300_000]
    const load = { target: bytes, path: '/small', connections: 32, fresh: true, measureMs: hourMs }
    await installation.hold({ name: this.name, target: bytes, streams: 1 })
    let sameTunnel = true
    void installation.ends(this.name).then(
      () => (sameTunnel = false),
      () => {},
    )
    await installation.requests({ ...load, count: warmUp })
    const memory = async (): Promise<readonly number[]> => {
      await installation.collect()
      return [gatewayPid, agentPid].map((pid) => residentBytes(pid) / 1_000_000)
    }
    const before = await memory()
    const { requests, seconds, failures } = await installation.requests({ ...load, count })
    const after = await memory()
    if (!sameTunnel) throw new Error('the tunnel did not bear it: the first stream was cut')
    const alone = { workload: this.name, peer: null, theirs: null, ratio: null, runs: 1 } as const
    const grown = (who: string, index: number): Row => {
      const [was = Number.NaN, is = Number.NaN] = [before[index], after[index]]
      const peer = `the same, after the first ${warmUp.toLocaleString('en')}`
      return { ...alone, metric: `memory of the ${who}`, unit: 'MB', ours: is, peer, theirs: was, ratio: is / was, better: 'lower' }
    }
    return [
      {
        ...alone,
        metric: 'connections answered',
        unit: '',
        ours: requests,
        better: 'higher',
        goal: { of: 'ours', at: 'least', value: count },
      },
      { ...alone, metric: 'failures', unit: '', ours: failures, better: 'lower', goal: { of: 'ours', at: 'most', value: 0 } },
      { ...alone, metric: 'connections, each with a request', unit: '1/s', ours: requests / seconds, better: 'higher' },
      grown('gateway, garbage collected', 0),
      grown('agent as it is', 1),
    ]
  },
}
