import { tunnelSettings } from '../../../agent/wire/tunnel-settings.ts'
import { besidePeers } from '../measure/beside-peers.ts'
import type { Row } from '../measure/row.ts'
import { startChild } from '../processes/ask-child.ts'
import type { Workload } from '../workload.ts'
import { transferMetrics, transferring, type Direction } from './transfers.ts'

const roundTripMs = 50
/** What the way lets a connection have under way, as TCP would. */
const windowBytes = 4 * 1024 * 1024

/** Some seconds of the way, whatever the window is. */
const windowsInAll = 64

const goal = () => ({ of: 'ratio', at: 'least', value: 0.8 }) as const

export const longWay: Workload = {
  name: 'long-way',
  about:
    'One large file over a way of 50 ms there and back that lets a connection have 4 MiB under way, between agent and gateway; beside what the window allows: window / round trip.',
  async run(bench) {
    const installation = await bench.installation()
    await using way = startChild(new URL('../processes/delay-relay-entry.ts', import.meta.url))
    const to = Number(installation.tunnel.split(':').at(-1))
    const { port } = await way.ask<{ port: number }>('relay', { to, roundTripMs, windowBytes })
    const station = await installation.station('far-1', `127.0.0.1:${port}`)
    const session = await station.openSession(installation.technician)
    const pids = [installation.gatewayPid, station.agentPid]
    const rows: Row[] = []
    const measure = async (name: string, target: typeof session.target, direction: Direction, window: number): Promise<void> => {
      const allowed = window / (roundTripMs / 1_000) / 1_000_000
      const [rate] = transferMetrics(direction, goal)
      if (rate === undefined) return
      const beside = await besidePeers({
        workload: this.name,
        ours: transferring(bench, installation, direction, window * windowsInAll)({ name: 'ours', target, pids }),
        peers: [{ name: `${window / 1024 / 1024} MiB / ${roundTripMs} ms`, measure: async () => ({ rate: allowed }) }],
        metrics: [{ ...rate, metric: `${direction}, ${name}` }],
        rounds: bench.rounds,
        onMissing: bench.missing,
      })
      rows.push(...beside)
    }
    const bytes = await installation.door(session.id, 'raw')
    for (const direction of ['down', 'up'] satisfies Direction[]) await measure('a `tcp` service', bytes, direction, windowBytes)
    for (const direction of ['down', 'up'] satisfies Direction[])
      await measure('a browser’s session', session.target, direction, tunnelSettings.streamWindow)
    return rows
  },
}
