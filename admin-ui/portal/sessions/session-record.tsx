import { useQuery } from '@tanstack/react-query'
import { ExactTime } from '../../look/exact-time.tsx'
import { formatClock } from '../../words/format.ts'
import { chatWords } from '../../words/chat-words.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { usePortalWords } from '../words/portal-words.ts'

/** What both sides can look up later about this session. */
export const SessionRecord = ({ id }: { readonly id: string }) => {
  const words = usePortalWords()
  const chat = useWords(chatWords)
  const { language } = useLanguage()
  const api = useApi()
  const history = useQuery({ queryKey: ['history', id], queryFn: () => api.history(id) })
  return (
    <section className="card" aria-labelledby="record">
      <h2 id="record">{words.session.record}</h2>
      <ProblemNote error={history.error} onRetry={() => void history.refetch()} />
      {history.data?.items.length === 0 ? <p className="quiet">{words.session.recordEmpty}</p> : null}
      <ul className="record">
        {history.data?.items.map((event, index) => (
          <li key={`${event.time_ms} ${event.type} ${index}`}>
            <ExactTime at={event.time_ms} text={formatClock(language, event.time_ms)} />
            <span>
              {words.events[event.type] ?? event.type}{' '}
              {event.type === 'chat.said' && typeof event.detail['text'] === 'string' ? `${chat.said(event.detail['text'])} ` : null}
              {event.actor.name === null ? null : <span className="quiet">{event.actor.name}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
