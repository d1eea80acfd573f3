import { beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import type { KeptClocks } from '../state/clock-store.ts'
import { clockStepMs } from './losses.ts'
import { watchClock } from './watch-clock.ts'

let clock: FakeClock
let steps: number
let disk: KeptClocks | null
let full: boolean
beforeEach(() => {
  clock = new FakeClock()
  steps = 0
  disk = null
  full = false
})
const start = (bootId: string | null = 'one') =>
  watchClock({
    clock,
    bootId,
    kept: {
      get: () => disk,
      set: (clocks) => {
        if (full) throw new Error('database or disk is full')
        disk = clocks
      },
    },
    onStep: () => (steps += 1),
  })

describe('the watch over the wall clock', () => {
  it('tells of each step by more than a minute, either way, within ten seconds, once', () => {
    start()
    clock.jumpWallClock(clockStepMs)
    clock.advance(20_000)
    expect(steps).toBe(0)
    clock.jumpWallClock(1)
    clock.advance(10_000)
    expect(steps).toBe(1)
    clock.advance(60_000)
    clock.jumpWallClock(-3_600_000)
    clock.advance(10_000)
    expect(steps).toBe(2)
  })

  it('tells at once when somebody asks: nobody comes in by a clock that was set a second ago', () => {
    const watch = start()
    clock.jumpWallClock(3_600_000)
    watch.look()
    watch.look()
    expect(steps).toBe(1)
  })

  it('takes sleep for no step', () => {
    start()
    clock.sleep(8 * 3_600_000)
    clock.advance(10_000)
    expect(steps).toBe(0)
  })
})

describe('a wall clock that was set while the agent did not run', () => {
  const away = (byMs: number, bootId: string | null = 'one'): number => {
    start('one').stop()
    clock.advance(5_000)
    clock.jumpWallClock(byMs)
    start(bootId)
    return steps
  }

  it.each([clockStepMs + 1, -clockStepMs - 1, 86_400_000])('is found in the same run of the computer: %i ms', (byMs) => {
    expect(away(byMs)).toBe(1)
  })

  it('is none for less', () => {
    expect(away(clockStepMs)).toBe(0)
  })

  it('is found over another run where it went back, and cannot be told from a computer that was off where it went on', () => {
    expect(away(-clockStepMs - 5_001, 'two')).toBe(1)
    steps = 0
    expect(away(86_400_000, 'two')).toBe(0)
  })

  it('is found where the agent was killed: the clocks are kept each hour', () => {
    start()
    clock.advance(26 * 3_600_000)
    clock.jumpWallClock(-2 * 3_600_000)
    // Of the one that was killed nothing runs any more.
    steps = 0
    start('two')
    expect(steps).toBe(1)
  })

  it('is found once more where the disk took nothing', () => {
    expect(away(3_600_000)).toBe(1)
    full = true
    clock.jumpWallClock(3_600_000)
    start()
    start()
    expect(steps).toBe(3)
  })
})
