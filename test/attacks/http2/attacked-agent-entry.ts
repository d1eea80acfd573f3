import { systemClock } from '../../../agent/basics/clock.ts'
import { silentLogger } from '../../../agent/basics/logger.ts'
import { systemRandom } from '../../../agent/basics/random.ts'
import { loadSettings } from '../../../agent/settings/load-settings.ts'
import type { RunningAgent } from '../../../agent/running-agent.ts'
import { startAgent } from '../../../agent/start-agent.ts'
import { answerParent } from '../../bench/processes/answer-parent.ts'

/** What `agent/main.ts` starts, but that chance always lets it dial again after the shortest time: the next attack need not wait. */
let agent: RunningAgent | undefined

answerParent(
  {
    async start({ config }: { readonly config: string }) {
      const random = { ...systemRandom, fraction: () => 0 }
      agent = await startAgent({ settings: await loadSettings(config), clock: systemClock, random, logger: silentLogger })
      return { panelUrl: agent.panelUrl, pairingUrl: agent.pairingUrl }
    },
    /** What is kept when all garbage is thrown away, MiB. */
    weigh() {
      for (let round = 0; round < 3; round += 1) globalThis.gc?.()
      const { heapUsed, external, rss } = process.memoryUsage()
      return { keptMiB: (heapUsed + external) / 1024 / 1024, residentMiB: rss / 1024 / 1024 }
    },
  },
  async () => agent?.close(),
)
