import { besidePeers, type Metric } from '../measure/beside-peers.ts'
import { startChild } from '../processes/ask-child.ts'
import type { Workload } from '../workload.ts'

export const activation: Workload = {
  name: 'activation',
  about:
    'A policy is activated that does not allow a tenth of the live sessions any more, each with a machine of its own, while somebody asks all the time: from the call to its first decision, durably logged, and to the ends of those sessions, stored with their reason.',
  async run(bench) {
    await using child = startChild(new URL('../processes/re-evaluation-entry.ts', import.meta.url))
    const sessions = bench.quick ? 500 : 10_000
    const { live } = await child.ask<{ live: number }>('open', { sessions })
    if (live !== sessions) throw new Error(`only ${live} of ${sessions} sessions live`)
    const ended = sessions / 10
    // Awaited here: the process ends with this block.
    return await besidePeers({
      workload: this.name,
      ours: { name: 'activation', measure: async () => ({ ...(await child.ask<Record<string, number>>('deny')) }) },
      peers: [],
      metrics: [
        ms('firstDecisionMs', 'activation to the first decision by the new revision'),
        // An open session that is forbidden ends within a second.
        { ...ms('firstEndMs', `activation to the first end, ${sessions} live`), goal: () => ({ of: 'ours', at: 'most', value: 1_000 }) },
        ms('lastEndMs', `activation to the last of ${ended} ends, ${sessions} live`),
      ],
      // Each round ends sessions of another product line, and there is one to begin with.
      rounds: Math.min(bench.rounds, 9),
      onMissing: bench.missing,
    })
  },
}

const ms = (figure: string, metric: string): Metric => ({ figure, metric, unit: 'ms', better: 'lower' })
