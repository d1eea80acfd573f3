import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isCodedError } from '../basics/coded-error.ts'
import { RandomLife } from './testing/random-life.ts'

/** What can happen to a session, from all sides and in any order, each with a number that says how much or which. */
const happenings = fc.record({
  what: fc.constantFrom(
    ...(['ask', 'press', 'stream', 'extend', 'pass', 'connect', 'store'] as const),
    ...(['ask', 'press', 'stream', 'extend', 'pass', 'connect', 'store'] as const),
    ...(['ask', 'press', 'ask', 'press'] as const),
    ...(['refuse', 'endAtMachine', 'endByTechnician', 'lose', 'connect', 'restartMachine', 'restartGateway'] as const),
    ...(['jump', 'person', 'device', 'switch', 'repeatEvents', 'policy', 'decisionLog'] as const),
  ),
  amount: fc.nat(999),
  /** False: the next thing happens while this one is under way. */
  alone: fc.boolean(),
})

it('a session lives and ends in a legal order, once, within its time, whatever happens to it', async () => {
  const seen: Record<string, number> = {}
  await fc.assert(
    fc.asyncProperty(fc.array(happenings, { minLength: 5, maxLength: 40 }), async (sequence) => {
      await using life = await RandomLife.begin()
      const under: Promise<unknown>[] = []
      for (const { what, amount, alone } of sequence) {
        const happened = life[what](amount).catch((error: unknown) => {
          if (!isCodedError(error)) throw error
        })
        under.push(happened)
        // A rejection is told at the end.
        happened.catch(() => undefined)
        if (what === 'restartGateway') await happened
        else if (!alone) {
          // Somewhere in the middle of what is under way: nearly all of it is one chain of promises.
          for (let step = 0; step < amount % 60; step += 1) await Promise.resolve()
          continue
        }
        await life.world.settle()
        await life.check()
      }
      await life.world.settle()
      await Promise.all(under)
      await life.finish()
      for (const reason of await life.reasons()) seen[reason] = (seen[reason] ?? 0) + 1
    }),
    { numRuns: 75, interruptAfterTimeLimit: 45_000 },
  )
  // The property says nothing where nothing happens.
  expect(Object.keys(seen).length).toBeGreaterThan(4)
}, 60_000)
