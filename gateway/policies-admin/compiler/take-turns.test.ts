import { expect, it } from 'vitest'
import { takeTurns } from './take-turns.ts'

function held(): { readonly run: () => Promise<string>; readonly end: (result: string) => void } {
  const { promise, resolve } = Promise.withResolvers<string>()
  return { run: () => promise, end: resolve }
}

it('runs so many at once, the others in their order', async () => {
  const turns = takeTurns({ atOnce: 2, mostWaiting: 10 })
  const started: number[] = []
  const runs = [0, 1, 2, 3].map(() => held())
  const results = runs.map(({ run }, index) =>
    turns.take(() => {
      started.push(index)
      return run()
    }),
  )
  await Promise.resolve()
  expect([started, turns.waiting]).toEqual([[0, 1], 2])
  runs[1]?.end('b')
  expect(await results[1]).toBe('b')
  await Promise.resolve()
  expect(started).toEqual([0, 1, 2])
  for (const { end } of runs) end('x')
  expect(await Promise.all(results)).toEqual(['x', 'b', 'x', 'x'])
})

it('refuses whoever comes when too many wait, and hands the place on after a failure', async () => {
  const turns = takeTurns({ atOnce: 1, mostWaiting: 1 })
  const first = held()
  const running = turns.take(first.run)
  const failing = turns.take(() => Promise.reject(new Error('no')))
  await expect(turns.take(async () => 'late')).rejects.toMatchObject({ code: 'compiler_busy', remedy: 'retry' })
  first.end('done')
  expect(await running).toBe('done')
  await expect(failing).rejects.toThrow('no')
  expect(await turns.take(async () => 'next')).toBe('next')
})

it('lets who does not want it any more leave the queue, and never runs for him', async () => {
  const turns = takeTurns({ atOnce: 1, mostWaiting: 5 })
  const first = held()
  const running = turns.take(first.run)
  const leaving = new AbortController()
  const left = turns.take(async () => 'never', leaving.signal)
  const stays = turns.take(async () => 'stays')
  leaving.abort()
  await expect(left).rejects.toMatchObject({ code: 'compiler_cancelled' })
  expect(turns.waiting).toBe(1)
  first.end('done')
  expect(await Promise.all([running, stays])).toEqual(['done', 'stays'])
})
