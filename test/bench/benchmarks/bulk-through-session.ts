import type { Benchmark } from '../benchmark.ts'
import { transferRows } from './transfer-rows.ts'

/** One large file each way as a browser moves it, against a raw Node TLS relay. */
export const bulkThroughSession: Benchmark = {
  name: 'bulk-through-session',
  async run(bench) {
    const installation = await bench.installation()
    return transferRows(bench, { benchmark: this.name, name: 'session', target: installation.session })
  },
}
