import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTarget, type Target } from '../target.ts'
import { tryFramings } from './try-framings.ts'

/*
 * Every way to write a length beside every way to write a coding (RFC 9112, sections 5, 6.1, 6.2, 6.3 and 11.2; "HTTP Request Smuggling", Linhart et al.
 * 2005; "HTTP Desync Attacks", Kettle 2019; T-Reqs, Jabiyev et al. 2021), for the methods that some
 * readers believe to have no body, or to need one, too (security.md E1).
 */

let target: Target
beforeAll(async () => {
  target = await startTarget()
})
afterAll(() => target[Symbol.asyncDispose]())

it.each(['POST', 'GET', 'DELETE'])('gives the machine the one right reading of a %s, or nothing', async (method) => {
  const { passed, refused } = await tryFramings(target, [method])
  expect([passed > 30, refused > 2_000]).toEqual([true, true])
  await target.nobodyElseHarmed()
})
