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

const readPages = async (client: Panel['client'], since: number, count: number): Promise<readonly HistoryPageBody[]> => {
  const read: HistoryPageBody[] = []
  while (read.length < count && (read.at(-1)?.older ?? true)) read.push(await client.historyBefore(beforeOf(read.at(-1), since)))
  return read
}

/** The newest lines as the agent tells them, and as many pages before them as were asked for; read anew when something was added or changed. */
export const useHistory = ({ client }: Panel, state: PanelState): PanelHistory => {
  const [pages, setPages] = useState<readonly HistoryPageBody[]>([])
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState(false)
  const since = knownSince(state)
  const load = (wanted: number): void => {
    setBusy(true)
    setFailed(false)
    readPages(client, since, wanted)
      .then(setPages, () => setFailed(true))
      .finally(() => setBusy(false))
  }
  const stamp = JSON.stringify([state.history[0], state.acts[0]])
  const seen = useRef(stamp)
  const count = pages.length
  useEffect(() => {
    if (seen.current === stamp) return
    seen.current = stamp
    // What cannot be read stays as it was shown.
    if (count > 0) readPages(client, since, count).then(setPages, () => undefined)
  }, [client, count, since, stamp])
  return {
    lines: historyLines(state, pages),
    older: pages.at(-1)?.older ?? Number.isFinite(since),
    busy,
    failed,
    showOlder: () => load(count + 1),
  }
}
