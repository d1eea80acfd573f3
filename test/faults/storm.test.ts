import { expect, it } from 'vitest'
import { percentile } from './soak/figures.ts'
import { stormInVirtualTime, type Storm } from './storm/storm-in-virtual-time.ts'

/**
 * R1 and R14 of security.md, section 4.1: how soon agents are back after the gateway was away, by their back-off and the gateway's door, both as they are, and
 * no other work of this computer. `storm.long.test.ts` has a thousand real agents.
 */
const restartMs = 3_000
const minutesMs = 600_000

it.each<[string, Omit<Storm, 'fraction'>, { readonly p99S: number; readonly allS: number }]>([
  [
    'a thousand, after a restart',
    { machines: 1_000, gatewayAwayMs: restartMs, msPerMachine: 5, from: 'many addresses' },
    { p99S: 15, allS: 15 },
  ],
  [
    'a thousand, after minutes',
    { machines: 1_000, gatewayAwayMs: minutesMs, msPerMachine: 5, from: 'many addresses' },
    { p99S: 15, allS: 15 },
  ],
  [
    'a thousand of one plant, whose gateway is slow',
    { machines: 1_000, gatewayAwayMs: restartMs, msPerMachine: 12, from: 'one address' },
    { p99S: 15, allS: 20 },
  ],
  ['ten thousand', { machines: 10_000, gatewayAwayMs: restartMs, msPerMachine: 4, from: 'many addresses' }, { p99S: 60, allS: 65 }],
])('%s: they are back in time', async (_name, storm, { p99S, allS }) => {
  const { backAfterMs } = await stormInVirtualTime({ ...storm, fraction: sameJitterEachTime() })
  expect(backAfterMs).toHaveLength(storm.machines)
  expect(percentile(backAfterMs, 0.99)).toBeLessThan(p99S * 1_000)
  expect(percentile(backAfterMs, 1)).toBeLessThan(allS * 1_000)
})

/** mulberry32 */
function sameJitterEachTime(): () => number {
  let state = 20_261_126
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
