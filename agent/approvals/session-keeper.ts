import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { LossSettings } from '../settings/agent-settings.ts'
import type { AgentEventBody } from '../state/event-store.ts'
import type { HistoryStore } from '../state/history-store.ts'
import type { AgentEndReason } from '../wire/agent-api.ts'
import { momentOf } from './approval-state.ts'
import type { LiveSession } from './approval-state.ts'
import { judgeLosses } from './losses.ts'
import { sessionDeadline } from './session-deadline.ts'

/** The one session that lives, from its approval to its end. */
export interface SessionKeeper {
  readonly live: LiveSession | null
  /** On the monotonic clock: when its time is over; null while there is none. */
  readonly dueMs: number | null
  /** The live session with this id, as long as its time is not over. */
  alive(session: string): LiveSession | 'expired' | null
  /** A new one, or the same with more time or another conduct. */
  set(next: LiveSession): void
  /** Streams first, records second, what ended it last. `tell` is null when the gateway ended it and knows. */
  end(reason: string, by: string | null, tell: AgentEndReason | null, writeCause?: () => void): void
  /** Ends or pauses it where its time or a loss says so. */
  check(): void
  tunnelUp(): void
  tunnelDown(): void
}

export interface SessionKeeperOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly history: HistoryStore
  readonly losses: LossSettings
  readonly record: (write: () => void) => void
  readonly event: (body: AgentEventBody) => void
  readonly cutSession: (session: string) => void
  /** As `judgeLosses` takes it. */
  readonly panelGoneSinceMs: () => number | null
  /** A loss asks for a pause. */
  readonly pause: () => void
  /** It is over, and every stream cut. */
  readonly onEnd: (ended: LiveSession, reason: string) => void
}

export function createSessionKeeper(options: SessionKeeperOptions): SessionKeeper {
  const { clock, logger, history } = options
  let live: LiveSession | null = null
  let tunnelLostAtMs: number | null = clock.monotonicMs()

  const end: SessionKeeper['end'] = (reason, by, tell, writeCause = () => {}) => {
    const ended = live
    if (ended === null) return
    live = null
    options.cutSession(ended.id)
    const endedAtMs = clock.nowMs()
    options.record(() => {
      history.end(ended.id, { endedAtMs, reason, by })
      if (tell !== null) options.event({ type: 'session.ended', session: ended.id, reason: tell, by })
      writeCause()
    })
    logger.info({ session: ended.id, reason }, 'a session ended')
    options.onEnd(ended, reason)
  }
  return {
    get live() {
      return live
    },
    get dueMs() {
      return live?.deadline.monotonicMs ?? null
    },
    alive: (session) => {
      if (live?.id !== session) return null
      return sessionDeadline(live, momentOf(clock), null) === null ? live : 'expired'
    },
    set: (next) => {
      // One that was approved while the tunnel was away has the whole grace period before it.
      if (live === null && tunnelLostAtMs !== null) tunnelLostAtMs = clock.monotonicMs()
      live = next
    },
    end,
    check: () => {
      const over = live === null ? null : sessionDeadline(live, momentOf(clock), tunnelLostAtMs)
      if (over !== null) end(over, null, over)
      if (live === null) return
      const panelGoneSinceMs = options.panelGoneSinceMs()
      const verdict = judgeLosses({ live, now: momentOf(clock), panelGoneSinceMs, tunnelLostAtMs, settings: options.losses })
      if (verdict === null) return
      if ('end' in verdict) end(verdict.end, null, verdict.end)
      else options.pause()
    },
    tunnelUp: () => void (tunnelLostAtMs = null),
    tunnelDown: () => void (tunnelLostAtMs ??= clock.monotonicMs()),
  }
}
