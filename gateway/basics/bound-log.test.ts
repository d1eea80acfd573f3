import { expect, it } from 'vitest'
import { createBoundLog, oneLineEachMs } from './bound-log.ts'
import { FakeClock } from './fake-clock.ts'
import { silentLogger } from './logger.ts'

it('says which bound was met at once, and again after a minute, with how often it was met meanwhile', () => {
  const clock = new FakeClock()
  const said: object[] = []
  const log = createBoundLog(clock, { ...silentLogger, warn: (fields) => void said.push(fields) })
  for (let n = 0; n < 1_000; n += 1) log.met('connections', '192.0.2.1')
  expect(said).toEqual([{ bound: 'connections', address: '192.0.2.1', times: 1 }])
  log.met('connections of one address', '192.0.2.2')
  expect(said).toHaveLength(2)
  clock.advance(oneLineEachMs - 1)
  log.met('connections', '192.0.2.3')
  expect(said).toHaveLength(2)
  clock.advance(1)
  log.met('connections', '192.0.2.4')
  expect(said.at(-1)).toEqual({ bound: 'connections', address: '192.0.2.4', times: 1_001 })
})
