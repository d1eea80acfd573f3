import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { createPace } from './pace.ts'

describe('a pace', () => {
  const never = new AbortController().signal
  const start = () => {
    const clock = new FakeClock()
    const pace = createPace({ clock, burst: 3, perSecond: 2 })
    let turns = 0
    const take = (count: number, signal = never): void => {
      for (let n = 0; n < count; n += 1) void pace.turn(signal).then(() => (turns += 1))
    }
    const after = async (ms: number): Promise<number> => {
      clock.advance(ms)
      await setImmediate()
      return turns
    }
    return { pace, clock, take, after }
  }

  it('lets a burst through, then so many a second, and none is lost', async () => {
    const { take, after } = start()
    take(8)
    expect(await after(0)).toBe(3)
    expect(await after(499)).toBe(3)
    expect(await after(1)).toBe(4)
    expect(await after(1_000)).toBe(6)
    expect(await after(60_000)).toBe(8)
  })

  it('saves up no more than a burst', async () => {
    const { take, after } = start()
    await after(3_600_000)
    take(10)
    expect(await after(0)).toBe(3)
  })

  it('does not count a wall clock that was set', async () => {
    const { clock, take, after } = start()
    take(4)
    clock.jumpWallClock(3_600_000)
    expect(await after(0)).toBe(3)
    clock.jumpWallClock(-7_200_000)
    expect(await after(500)).toBe(4)
  })

  it('lets go of who does not want to wait any more', async () => {
    const { take, after } = start()
    const stop = new AbortController()
    take(5, stop.signal)
    expect(await after(0)).toBe(3)
    stop.abort()
    expect(await after(0)).toBe(5)
    take(1, stop.signal)
    expect(await after(0)).toBe(6)
  })
})
