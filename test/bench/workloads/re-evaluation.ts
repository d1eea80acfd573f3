import { besidePeers } from '../measure/beside-peers.ts'
import { startChild } from '../processes/ask-child.ts'
import type { Workload } from '../workload.ts'

export const reEvaluation: Workload = {
  name: 're-evaluation',
  about:
    'A policy is activated while sessions live, each with a machine of its own: until every one was decided anew, its facts read, and until all the answers are durably logged, which follows; beside the same questions in Wasm alone.',
  async run(bench) {
    await using child = startChild(new URL('../processes/re-evaluation-entry.ts', import.meta.url))
    const sessions = bench.quick ? 500 : 10_000
    const { live } = await child.ask<{ live: number }>('open', { sessions })
    if (live !== sessions) throw new Error(`only ${live} of ${sessions} sessions live`)
    const measured = (name: string, what: string) => ({
      name,
      measure: async () => ({ ...(await child.ask<{ seconds: number; cpuSeconds: number }>(what)) }),
    })
    // Awaited here: the process ends with this block.
    return await besidePeers({
      workload: this.name,
      ours: measured('activation', 'activate'),
      peers: [measured('Wasm alone', 'bare')],
      metrics: [
        {
          figure: 'seconds',
          metric: `${sessions} live sessions decided anew`,
          unit: 's',
          better: 'lower',
          goal: () => ({ of: 'ours', at: 'most', value: 1 }),
        },
        { figure: 'loggedSeconds', metric: `${sessions} live sessions decided anew and durably logged`, unit: 's', better: 'lower' },
        { figure: 'cpuSeconds', metric: `${sessions} live sessions decided anew: CPU of all threads`, unit: 's', better: 'lower' },
      ],
      rounds: bench.rounds,
      onMissing: bench.missing,
    })
  },
}
