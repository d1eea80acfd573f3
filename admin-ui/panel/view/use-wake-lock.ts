import { useEffect } from 'react'

/**
 * Keeps the screen awake where the browser can, for as long as the panel is shown: no page can wake a screen that sleeps, so whoever asks to be
 * let in would ask a dark one. The browser takes the lock when the page is hidden: it is asked for again whenever it becomes visible.
 */
export const useWakeLock = (): void => {
  useEffect(() => {
    let over = false
    let held: WakeLockSentinel | null = null
    const release = (lock: WakeLockSentinel): void => void lock.release().catch(() => undefined)
    const ask = (): void => {
      if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return
      navigator.wakeLock
        .request('screen')
        .then((lock) => {
          if (held !== null && !held.released) release(held)
          held = lock
          if (over) release(lock)
        })
        // Refused on battery or without a secure context: the panel works all the same.
        .catch(() => undefined)
    }
    ask()
    document.addEventListener('visibilitychange', ask)
    return () => {
      over = true
      document.removeEventListener('visibilitychange', ask)
      if (held !== null) release(held)
    }
  }, [])
}
