import type { HistoryPageBody, PanelAct, PanelHistoryEntry } from '../../../agent/panel/panel-api.ts'

/** One line of the history: a session, or an act of an operator. */
export type HistoryLine = { readonly at: number; readonly key: string } & (
  | { readonly session: PanelHistoryEntry; readonly act?: undefined }
  | { readonly act: PanelAct; readonly session?: undefined }
)

/** So many of each the agent tells with its state (`PanelState`): where it tells fewer, there are no more. */
const newestTold = 20

type Lists = Pick<HistoryPageBody, 'history' | 'acts'>

const oldestOf = (times: readonly number[]): number => (times.length < newestTold ? -Infinity : Math.min(...times))

/** Down to this moment the agent's state tells everything; `-Infinity`: it tells all there is. */
export const knownSince = ({ history, acts }: Lists): number =>
  Math.max(oldestOf(history.map(({ started_at: at }) => at)), oldestOf(acts.map(({ at }) => at)))

/** Newest first and each once: what the state tells whole, and the pages before it. */
export const historyLines = (newest: Lists, older: readonly Lists[]): readonly HistoryLine[] => {
  const since = knownSince(newest)
  const lines = new Map<string, HistoryLine>()
  const add = ({ history, acts }: Lists, from: number): void => {
    for (const session of history) put({ at: session.started_at, key: `${session.session} ${session.started_at}`, session }, from)
    for (const act of acts) put({ at: act.at, key: `${act.act} ${act.service} ${act.by} ${act.at}`, act }, from)
  }
  const put = (line: HistoryLine, from: number): void => {
    if (line.at >= from && !lines.has(line.key)) lines.set(line.key, line)
  }
  add(newest, since)
  for (const page of older) add(page, -Infinity)
  return [...lines.values()].toSorted((one, other) => other.at - one.at)
}
