import type { ActStore } from '../state/act-store.ts'
import type { HistoryStore } from '../state/history-store.ts'
import type { HistoryPageBody } from './panel-api.ts'
import { panelAct, panelHistoryEntry } from './panel-state.ts'
import type { PanelStateOptions } from './panel-state.ts'

export interface HistoryRoutesOptions {
  readonly past: Pick<PanelStateOptions, 'chat' | 'recordings' | 'services'> & {
    readonly history: Pick<HistoryStore, 'before'>
    readonly acts: Pick<ActStore, 'before'>
  }
}

/** Sessions and acts of one answer, and what happened in the same millisecond as the last of them. */
export const historyPage = 20

/** `GET /api/history/{before}`: what was before a moment, newest first. */
export function readHistory({ past }: HistoryRoutesOptions, before: string): HistoryPageBody {
  const sessions = past.history.before(Number(before), historyPage)
  const acts = past.acts.before(Number(before), historyPage)
  const times = [...sessions.map(({ startedAtMs }) => startedAtMs), ...acts.map(({ atMs }) => atMs)].toSorted((one, other) => other - one)
  const last = times[historyPage - 1] ?? times.at(-1) ?? 0
  return {
    history: sessions.filter(({ startedAtMs }) => startedAtMs >= last).map((entry) => panelHistoryEntry(entry, past)),
    acts: acts.filter(({ atMs }) => atMs >= last).map((act) => panelAct(act, past)),
    older: past.history.before(last, 1).length + past.acts.before(last, 1).length > 0,
  }
}
