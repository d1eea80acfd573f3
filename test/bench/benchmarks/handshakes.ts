import type { Benchmark } from '../benchmark.ts'
import { interleave, type Contestant } from '../measure/interleave.ts'
import { withCpu } from '../measure/process-usage.ts'
import type { Row } from '../measure/row.ts'
import { startChild } from '../processes/ask-child.ts'
import type { CallFigures } from '../processes/count-calls.ts'
import type { OpenedDoor } from '../processes/tunnel-door-entry.ts'

const peer = 'Node TLS server'

/** Devices that join: TLS 1.3 with client certificate, admission, HTTP/2 and the first question, without pacing; against bare mutual TLS. */
export const handshakes: Benchmark = {
  name: 'handshakes',
  async run(bench) {
    await using parts = new AsyncDisposableStack()
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
    const figures = await interleave([await start('tunnel', 'tunnel'), await start(peer, 'plain')], bench.rounds)
    const row = (what: string, figure: string, better: Row['better']): Row => ({
      benchmark: this.name,
      what,
      ours: figures.get('tunnel')?.[figure] ?? Number.NaN,
      peer: { name: peer, value: figures.get(peer)?.[figure] ?? Number.NaN },
      better,
    })
    return [row('tunnels/s, 16 devices at once', 'rate', 'higher'), row('listener CPU, ms a tunnel', 'cpuMs', 'lower')]
  },
}
