import { startForwarding } from '../forwarding.ts'
import { besidePeers } from '../measure/beside-peers.ts'
import type { Row } from '../measure/row.ts'
import type { Workload } from '../workload.ts'
import { requesting } from './loads.ts'
import { transferMetrics, transferring, type Direction } from './transfers.ts'

const door = 'the same streams without it'

export const forward: Workload = {
  name: 'forward',
  about:
    'The whole way of a native tool: `sallyport forward`, a WebSocket to the public port, the gateway, the tunnel, the agent; beside the same streams through a local TCP front of the gateway.',
  async run(bench) {
    const installation = await bench.installation()
    const machine = 'forward-1'
    const station = await installation.station(machine)
    await using forwarding = await startForwarding({ ...installation, station, machine })
    const behind = [installation.gatewayPid, station.agentPid]
    const ours = { name: 'ours', target: forwarding.target, pids: [...behind, forwarding.pid] }
    const front = { name: door, target: installation.bytes, pids: [installation.gatewayPid, installation.agentPid] }
    const shared = { workload: this.name, rounds: bench.rounds, onMissing: bench.missing }
    const rows: Row[] = []
    for (const direction of ['down', 'up'] satisfies Direction[]) {
      const contestant = transferring(bench, installation, direction)
      rows.push(
        ...(await besidePeers({ ...shared, ours: contestant(ours), peers: [contestant(front)], metrics: transferMetrics(direction) })),
      )
    }
    const small = requesting(bench, installation)
    const asked = await besidePeers({
      ...shared,
      ours: small({ name: 'ours', target: ours.target, pids: {} }),
      peers: [small({ name: door, target: front.target, pids: {} })],
      metrics: [
        { figure: 'rate', metric: 'small requests, 32 at once', unit: '1/s', better: 'higher' },
        { figure: 'p99', metric: 'small requests, p99', unit: 'ms', better: 'lower' },
      ],
    })
    return [...rows, ...asked]
  },
}
