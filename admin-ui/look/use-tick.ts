import { useEffect, useState } from 'react'

/** Draws again every `everyMs`, for countdowns and relative times. Returns `Date.now()` of the last tick. */
export const useTick = (everyMs: number): number => useTickOf(wallClock, everyMs)

/** The same by the clock that never falls: for how long something has been silent, whatever people do to the wall clock. */
export const useMonotonicTick = (everyMs: number): number => useTickOf(monotonicClock, everyMs)

const wallClock = (): number => Date.now()
const monotonicClock = (): number => performance.now()

const useTickOf = (clock: () => number, everyMs: number): number => {
  const [now, setNow] = useState(clock)
  useEffect(() => {
    const timer = setInterval(() => setNow(clock()), everyMs)
    return () => clearInterval(timer)
  }, [clock, everyMs])
  return now
}
