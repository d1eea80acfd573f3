import type { Benchmark } from '../benchmark.ts'
import { transferRows } from './transfer-rows.ts'

/** The same file through a stream to a `tcp` service: the tunnel alone, without the proxy and the agent's HTTP. */
export const bulkThroughStream: Benchmark = {
  name: 'bulk-through-stream',
  async run(bench) {
    const installation = await bench.installation()
    return transferRows(bench, { benchmark: this.name, name: 'tcp stream', target: installation.bytes })
  },
}
