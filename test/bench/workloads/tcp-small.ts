import { besidePeers } from '../measure/beside-peers.ts'
import { frpName } from '../peers/frp.ts'
import { ratholeName } from '../peers/rathole.ts'
import type { Workload } from '../workload.ts'
import { requesting } from './loads.ts'

export const tcpSmall: Workload = {
  name: 'tcp-small',
  about:
    '1 KB requests on 32 kept connections through streams of a `tcp` service, opened by a local TCP front before the gateway’s modules.',
  async run(bench) {
    const installation = await bench.installation()
    const peers = await bench.peers('frp', 'ssh -R', 'rathole', 'haproxy', 'stunnel', 'Node TLS pair', 'bare Node TCP relay')
    const contestant = requesting(bench, installation)
    return besidePeers({
      workload: this.name,
      ours: contestant({ name: 'ours', target: installation.bytes, pids: { all: [installation.gatewayPid, installation.agentPid] } }),
      peers: peers.map(({ name, target, pids }) => contestant({ name, target, pids: { all: pids } })),
      metrics: [
        {
          figure: 'rate',
          metric: 'requests, 32 at once',
          unit: '1/s',
          better: 'higher',
          goal: (peer) =>
            peer === frpName
              ? { of: 'ratio', at: 'least', value: 1.4 }
              : peer === ratholeName
                ? { of: 'ratio', at: 'least', value: 1 }
                : undefined,
        },
        { figure: 'p50', metric: 'p50', unit: 'ms', better: 'lower' },
        {
          figure: 'p99',
          metric: 'p99',
          unit: 'ms',
          better: 'lower',
          goal: (peer) => (peer === frpName ? { of: 'ratio', at: 'most', value: 0.6 } : undefined),
        },
        { figure: 'all', metric: 'CPU of all processes', unit: 'us/request', better: 'lower' },
      ],
      rounds: bench.rounds,
      onMissing: bench.missing,
    })
  },
}
