import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTarget, type Target } from '../target.ts'
import { methods } from './framings.ts'
import { tryFramings } from './try-framings.ts'

/* As framing-matrix.test.ts, for all methods. */

let target: Target
beforeAll(async () => {
  target = await startTarget()
})
afterAll(() => target[Symbol.asyncDispose]())

it.each(methods)('gives the machine the one right reading of a %s, or nothing', async (method) => {
  const { passed, refused } = await tryFramings(target, [method])
  expect([passed > 30, refused > 2_000]).toEqual([true, true])
  await target.nobodyElseHarmed()
})
