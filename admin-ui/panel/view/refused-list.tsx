import type { PanelRefusal } from '../../../agent/panel/panel-api.ts'
import { ExactTime } from '../../look/exact-time.tsx'
import { useWords } from '../../words/language.tsx'
import { panelWords } from '../words/panel-words.ts'

/** What the gateway tried and the machine did not do, newest first; nothing at all while there is nothing. */
export const RefusedList = ({ refused }: { readonly refused: readonly PanelRefusal[] }) => {
  const words = useWords(panelWords)
  if (refused.length === 0) return null
  return (
    <section aria-labelledby="refused" className="refused">
      <h2 id="refused">{words.refused}</h2>
      <p className="quiet-text">{words.refusedText}</p>
      <ul className="history">
        {refused.map(({ what, why, subject, last_at: at, count }) => (
          <li key={`${what} ${why} ${subject}`}>
            <strong>{words.refusedWhats[what](subject)}</strong>
            <div>
              <ExactTime at={at} />: {words.refusedWhys[why]}
              {count === 1 ? null : ` (${words.times(count)})`}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
