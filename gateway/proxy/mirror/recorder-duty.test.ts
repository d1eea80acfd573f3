import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../basics/fake-clock.ts'
import { createRecorderDuty, leftWithinMs, mostWaiting, recorderGraceMs, recorderWaitMs, type RecorderDuty } from './recorder-duty.ts'

function start(demanded = true) {
  const clock = new FakeClock()
  const state = { underWay: 0, lost: 0 }
  const onLost = (): void => void (state.lost += 1)
  const duty = createRecorderDuty({ demanded, clock, underWay: () => state.underWay, onLost })
  return { clock, state, duty, never: new AbortController().signal }
}

describe('a session whose pages have to be recorded', () => {
  it('ends when it is used and no recorder reports in time', () => {
    const { clock, state, duty } = start()
    duty.used()
    clock.advance(recorderGraceMs - 1)
    duty.used()
    expect(state.lost).toBe(0)
    clock.advance(1)
    expect(state.lost).toBe(1)
  })

  it('goes on when one does, and while it runs', () => {
    const { clock, state, duty } = start()
    duty.used()
    clock.advance(recorderGraceMs - 1)
    duty.reporting()
    clock.advance(recorderGraceMs)
    duty.used()
    clock.advance(recorderGraceMs)
    expect(state.lost).toBe(0)
  })

  it('ends when a page of its own says nothing, though another one is recorded', () => {
    const { clock, state, duty } = start()
    duty.reporting()
    duty.pageSent()
    clock.advance(recorderGraceMs)
    expect(state.lost).toBe(1)
  })

  it('goes on when such a page was left before it came, and only then', () => {
    const left = (afterMs: number, ready: (duty: RecorderDuty) => void): number => {
      const { clock, state, duty } = start()
      ready(duty)
      const leave = duty.pageSent()
      clock.advance(afterMs)
      leave()
      clock.advance(recorderGraceMs)
      return state.lost
    }
    const others = (duty: RecorderDuty): void => void duty.reporting()
    expect(left(leftWithinMs - 1, others)).toBe(0)
    expect(left(leftWithinMs, others)).toBe(1)
    // A part of it may be there, and nobody saw it.
    expect(left(0, () => {})).toBe(1)
    // Another page owes its word, too, or owed it before.
    expect(
      left(0, (duty) => {
        others(duty)
        duty.pageSent()
      }),
    ).toBe(1)
    expect(
      left(0, (duty) => {
        duty.used()
        others(duty)
      }),
    ).toBe(0)
    expect(
      left(0, (duty) => {
        const gone = duty.reporting()
        gone()
        duty.used()
      }),
    ).toBe(1)
  })

  it('goes on from page to page: the newer one speaks for one that led on at once', () => {
    const { clock, state, duty } = start()
    const leave = duty.reporting()
    duty.pageSent()
    leave()
    duty.pageSent()
    clock.advance(recorderGraceMs - 1)
    duty.reporting()
    clock.advance(recorderGraceMs)
    expect(state.lost).toBe(0)
  })

  it('ends when the last recorder is gone while something of it is still under way, and not when its page was closed', () => {
    const closed = start()
    closed.state.underWay = 1
    closed.duty.reporting()()
    closed.state.underWay = 0
    closed.clock.advance(recorderGraceMs)
    expect(closed.state.lost).toBe(0)
    closed.duty.reporting()()
    closed.clock.advance(recorderGraceMs)
    expect(closed.state.lost).toBe(0)
    const { clock, state, duty } = start()
    const [first, second] = [duty.reporting(), duty.reporting()]
    state.underWay = 1
    first()
    first()
    clock.advance(recorderGraceMs)
    expect(state.lost).toBe(0)
    second()
    clock.advance(recorderGraceMs)
    expect(state.lost).toBe(1)
  })

  it('ends when it is used after the last recorder left, whatever is under way', () => {
    const { clock, state, duty } = start()
    duty.reporting()()
    duty.used()
    clock.advance(recorderGraceMs)
    expect(state.lost).toBe(1)
  })

  it('is not ended by a gateway that stops', () => {
    const { clock, state, duty } = start()
    duty.used()
    duty.stop()
    duty.used()
    clock.advance(recorderGraceMs)
    expect(state.lost).toBe(0)
  })
})

describe('what could change the machine', () => {
  it('passes while a recorder reports, and waits a moment for one', async () => {
    const { clock, duty, never } = start()
    const waits = [duty.whenReporting(never), duty.whenReporting(never)]
    clock.advance(recorderWaitMs - 1)
    const leave = duty.reporting()
    expect(await Promise.all([...waits, duty.whenReporting(never)])).toEqual([true, true, true])
    leave()
    const late = duty.whenReporting(never)
    clock.advance(recorderWaitMs)
    expect(await late).toBe(false)
  })

  it('does not wait when whoever sent it is gone, nor do more than so many', async () => {
    const { duty, never } = start()
    const gone = new AbortController()
    const first = duty.whenReporting(gone.signal)
    const others = Array.from({ length: mostWaiting - 1 }, () => duty.whenReporting(never))
    expect(await duty.whenReporting(never)).toBe(false)
    gone.abort()
    expect([await first, await duty.whenReporting(gone.signal)]).toEqual([false, false])
    const one = duty.whenReporting(never)
    duty.reporting()
    expect(await Promise.all([...others, one])).toEqual(Array.from({ length: mostWaiting }, () => true))
  })
})

it('asks nothing of a session whose pages need not be recorded', async () => {
  const { clock, state, duty, never } = start(false)
  duty.pageSent()
  duty.used()
  expect(await duty.whenReporting(never)).toBe(true)
  duty.reporting()()
  clock.advance(recorderGraceMs)
  expect(state.lost).toBe(0)
})
