import type { LossSettings } from '../settings/agent-settings.ts'
import type { AgentEndReason } from '../wire/agent-api.ts'
import type { LiveSession, Moment } from './approval-state.ts'

/** The panel's last browser may be away for so long: a page that is loaded again is no loss. */
export const panelGoneMs = 15_000
/** Wall clock and boot clock may part by so much during a session. */
export const clockStepMs = 60_000

export interface LossesOptions {
  readonly live: LiveSession
  readonly now: Moment
  /** On the monotonic clock: since when no browser shows the panel; null while one does, or where none ever did. */
  readonly panelGoneSinceMs: number | null
  readonly tunnelLostAtMs: number | null
  readonly settings: LossSettings
}

export type LossVerdict = { readonly end: AgentEndReason } | { readonly pause: true } | null

/** What follows, while a session lives, from the loss of the panel, of the gateway, or of the clock. The loss of this very process ends it without a word. */
export function judgeLosses({ live, now, panelGoneSinceMs, tunnelLostAtMs, settings }: LossesOptions): LossVerdict {
  const steppedMs = Math.abs(now.wallMs - now.bootMs - live.clockOffsetMs)
  if (settings.clock === 'end' && steppedMs > clockStepMs) return { end: 'clock' }
  if (settings.gateway === 'end' && tunnelLostAtMs !== null) return { end: 'device_lost' }
  // One that came back and went again before the session began is no loss of this session.
  const panelGoneForMs = panelGoneSinceMs === null ? 0 : now.monotonicMs - panelGoneSinceMs
  if (settings.panel === 'go_on' || panelGoneForMs < panelGoneMs) return null
  if (settings.panel === 'end') return { end: 'panel_lost' }
  return live.paused ? null : { pause: true }
}
