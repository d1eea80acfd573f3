import type { Frame, Page } from 'playwright-core'
import { startMirroredSession } from '../../support/mirrored-session.ts'
import { besidePeers } from '../measure/beside-peers.ts'
import type { Contestant } from '../measure/interleave.ts'
import { figuresOf } from '../processes/request-load.ts'
import type { Workload } from '../workload.ts'

export const mirrorDelay: Workload = {
  name: 'mirror-delay',
  about:
    "From a technician's click in Chromium until the operator's panel, in another, draws what it changed; beside the technician's own page.",
  onlyWhenNamed: true,
  async run(bench) {
    await using session = await startMirroredSession()
    const { technician, drawn } = session
    let clicks = 0
    const clicking = (name: string, where: () => Promise<Frame | Page>): Contestant => ({
      name,
      async measure() {
        const tookMs: number[] = []
        for (let left = bench.quick ? 3 : 40; left > 0; left -= 1) {
          clicks += 1
          const startedAtMs = performance.now()
          await technician.getByRole('button', { name: 'One more' }).click()
          await (await where()).locator('#count', { hasText: new RegExp(`^${clicks}$`, 'u') }).waitFor({ state: 'attached' })
          tookMs.push(performance.now() - startedAtMs)
        }
        return {
          p50: figuresOf(tookMs, 1).p50Ms,
          p95: tookMs.toSorted((one, other) => one - other)[Math.floor(tookMs.length * 0.95)] ?? Number.NaN,
        }
      },
    })
    return await besidePeers({
      workload: this.name,
      ours: clicking('ours', drawn),
      peers: [clicking("the technician's own page", async () => technician)],
      metrics: [
        { figure: 'p50', metric: 'p50', unit: 'ms', better: 'lower' },
        { figure: 'p95', metric: 'p95', unit: 'ms', better: 'lower', goal: () => ({ of: 'ours', at: 'most', value: 300 }) },
      ],
      rounds: bench.rounds,
      onMissing: bench.missing,
    })
  },
}
