import { expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { watchLiveness } from './watch-liveness.ts'

function watch(peer: 'answers' | 'is silent' | 'sends bytes' | 'sends bytes once' | 'cannot be asked') {
  const clock = new FakeClock()
  const startedAt = clock.monotonicMs()
  let pings = 0
  let bytes = 0
  const deaths: number[] = []
  const send = (): void => {
    bytes += 10
    clock.after(14_000, send)
  }
  if (peer === 'sends bytes') send()
  if (peer === 'sends bytes once') clock.after(5_100, () => (bytes += 10))
  const stop = watchLiveness({
    session: {
      destroyed: false,
      ping(answered: unknown) {
        pings += 1
        if (peer === 'cannot be asked') return false
        if (peer === 'answers' && typeof answered === 'function') clock.after(20, () => answered(null, 20, Buffer.alloc(8)))
        return true
      },
    },
    bytesRead: () => bytes,
    clock,
    pingIntervalMs: 5_000,
    deadAfterMs: 15_000,
    onDead: () => deaths.push(clock.monotonicMs() - startedAt),
  })
  return { clock, deaths, stop, pings: () => pings }
}

it('asks every 5 s and leaves a peer that answers alone', () => {
  const { clock, deaths, pings } = watch('answers')
  clock.advance(3_600_000)
  expect(deaths).toEqual([])
  expect(pings()).toBe(720)
})

it('calls a silent peer dead after 15 s, once', () => {
  const { clock, deaths } = watch('is silent')
  clock.advance(14_999)
  expect(deaths).toEqual([])
  clock.advance(100_000)
  expect(deaths).toEqual([15_000])
})

it('takes bytes for a sign of life: on a slow line the answer waits behind them', () => {
  const { clock, deaths } = watch('sends bytes')
  clock.advance(60_000)
  expect(deaths).toEqual([])
})

it('counts the 15 s from the last bytes, also from those that came right after it looked', () => {
  const { clock, deaths } = watch('sends bytes once')
  clock.advance(5_100 + 14_999)
  expect(deaths).toEqual([])
  clock.advance(1_001)
  expect(deaths).toHaveLength(1)
})

it('calls a peer dead to which no PING can be sent', () => {
  const { clock, deaths } = watch('cannot be asked')
  clock.advance(60_000)
  expect(deaths).toEqual([15_000])
})

it('says nothing after it was stopped', () => {
  const { clock, deaths, stop } = watch('is silent')
  stop()
  clock.advance(60_000)
  expect(deaths).toEqual([])
})
