import type { HistoryPageBody, PanelHistoryEntry } from '../../agent/panel/panel-api.ts'

const newestAt = Date.UTC(2026, 9, 1, 8)

/** Session `n` of a long past, the newest first, one an hour; each fifth is recorded. */
const pastSession = (n: number): PanelHistoryEntry => ({
  session: `ses_p${n}`,
  technician: { id: 'per_1', name: `Guest ${n}`, organisation: 'Northwind Service' },
  started_at: newestAt - n * 3_600_000,
  ended_at: newestAt - n * 3_600_000 + 60_000,
  outcome: 'ended',
  reason: 'completed',
  by: null,
  messages: 0,
  recording: n % 5 === 4 ? { state: 'kept', bytes: 1_000, stopped: null, protected_by: null, by: null, at: null } : null,
})

/** 45 sessions. */
export const longPast: readonly PanelHistoryEntry[] = Array.from({ length: 45 }, (_, n) => pastSession(n))

/** As the agent answers `GET /api/history/{before}`. */
export const pastBefore = (before: number): HistoryPageBody => {
  const earlier = longPast.filter(({ started_at: at }) => at < before)
  return { history: earlier.slice(0, 20), acts: [], older: earlier.length > 20 }
}
