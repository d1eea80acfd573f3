import { useEffect, useRef, useState } from 'react'
import type { HistoryPageBody, PanelState } from '../../../agent/panel/panel-api.ts'
import type { Panel } from '../api/use-panel.ts'
import { historyLines, knownSince } from './history-lines.ts'
import type { HistoryLine } from './history-lines.ts'

export interface PanelHistory {
  readonly lines: readonly HistoryLine[]
  /** There is more before them. */
  readonly older: boolean
  readonly busy: boolean
  readonly failed: boolean
  readonly showOlder: () => void
}

const beforeOf = (page: HistoryPageBody | undefined, since: number): number =>
  page === undefined ? since + 1 : Math.min(...page.history.map(({ started_at: at }) => at), ...page.acts.map(({ at }) => at))

/** The newest lines as the agent tells them, and as many pages before them as were asked for; read anew when something was added or changed. */
export const useHistory = ({ client }: Panel, state: PanelState): PanelHistory => {
  const [pages, setPages] = useState<readonly HistoryPageBody[]>([])
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState(false)
  const since = knownSince(state)
  const load = (count: number): void => {
    setBusy(true)
    setFailed(false)
    readPages(count)
      .then(setPages, () => setFailed(true))
      .finally(() => setBusy(false))
  }
  const readPages = async (count: number): Promise<readonly HistoryPageBody[]> => {
    const read: HistoryPageBody[] = []
    while (read.length < count && (read.at(-1)?.older ?? true)) {
      // oxlint-disable-next-line no-await-in-loop -- each page says where the next one begins
      read.push(await client.historyBefore(beforeOf(read.at(-1), since)))
    }
    return read
  }
  const stamp = JSON.stringify([state.history[0], state.acts[0]])
  const seen = useRef(stamp)
  useEffect(() => {
    if (seen.current === stamp) return
    seen.current = stamp
    if (pages.length > 0) load(pages.length)
  })
  return {
    lines: historyLines(state, pages),
    older: pages.at(-1)?.older ?? Number.isFinite(since),
    busy,
    failed,
    showOlder: () => load(pages.length + 1),
  }
}
