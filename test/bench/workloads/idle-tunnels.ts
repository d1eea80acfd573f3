import type { Workload } from '../workload.ts'
import { besidePeers } from '../measure/beside-peers.ts'
import type { Contestant } from '../measure/interleave.ts'
import { residentBytes } from '../measure/process-usage.ts'
import { startChild } from '../processes/ask-child.ts'
import type { OpenedDoor } from '../processes/tunnel-door-entry.ts'

const peer = 'Node TLS server'
/** The first ones pay for what is made once. */
const warmUp = 20

export const idleTunnels: Workload = {
  name: 'idle-tunnels',
  about:
    'Resident memory that one more idle tunnel costs the gateway, beside one more idle connection of mutual TLS. Fresh processes for each run.',
  async run(bench) {
    const tunnels = bench.quick ? 40 : 300
    const contestant = (name: string, kind: 'tunnel' | 'plain'): Contestant => ({
      name,
      async measure() {
        await using door = startChild(new URL('../processes/tunnel-door-entry.ts', import.meta.url), { nodeArgs: ['--expose-gc'] })
        await using herd = startChild(new URL('../processes/device-herd-entry.ts', import.meta.url))
        const opened = await door.ask<OpenedDoor>('open', { kind, devices: warmUp + tunnels })
        await herd.ask('hold', { ...opened, kind, from: 0, to: warmUp })
        await door.ask('collect')
        const before = residentBytes(door.pid)
        await herd.ask('hold', { ...opened, kind, from: warmUp, to: warmUp + tunnels })
        await door.ask('collect')
        return { kilobytes: (residentBytes(door.pid) - before) / tunnels / 1_000 }
      },
    })
    return besidePeers({
      workload: this.name,
      ours: contestant('tunnel', 'tunnel'),
      peers: [contestant(peer, 'plain')],
      metrics: [{ figure: 'kilobytes', metric: `memory of one of ${tunnels}`, unit: 'KB', better: 'lower' }],
      rounds: bench.quick ? 1 : bench.rounds,
      onMissing: bench.missing,
    })
  },
}
