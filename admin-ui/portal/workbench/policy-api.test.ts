import { expect, it } from 'vitest'
import { createPolicyApi } from './policy-api.ts'

it('waits longer for what the compiler does than for what is only read', async () => {
  const waits: unknown[] = []
  const api = createPolicyApi(async (method, path, _body, longestWaitMs) => void waits.push([method, path, longestWaitMs]))
  await api.analyse('dra_1')
  await api.status()
  expect(waits).toEqual([
    ['POST', '/policy/drafts/dra_1/analysis', 180_000],
    ['GET', '/policy/status', undefined],
  ])
})
