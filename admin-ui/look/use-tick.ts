import { useEffect, useState } from 'react'

/** Draws again every `everyMs`, for countdowns and relative times. Returns `Date.now()` of the last tick. */
export const useTick = (everyMs: number): number => {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
