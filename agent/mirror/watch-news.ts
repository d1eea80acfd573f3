import type { Clock, Timer } from '../basics/clock.ts'

/** Whether somebody at the machine has the technician's pages before him, as the technician is told. */
export interface WatchNews {
  readonly watched: boolean
  /** So many panels draw the picture. */
  readers(count: number): void
  /** The session may be over, or another one began. */
  sessionChanged(): void
}

export interface WatchNewsOptions {
  readonly clock: Clock
  readonly liveSession: () => string | null
  readonly tell: (session: string, watched: boolean) => void
}

/** A page of the panel that is loaded again is not gone. */
export const goneAfterMs = 3_000

export function createWatchNews({ clock, liveSession, tell }: WatchNewsOptions): WatchNews {
  let count = 0
  let watched = false
  let told: string | null = null
  let timer: Timer | undefined

  const follow = (): void => {
    const session = liveSession()
    const now = watched && session !== null ? session : null
    if (now === told) return
    if (told !== null && told === session) tell(told, false)
    told = now
    if (now !== null) tell(now, true)
  }
  const set = (to: boolean): void => {
    watched = to
    follow()
  }
  return {
    get watched() {
      return told !== null && told === liveSession()
    },
    readers: (next) => {
      count = next
      if (count > 0) {
        timer?.cancel()
        timer = undefined
        return set(true)
      }
      timer ??= clock.after(goneAfterMs, () => {
        timer = undefined
        set(false)
      })
    },
    sessionChanged: follow,
  }
}
