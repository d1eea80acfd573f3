import { besidePeers } from '../measure/beside-peers.ts'
import type { Workload } from '../workload.ts'
import { requesting } from './loads.ts'

export const terminatedOrBytes: Workload = {
  name: 'terminated-or-bytes',
  about:
    'What it costs that the agent terminates HTTP: the same requests through the same tunnel to a `tcp` service that leads to the same machine.',
  async run(bench) {
    const installation = await bench.installation()
    const contestant = requesting(bench, installation)
    const { gatewayPid, agentPid, bytes, terminated } = installation
    const pids = { gateway: [gatewayPid], agent: [agentPid] }
    return besidePeers({
      workload: this.name,
      ours: contestant({ name: 'http stream', target: terminated, pids }),
      peers: [contestant({ name: 'our tcp stream', target: bytes, pids })],
      metrics: [
        { figure: 'rate', metric: 'requests, 32 at once', unit: '1/s', better: 'higher' },
        { figure: 'agent', metric: 'CPU of the agent', unit: 'us/request', better: 'lower' },
        { figure: 'gateway', metric: 'CPU of the gateway, without the proxy', unit: 'us/request', better: 'lower' },
      ],
      rounds: bench.rounds,
      onMissing: bench.missing,
    })
  },
}
