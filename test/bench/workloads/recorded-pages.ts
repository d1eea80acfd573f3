import type { Installation } from '../installation.ts'
import { besidePeers } from '../measure/beside-peers.ts'
import type { Contestant } from '../measure/interleave.ts'
import { withCpu } from '../measure/process-usage.ts'
import type { Bench, Workload } from '../workload.ts'

/** One page of 18 KB, asked for as a browser asks for what it shows, or for what its scripts want (Fetch Metadata). */
const asking =
  (bench: Bench, { session, gatewayPid, requests }: Installation) =>
  (name: string, destination: 'document' | 'empty'): Contestant => ({
    name,
    async measure() {
      const target = { ...session, headers: { ...session.headers, 'sec-fetch-dest': destination } }
      const load = { target, path: '/page', connections: 8, measureMs: bench.quick ? 400 : 3_000 }
      const { result, cpu } = await withCpu([gatewayPid], () => requests(load))
      const used = cpu.values().next().value ?? 0
      const { p50Ms, firstByteP50Ms = Number.NaN, meanBytes = Number.NaN } = result
      return {
        rate: result.requests / result.seconds,
        firstByte: firstByteP50Ms,
        p50: p50Ms,
        bytes: meanBytes,
        gateway: (used / result.requests) * 1e6,
      }
    },
  })

export const recordedPages: Workload = {
  name: 'recorded-pages',
  about:
    "What the operator's view costs the machine's pages: a document of 18 KB on 8 kept connections, with the recorder's tag and without.",
  async run(bench) {
    const contestant = asking(bench, await bench.installation())
    return besidePeers({
      workload: this.name,
      ours: contestant('ours', 'document'),
      peers: [contestant('the same, not recorded', 'empty')],
      metrics: [
        { figure: 'rate', metric: 'pages, 8 at once', unit: '1/s', better: 'higher' },
        { figure: 'firstByte', metric: 'p50 to the first byte', unit: 'ms', better: 'lower' },
        { figure: 'p50', metric: 'p50', unit: 'ms', better: 'lower' },
        { figure: 'bytes', metric: 'a page with its head', unit: 'B', better: 'lower' },
        { figure: 'gateway', metric: 'CPU of the gateway', unit: 'us/page', better: 'lower' },
      ],
      rounds: bench.rounds,
      onMissing: bench.missing,
    })
  },
}
