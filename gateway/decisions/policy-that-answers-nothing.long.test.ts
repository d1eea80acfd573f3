import { expect, it } from 'vitest'
import { enginesUnderTest, withPurpose } from './testing/engines-under-test.ts'

const tried = enginesUnderTest()

it('a policy that answers nothing is denied in a bounded time for all that is decided anew', async () => {
  const { engine, logged } = await tried.start(tried.hostile, { maxWaitMs: 600_000 })
  const count = 2_000
  const { records } = await engine.decideAnew(
    Array.from({ length: count }, (_, index) => withPurpose('loop', `10.0.${index}`)),
    { patient: true },
  )
  expect(records.map(({ result }) => result.denials[0]?.message)).toEqual(Array.from({ length: count }, () => 'The policy took too long.'))
  expect(logged).toHaveLength(count)
  // Each alone costs two.
  expect(engine.statistics.timeouts).toBeLessThan(40)
}, 30_000)
