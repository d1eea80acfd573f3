import { afterAll, beforeAll, expect, it } from 'vitest'
import { startMirroredSession } from '../support/mirrored-session.ts'
import type { MirroredSession } from '../support/mirrored-session.ts'
import { waitedMs } from '../support/waited-for-processor.ts'

/** Issue: from the technician's click to the panel's picture, on one machine. */
const mostMs = 300
const clicks = 60

let session: MirroredSession
beforeAll(async () => {
  session = await startMirroredSession()
}, 120_000)
afterAll(() => session?.[Symbol.asyncDispose]())

/** The value below which 95 of 100 are. */
const p95 = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.ceil(values.length * 0.95) - 1] ?? Infinity

/**
 * The whole way: two browsers, recorder, gateway, tunnel, agent, panel. Where other programs have the processors, each of ours stands still for a
 * while at every step: what the one that waited longest of gateway, agent and this one waited for a processor is not theirs and is taken off, and said.
 */
it(`takes less than ${mostMs} ms from a click to the operator's picture, for 95 of 100 clicks`, async () => {
  const { technician, installation } = session
  const pids = [installation.gateway.pid, installation.agent.pid, 'self'] as const
  const drawn = await session.drawn()
  const count = drawn.locator('#count')
  const shows = (n: number): Promise<void> => count.filter({ hasText: new RegExp(`^${n}$`, 'u') }).waitFor({ state: 'attached' })
  const press = (): Promise<void> => technician.getByRole('button', { name: 'One more' }).click()
  // The first ones find everything cold.
  for (let n = 1; n <= 5; n += 1) {
    await press()
    await shows(n)
  }
  const took: number[] = []
  const stood: number[] = []
  for (let n = 6; n <= 5 + clicks; n += 1) {
    const before = pids.map(waitedMs)
    const startedAtMs = performance.now()
    await press()
    await shows(n)
    took.push(performance.now() - startedAtMs)
    stood.push(Math.max(...pids.map((pid, place) => waitedMs(pid) - (before[place] ?? 0))))
  }
  const ours = took.map((ms, place) => ms - (stood[place] ?? 0))
  process.stdout.write(
    `from a click to the operator's picture: p95 ${p95(took).toFixed(0)} ms, of it ours ${p95(ours).toFixed(0)} ms; ` +
      `our programs waited for a processor for ${p95(stood).toFixed(0)} ms (p95)\n`,
  )
  expect(p95(ours)).toBeLessThan(mostMs)
}, 120_000)
