import { besidePeers } from '../measure/beside-peers.ts'
import type { Goal, Row } from '../measure/row.ts'
import { frpName } from '../peers/frp.ts'
import { ratholeName } from '../peers/rathole.ts'
import type { Workload } from '../workload.ts'
import { transferMetrics, transferring, type Direction } from './transfers.ts'

/** As far as goals were set: beside frp and ssh in their defaults; beside rathole it is a stretch. */
function goal(peer: string | null): Goal | undefined {
  const value = peer === null ? undefined : new Map(goals).get(peer)
  return value === undefined ? undefined : { of: 'ratio', at: 'least', value }
}
const goals: readonly (readonly [string, number])[] = [
  [frpName, 1.1],
  ['ssh -R', 1],
  ['Node TLS pair', 0.9],
  [ratholeName, 1],
]

export const tcpBulk: Workload = {
  name: 'tcp-bulk',
  about:
    'One large file through a stream of a `tcp` service: a local TCP front, then the gateway’s own tunnel and stream modules, and the agent.',
  async run(bench) {
    const installation = await bench.installation()
    const peers = await bench.peers(
      'frp',
      'frp without mux',
      'ssh -R',
      'ssh -R aes128-gcm',
      'rathole',
      'haproxy',
      'stunnel',
      'Node TLS pair',
      'bare Node TCP relay',
    )
    const ours = { name: 'ours', target: installation.bytes, pids: [installation.gatewayPid, installation.agentPid] }
    const rows: Row[] = []
    for (const direction of ['down', 'up'] satisfies Direction[]) {
      const contestant = transferring(bench, installation, direction)
      const metrics = transferMetrics(direction, goal)
      const all = await besidePeers({
        workload: this.name,
        ours: contestant(ours),
        peers: peers.map(contestant),
        metrics,
        rounds: bench.rounds,
        onMissing: bench.missing,
      })
      rows.push(...all)
    }
    return rows
  },
}
