import { expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import type { DeviceId } from '../basics/ids.ts'
import { createReconnectPace } from './reconnect-pace.ts'

const press = 'press-1' as DeviceId

it('lets each device connect so often at once, and then at its pace', () => {
  const clock = new FakeClock()
  const pace = createReconnectPace({ clock, limits: { reconnectBurst: 3, reconnectRefillMs: 10_000 } })
  const take = (times: number): boolean[] => Array.from({ length: times }, () => pace.take(press))
  expect(take(5)).toEqual([true, true, true, false, false])
  expect(pace.take('press-2' as DeviceId)).toBe(true)
  clock.advance(9_999)
  expect(take(1)).toEqual([false])
  clock.advance(1)
  expect(take(2)).toEqual([true, false])
  clock.advance(3_600_000)
  expect(take(4)).toEqual([true, true, true, false])
})
