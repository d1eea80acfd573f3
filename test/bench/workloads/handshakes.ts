import type { Workload } from '../workload.ts'
import { besidePeers } from '../measure/beside-peers.ts'
import type { Contestant } from '../measure/interleave.ts'
import { withCpu } from '../measure/process-usage.ts'
import { frpName } from '../peers/frp.ts'
import { startChild } from '../processes/ask-child.ts'
import type { CallFigures } from '../processes/count-calls.ts'
import type { OpenedDoor } from '../processes/tunnel-door-entry.ts'
import { herds, type Herd } from './herds.ts'

const warmUp = 20

export const handshakes: Workload = {
  name: 'handshakes',
  about:
    'Devices that join: TLS 1.3 with client certificate, admission, HTTP/2 and the first question, without pacing; ours leave again at once. Beside them clients of frps and rathole that join, and bare mutual TLS.',
  async run(bench) {
    await using parts = new AsyncDisposableStack()
    const clients = bench.quick ? 50 : 300
    const devices = bench.quick ? 20 : 100
    const measureMs = bench.quick ? 400 : 3_000
    const start = async (name: string, kind: 'tunnel' | 'plain'): Promise<Contestant> => {
      const door = parts.use(startChild(new URL('../processes/tunnel-door-entry.ts', import.meta.url)))
      const herd = parts.use(startChild(new URL('../processes/device-herd-entry.ts', import.meta.url)))
      const opened = await door.ask<OpenedDoor>('open', { kind, devices })
      return {
        name,
        async measure() {
          const before = await door.ask<{ connected: number }>('connected')
          const count = (): Promise<CallFigures> => herd.ask<CallFigures>('count', { ...opened, kind, callers: 16, measureMs })
          const { result, cpu } = await withCpu([door.pid], count)
          const { connected } = await door.ask<{ connected: number }>('connected')
          if (connected - before.connected < result.calls) throw new Error(`${name}: not every connection was taken in`)
          return { rate: result.calls / result.seconds, cpuMs: ((cpu[0] ?? 0) / result.calls) * 1_000 }
        },
      }
    }
    // Awaited here: the processes end with this block.
    return await besidePeers({
      workload: this.name,
      ours: await start('tunnel', 'tunnel'),
      peers: [...herds(bench, warmUp + clients).map((herd) => joining(herd, clients)), await start('Node TLS server', 'plain')],
      metrics: [
        { figure: 'rate', metric: 'tunnels, 16 devices at once', unit: '1/s', better: 'higher' },
        {
          figure: 'cpuMs',
          metric: 'CPU of the listener',
          unit: 'ms/tunnel',
          better: 'lower',
          goal: (peer) => (peer === frpName ? { of: 'ratio', at: 'most', value: 1 } : undefined),
        },
      ],
      rounds: bench.rounds,
      onMissing: bench.missing,
    })
  },
}

/** All at once, until the server has taken in the last one. How long that takes says more of the clients than of the server. */
const joining = ({ name, start }: Herd, clients: number): Contestant => ({
  name,
  async measure() {
    await using herd = await start()
    await herd.join(warmUp)
    const { cpu } = await withCpu([herd.serverPid], () => herd.join(clients))
    return { cpuMs: ((cpu[0] ?? 0) / clients) * 1_000 }
  },
})
