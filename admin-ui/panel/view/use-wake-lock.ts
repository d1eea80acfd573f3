import { useEffect } from 'react'

/** Keeps the screen awake where the browser can; asked again whenever the page becomes visible. */
export const useWakeLock = (): void => {
  useEffect(() => {
    const ask = (): void => {
      // Refused on battery or without a secure context: the panel works all the same.
      if (document.visibilityState === 'visible' && 'wakeLock' in navigator) navigator.wakeLock.request('screen').catch(() => undefined)
    }
    ask()
    document.addEventListener('visibilitychange', ask)
    return () => document.removeEventListener('visibilitychange', ask)
  }, [])
}
