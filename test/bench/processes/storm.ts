import { createBackoff } from '../../../agent/link/backoff.ts'
import { systemRandom } from '../../../agent/basics/random.ts'
import { tunnelSettings } from '../../../agent/wire/tunnel-settings.ts'

export interface StormFigures {
  /** Machines that lost their tunnel and were taken in again. */
  readonly joined: number
  readonly seconds: number
}

/**
 * All machines lose their tunnels at once and dial again at once, over and over: as soon as the last one is back. Who is turned away waits as an agent does.
 * Ends with everybody connected.
 */
export async function storm(machines: number, measureMs: number, dial: (index: number) => Promise<() => void>): Promise<StormFigures> {
  const startedAt = performance.now()
  let joined = 0
  do {
    for (const hangUp of connected.splice(0)) hangUp()
    connected.push(...(await Promise.all(Array.from({ length: machines }, (_, index) => untilTakenIn(() => dial(index))))))
    joined += machines
  } while (performance.now() - startedAt < measureMs)
  return { joined, seconds: (performance.now() - startedAt) / 1_000 }
}

const connected: (() => void)[] = []

async function untilTakenIn(dial: () => Promise<() => void>): Promise<() => void> {
  const backoff = createBackoff({ baseMs: 1_000, capMs: tunnelSettings.reconnectCapMs, random: systemRandom })
  for (let left = 20; ; left -= 1) {
    try {
      return await dial()
    } catch (error) {
      if (left === 0) throw error
      await new Promise((resolve) => setTimeout(resolve, backoff.nextMs()))
    }
  }
}
