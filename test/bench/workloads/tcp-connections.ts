import { besidePeers } from '../measure/beside-peers.ts'
import { frpName } from '../peers/frp.ts'
import type { Workload } from '../workload.ts'
import { requesting } from './loads.ts'

export const tcpConnections: Workload = {
  name: 'tcp-connections',
  about: 'A new connection for each 1 KB request through streams of a `tcp` service, 32 at once.',
  async run(bench) {
    const installation = await bench.installation()
    const peers = await bench.peers('frp', 'ssh -R', 'rathole', 'haproxy', 'Node TLS pair', 'bare Node TCP relay')
    const contestant = requesting(bench, installation, { fresh: true })
    return besidePeers({
      workload: this.name,
      ours: contestant({ name: 'ours', target: installation.bytes, pids: { all: [installation.gatewayPid, installation.agentPid] } }),
      peers: peers.map(({ name, target, pids }) => contestant({ name, target, pids: { all: pids } })),
      metrics: [
        {
          figure: 'rate',
          metric: 'connections, each with a request',
          unit: '1/s',
          better: 'higher',
          goal: (peer) =>
            peer === frpName
              ? { of: 'ratio', at: 'least', value: 1.5 }
              : peer === 'ssh -R'
                ? { of: 'ratio', at: 'least', value: 1 }
                : undefined,
        },
        { figure: 'p99', metric: 'p99', unit: 'ms', better: 'lower' },
      ],
      rounds: bench.rounds,
      onMissing: bench.missing,
    })
  },
}
