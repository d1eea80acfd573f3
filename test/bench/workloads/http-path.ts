import { besidePeers } from '../measure/beside-peers.ts'
import type { Goal } from '../measure/row.ts'
import type { Workload } from '../workload.ts'
import { requesting } from './loads.ts'

const most = (value: number): Goal => ({ of: 'ratio', at: 'most', value })

export const httpPath: Workload = {
  name: 'http-path',
  about: '1 KB requests on 32 kept connections the whole way: cookie, policy, proxy, tunnel, and an agent that re-speaks HTTP.',
  async run(bench) {
    const installation = await bench.installation()
    const peers = await bench.peers('frp http', 'nginx', 'caddy', 'Node TLS pair')
    const contestant = requesting(bench, installation)
    const { gatewayPid, agentPid, session } = installation
    return besidePeers({
      workload: this.name,
      ours: contestant({ name: 'ours', target: session, pids: { gateway: [gatewayPid], agent: [agentPid] } }),
      // What stands in the gateway's place: of two processes the first one.
      peers: peers.map(({ name, target, pids }) =>
        contestant({ name, target, pids: { gateway: name === 'Node TLS pair' || name.startsWith('frp') ? pids.slice(0, 1) : pids } }),
      ),
      metrics: [
        {
          figure: 'rate',
          metric: 'requests, 32 at once',
          unit: '1/s',
          better: 'higher',
          goal: (peer) => (peer?.startsWith('frp') === true ? { of: 'ratio', at: 'least', value: 1 } : undefined),
        },
        { figure: 'p50', metric: 'p50', unit: 'ms', better: 'lower' },
        { figure: 'p99', metric: 'p99', unit: 'ms', better: 'lower' },
        {
          figure: 'gateway',
          metric: 'CPU of the gateway',
          unit: 'us/request',
          better: 'lower',
          goal: (peer) => (peer === 'Caddy' ? most(0.6) : peer === 'nginx' ? most(2.5) : undefined),
        },
      ],
      rounds: bench.rounds,
      onMissing: bench.missing,
    })
  },
}
