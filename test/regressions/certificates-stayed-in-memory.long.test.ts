import { expect, it } from 'vitest'
import { startChild } from '../bench/processes/ask-child.ts'

const warmUp = 400
const connections = 1_600

/** Found by the soak: 4.5 to 10 KB stayed at both ends of each tunnel and lane that ever was, and no heap snapshot showed them. */
it('connections that showed certificates and are gone leave nothing of them in memory', async () => {
  await using ends = startChild(new URL('certificates-entry.ts', import.meta.url), { nodeArgs: ['--expose-gc'] })
  const connect = (count: number): Promise<{ residentBytes: number; verified: number }> => ends.ask('connect', { count })
  const before = await connect(warmUp)
  const after = await connect(connections)
  expect(after.verified).toBe(warmUp + connections)
  expect((after.residentBytes - before.residentBytes) / connections).toBeLessThan(3_000)
}, 60_000)
