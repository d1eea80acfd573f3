import type { Clock, Timer } from '../basics/clock.ts'
import type { HoldReason } from '../wire/agent-api.ts'
import type { LiveSession } from './approval-state.ts'

/** What holds the bytes of the session beside the operator's pause. */
export interface HoldDesk {
  /**
   * Somebody types a PIN at the panel: whoever can act on the machine itself must neither watch nor press, nor who comes in meanwhile. `where`
   * tells fields apart that are open at once. Ends by itself after {@link longestTypingMs}.
   */
  typing(on: boolean, where: string): void
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
/** Panels that are open at once. */
const mostFields = 8
/** A shorter hold is nobody's news. */
export const toldAfterMs = 2_000

export function createHoldDesk(options: HoldDeskOptions): HoldDesk {
  const { clock } = options
  const fields = new Map<string, Timer>()
  let stopped: string | null = null
  let waiting: { readonly why: HoldReason; readonly session: string; readonly timer: Timer } | null = null

  const reason = (live: LiveSession): HoldReason | null => {
    if (stopped === live.id) return 'pin'
    return live.services.some(options.isHeld) ? 'enabling' : null
  }
  const stopOrLetGo = (live: LiveSession | null): void => {
    const wanted = live !== null && fields.size > 0 && live.services.some(options.actsOnMachine) ? live.id : null
    if (wanted === stopped) return
    const before = stopped
    stopped = wanted
    if (before !== null && before === live?.id) options.hold(before, false)
    if (wanted !== null) options.hold(wanted, true)
  }
  const follow = (): void => {
    const live = options.live()
    stopOrLetGo(live)
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
  const close = (where: string): void => {
    fields.get(where)?.cancel()
    fields.delete(where)
    follow()
  }
  return {
    typing: (on, where) => {
      if (!on) return close(where)
      // What began it again and again would hold for ever.
      if (!fields.has(where) && fields.size < mostFields)
        fields.set(
          where,
          clock.after(longestTypingMs, () => close(where)),
        )
      follow()
    },
    follow,
  }
}
