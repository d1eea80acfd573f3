import { expect, it } from 'vitest'
import { startChild } from '../../test/bench/processes/ask-child.ts'

/** `test/bench` says how fast on a machine that does nothing else: under 10 s on two cores. Here it must be whole, and not hold up the rest. */
it('replays a hundred thousand decisions, each of them, while the main loop goes on', async () => {
  await using child = startChild(new URL('../../test/bench/processes/replay-entry.ts', import.meta.url))
  const decisions = 100_000
  expect(await child.ask('fill', { decisions })).toEqual({ logged: decisions })
  // One in fifty has a level that is not enough any more; of those one in seven was outside of the region all along.
  const newlyDenied = decisions / 50 - Math.ceil(decisions / 350)
  const figures = await child.ask<{ replayed: number; newlyDenied: number; seconds: number; longestMs: number }>('replay')
  process.stdout.write(
    `${figures.replayed} decisions replayed in ${figures.seconds.toFixed(1)} s; the main loop stood still for ${figures.longestMs.toFixed(0)} ms at most\n`,
  )
  expect(figures).toMatchObject({ replayed: decisions, newlyDenied })
  expect(figures.seconds).toBeLessThan(120)
  expect(figures.longestMs).toBeLessThan(1_000)
}, 600_000)
