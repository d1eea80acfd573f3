import type { PanelHistoryEntry } from '../../../agent/panel/panel-api.ts'
import { ExactTime } from '../../look/exact-time.tsx'
import { sharedWords } from '../../words/shared-words.ts'
import type { SharedWords } from '../../words/shared-words.ts'
import { useWords } from '../../words/language.tsx'
import { panelWords } from '../words/panel-words.ts'
import type { PanelWords } from '../words/panel-words.ts'

const isEnding = (reason: string, words: SharedWords): reason is keyof SharedWords['endings'] => reason in words.endings

/** One sentence: how it came to its end. */
const outcomeText = (entry: PanelHistoryEntry, words: PanelWords, shared: SharedWords): string =>
  entry.outcome === 'ended' && entry.reason !== null && isEnding(entry.reason, shared)
    ? shared.endings[entry.reason](entry.by)
    : words.outcomes[entry.outcome](entry.by)

export const HistoryList = ({ history }: { readonly history: readonly PanelHistoryEntry[] }) => {
  const words = useWords(panelWords)
  const shared = useWords(sharedWords)
  return (
    <section aria-labelledby="history">
      <h2 id="history">{words.history}</h2>
      {history.length === 0 ? <p className="quiet-text">{words.historyEmpty}</p> : null}
      <ul className="history">
        {history.map((entry) => (
          <li key={`${entry.session} ${entry.started_at}`}>
            <strong>{entry.technician.name}</strong> <span className="quiet-text">{entry.technician.organisation}</span>
            <div>
              <ExactTime at={entry.started_at} />: {outcomeText(entry, words, shared)}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
