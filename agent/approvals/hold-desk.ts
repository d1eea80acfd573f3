import type { Clock, Timer } from '../basics/clock.ts'
import type { HoldReason } from '../wire/agent-api.ts'
import type { LiveSession } from './approval-state.ts'

/** What holds the bytes of the session beside the operator's pause. */
export interface HoldDesk {
  /** Somebody types a PIN at the panel: whoever can act on the machine itself must neither watch nor press. Ends by itself after {@link longestTypingMs}. */
  typing(on: boolean): void
  /** The session or the enabling input may be another. */
  follow(): void
}

export interface HoldDeskOptions {
  readonly clock: Clock
  readonly live: () => LiveSession | null
  readonly actsOnMachine: (service: string) => boolean
  /** It is used only while the enabling input is held, which is not so now. */
  readonly isHeld: (service: string) => boolean
  /** Holds every stream of the session when it returns, or lets go of them. */
  readonly hold: (session: string, held: boolean) => void
  /** For the technician, once it lasts. */
  readonly tell: (held: HoldReason | null) => void
}

export const longestTypingMs = 60_000
/** A shorter hold is nobody's news. */
export const toldAfterMs = 2_000

export function createHoldDesk(options: HoldDeskOptions): HoldDesk {
  const { clock } = options
  let typing: { readonly session: string; readonly timer: Timer } | null = null
  let waiting: { readonly why: HoldReason; readonly session: string; readonly timer: Timer } | null = null

  const reason = (live: LiveSession): HoldReason | null => {
    if (typing?.session === live.id) return 'pin'
    return live.services.some(options.isHeld) ? 'enabling' : null
  }
  const follow = (): void => {
    const live = options.live()
    const why = live === null ? null : reason(live)
    if (live !== null && waiting?.why === why && waiting.session === live.id) return
    waiting?.timer.cancel()
    waiting = null
    if (live === null || why === live.held) return
    if (why === null) return options.tell(null)
    const tell = (): void => {
      waiting = null
      options.tell(why)
    }
    waiting = { why, session: live.id, timer: clock.after(toldAfterMs, tell) }
  }
  const stop = (): void => {
    if (typing === null) return
    const { session, timer } = typing
    typing = null
    timer.cancel()
    if (options.live()?.id === session) options.hold(session, false)
    follow()
  }
  return {
    typing: (on) => {
      if (!on) return stop()
      const live = options.live()
      if (typing !== null && typing.session !== live?.id) stop()
      // What began it again and again would hold for ever.
      if (live === null || typing !== null || !live.services.some(options.actsOnMachine)) return
      typing = { session: live.id, timer: clock.after(longestTypingMs, stop) }
      options.hold(live.id, true)
      follow()
    },
    follow,
  }
}
