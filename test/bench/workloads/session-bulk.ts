import { besidePeers } from '../measure/beside-peers.ts'
import type { Row } from '../measure/row.ts'
import type { Workload } from '../workload.ts'
import { transferMetrics, transferring, type Direction } from './transfers.ts'

export const sessionBulk: Workload = {
  name: 'session-bulk',
  about: 'One large file each way as a browser moves it: cookie, policy, proxy, tunnel, and an agent that re-speaks HTTP.',
  async run(bench) {
    const installation = await bench.installation()
    const peers = await bench.peers('frp http', 'nginx', 'caddy', 'Node TLS pair')
    const ours = { name: 'ours', target: installation.session, pids: [installation.gatewayPid, installation.agentPid] }
    const rows: Row[] = []
    for (const direction of ['down', 'up'] satisfies Direction[]) {
      const contestant = transferring(bench, installation, direction)
      rows.push(
        ...(await besidePeers({
          workload: this.name,
          ours: contestant(ours),
          peers: peers.map(contestant),
          metrics: transferMetrics(direction),
          rounds: bench.rounds,
          onMissing: bench.missing,
        })),
      )
    }
    return rows
  },
}
