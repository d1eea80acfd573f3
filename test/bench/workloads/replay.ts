import { besidePeers } from '../measure/beside-peers.ts'
import { startChild } from '../processes/ask-child.ts'
import type { Workload } from '../workload.ts'

export const replay: Workload = {
  name: 'replay',
  about:
    'The decision log is asked again under another policy, in the two threads that try policies (nice 10): read from SQLite in pages, evaluated, compared, the rules of what changes asked as well; and how long the main loop was busy without a break meanwhile.',
  async run(bench) {
    await using child = startChild(new URL('../processes/replay-entry.ts', import.meta.url))
    const decisions = bench.quick ? 5_000 : 100_000
    const { logged } = await child.ask<{ logged: number }>('fill', { decisions })
    if (logged !== decisions) throw new Error(`only ${logged} of ${decisions} decisions are logged`)
    const what = `${decisions} logged decisions replayed`
    // Awaited here: the process ends with this block.
    return await besidePeers({
      workload: this.name,
      ours: {
        name: 'replay',
        measure: async () => ({ ...(await child.ask<{ seconds: number; cpuSeconds: number; rate: number; longestMs: number }>('replay')) }),
      },
      peers: [],
      metrics: [
        { figure: 'seconds', metric: what, unit: 's', better: 'lower', goal: () => ({ of: 'ours', at: 'most', value: 10 }) },
        { figure: 'rate', metric: `${what}, rate`, unit: '1/s', better: 'higher' },
        { figure: 'cpuSeconds', metric: `${what}: CPU of all threads`, unit: 's', better: 'lower' },
        { figure: 'longestMs', metric: `${what}: longest that the main loop was busy`, unit: 'ms', better: 'lower' },
      ],
      rounds: bench.rounds,
      onMissing: bench.missing,
    })
  },
}
