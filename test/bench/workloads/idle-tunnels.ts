import type { Workload } from '../workload.ts'
import { besidePeers } from '../measure/beside-peers.ts'
import type { Contestant } from '../measure/interleave.ts'
import { residentBytes } from '../measure/process-usage.ts'
import type { Goal, Row } from '../measure/row.ts'
import { settled } from '../measure/settled.ts'
import { frpName } from '../peers/frp.ts'
import { startChild } from '../processes/ask-child.ts'
import type { OpenedDoor } from '../processes/tunnel-door-entry.ts'
import { herds, type Herd } from './herds.ts'

/** The first ones pay for what is made once. */
const warmUp = 20
const many = 2_000

export const idleTunnels: Workload = {
  name: 'idle-tunnels',
  about:
    'Resident memory that one more idle client costs the server, after it was told to collect its garbage where it can be: a tunnel of ours, a client of frps with a web proxy, a service of rathole, and a bare connection of mutual TLS. Fresh processes for each run.',
  async run(bench) {
    const tunnels = bench.quick ? 40 : 300
    const rounds = bench.quick ? 1 : bench.rounds
    const beside = async (
      ours: Contestant,
      peers: readonly Contestant[],
      metric: string,
      goal: (peer: string | null) => Goal | undefined,
    ) =>
      besidePeers({
        workload: this.name,
        ours,
        peers,
        metrics: [{ figure: 'kilobytes', metric, unit: 'KB', better: 'lower', goal }],
        rounds,
        onMissing: bench.missing,
      })
    const rows: Row[] = await beside(
      ofOurs('tunnel', 'tunnel', tunnels),
      [...herds(bench, warmUp + tunnels).map((herd) => ofHerd(herd, tunnels)), ofOurs('Node TLS server', 'plain', tunnels)],
      `memory of one of ${tunnels}`,
      (peer) => (peer === frpName ? { of: 'ratio', at: 'most', value: 0.9 } : undefined),
    )
    if (bench.quick) return rows
    const alone = await beside(ofOurs('tunnel', 'tunnel', many), [], `memory of one of ${many}`, () => ({
      of: 'ours',
      at: 'most',
      value: 80,
    }))
    return [...rows, ...alone]
  },
}

const ofOurs = (name: string, kind: 'tunnel' | 'plain', tunnels: number): Contestant => ({
  name,
  async measure() {
    await using door = startChild(new URL('../processes/tunnel-door-entry.ts', import.meta.url), { nodeArgs: ['--expose-gc'] })
    await using herd = startChild(new URL('../processes/device-herd-entry.ts', import.meta.url))
    const opened = await door.ask<OpenedDoor>('open', { kind, devices: warmUp + tunnels })
    const memory = async (): Promise<number> => {
      await door.ask('collect')
      return settled(() => residentBytes(door.pid))
    }
    await herd.ask('hold', { ...opened, kind, from: 0, to: warmUp })
    const before = await memory()
    await herd.ask('hold', { ...opened, kind, from: warmUp, to: warmUp + tunnels })
    return { kilobytes: ((await memory()) - before) / tunnels / 1_000 }
  },
})

const ofHerd = ({ name, start }: Herd, tunnels: number): Contestant => ({
  name,
  async measure() {
    await using herd = await start()
    const memory = async (): Promise<number> => {
      await herd.collect()
      return settled(() => residentBytes(herd.serverPid))
    }
    await herd.join(warmUp)
    const before = await memory()
    await herd.join(tunnels)
    return { kilobytes: ((await memory()) - before) / tunnels / 1_000 }
  },
})
