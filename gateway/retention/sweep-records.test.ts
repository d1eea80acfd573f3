import { expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { accessKeptDays, decisionsAtOnce, grantRequestsAtOnce, sweepRecords, type RetentionStore } from './sweep-records.ts'

const dayMs = 24 * 3_600_000

function world(forget: (before: number) => Promise<number>, requests: number[] = []) {
  const clock = new FakeClock()
  const asked: unknown[] = []
  const said: string[] = []
  const store: RetentionStore = {
    forgetAccess: async (until) => void asked.push(until),
    forgetDecisions: async (beforeMs, most) => {
      asked.push({ beforeMs, most })
      return forget(beforeMs)
    },
    forgetGrantRequests: async (beforeS, most) => {
      asked.push({ beforeS, most })
      return requests.shift() ?? 0
    },
  }
  const logger = { ...silentLogger, warn: (_fields: unknown, message: string) => void said.push(message) }
  const stop = sweepRecords({ store, decisionDays: 400, grantRequestDays: 90, clock, logger })
  const minute = async (): Promise<void> => {
    clock.advance(60_000)
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  }
  return { clock, asked, said, stop, minute }
}

it('forgets each minute what has had its time, decisions and answered requests in steps until none is left', async () => {
  let left = 2 * decisionsAtOnce + 1
  const { clock, asked, stop, minute } = world(async () => {
    const forgotten = Math.min(left, decisionsAtOnce)
    left -= forgotten
    return forgotten
  }, [grantRequestsAtOnce, 3])
  expect(asked).toEqual([])
  await minute()
  const step = { beforeMs: clock.nowMs() - 400 * dayMs, most: decisionsAtOnce }
  const requests = { beforeS: clock.nowS() - 90 * 86_400, most: grantRequestsAtOnce }
  expect(asked).toEqual([
    { nowMs: clock.nowMs(), endedBeforeS: clock.nowS() - accessKeptDays * 86_400 },
    step,
    step,
    step,
    requests,
    requests,
  ])
  await stop()
  await minute()
  expect(asked).toHaveLength(6)
})

it('says that it failed, and tries again in a minute', async () => {
  const { asked, said, stop, minute } = world(() => Promise.reject(new Error('busy')))
  await minute()
  await minute()
  expect(said).toHaveLength(2)
  expect(asked).toHaveLength(4)
  await stop()
})
