import { IconHistory, IconPlayerPlay, IconShieldCheck } from '@tabler/icons-react'
import type { PanelHistoryEntry } from '../../../agent/panel/panel-api.ts'
import { ExactTime } from '../../look/exact-time.tsx'
import { sharedWords } from '../../words/shared-words.ts'
import type { SharedWords } from '../../words/shared-words.ts'
import { useWords } from '../../words/language.tsx'
import type { PanelClient } from '../api/panel-client.ts'
import { panelWords } from '../words/panel-words.ts'
import type { PanelWords } from '../words/panel-words.ts'
import { replayWords } from '../words/replay-words.ts'
import { KeptChat } from './kept-chat.tsx'
import { PanelProblemLine } from './panel-problem.tsx'
import type { PanelHistory } from './use-history.ts'

const isEnding = (reason: string, words: SharedWords): reason is keyof SharedWords['endings'] => reason in words.endings

/** One sentence: how it came to its end. */
const outcomeText = (entry: PanelHistoryEntry, words: PanelWords, shared: SharedWords): string =>
  entry.outcome === 'ended' && entry.reason !== null && isEnding(entry.reason, shared)
    ? shared.endings[entry.reason](entry.by)
    : words.outcomes[entry.outcome](entry.by)

export interface HistoryListProps {
  readonly client: PanelClient
  readonly history: PanelHistory
  readonly onReplay: (session: string) => void
}

/** What was asked, and what was done at this screen, newest first. */
export const HistoryList = ({ client, history, onReplay }: HistoryListProps) => {
  const words = useWords(panelWords)
  const shared = useWords(sharedWords)
  const replay = useWords(replayWords)
  return (
    <section aria-labelledby="history">
      <h2 id="history">{words.history}</h2>
      {history.lines.length === 0 ? <p className="quiet-text">{words.historyEmpty}</p> : null}
      <ul className="history">
        {history.lines.map((entry) =>
          entry.session === undefined ? (
            <li key={entry.key}>
              <div>
                <ExactTime at={entry.at} />: {words.acts[entry.act.act](entry.act.by, entry.act.service ?? '')}
              </div>
            </li>
          ) : (
            <li key={entry.key}>
              <strong>{entry.session.technician.name}</strong> <span className="quiet-text">{entry.session.technician.organisation}</span>
              <div>
                <ExactTime at={entry.at} />: {outcomeText(entry.session, words, shared)}
              </div>
              <RecordingLine entry={entry.session} onReplay={onReplay} />
              {entry.session.messages === 0 ? null : (
                <KeptChat client={client} session={entry.session.session} count={entry.session.messages} />
              )}
            </li>
          ),
        )}
      </ul>
      {history.failed ? <PanelProblemLine text={words.unreachable} /> : null}
      {history.older ? (
        <button type="button" className="tool history-older" disabled={history.busy} onClick={history.showOlder}>
          <IconHistory size={26} aria-hidden="true" />
          {replay.older}
        </button>
      ) : null}
    </section>
  )
}

const RecordingLine = ({ entry, onReplay }: { readonly entry: PanelHistoryEntry; readonly onReplay: (session: string) => void }) => {
  const words = useWords(replayWords)
  const { session, recording } = entry
  if (recording === null || recording.state === 'recording') return null
  if (recording.state === 'kept')
    return (
      <div className="history-recording">
        <button type="button" className="tool" onClick={() => onReplay(session)}>
          <IconPlayerPlay size={26} aria-hidden="true" />
          {words.open}
        </button>
        {recording.protected_by === null ? null : (
          <span className="quiet-text">
            <IconShieldCheck size={22} aria-hidden="true" /> {words.protectedBy(recording.protected_by)}
          </span>
        )}
      </div>
    )
  if (recording.state === 'deleted')
    return (
      <div className="quiet-text">
        {words.deletedBy(recording.by ?? '')}
        {recording.at === null ? null : (
          <>
            {' '}
            (<ExactTime at={recording.at} />)
          </>
        )}
      </div>
    )
  return <div className="quiet-text">{words[recording.state]}</div>
}
