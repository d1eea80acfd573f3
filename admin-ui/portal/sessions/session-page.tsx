import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import type { Session } from '../../../gateway/http-api/contract/sessions.ts'
import { PersonPhoto } from '../../look/person-photo.tsx'
import { StateBadge } from '../../look/state-badge.tsx'
import { useKeptFocus } from '../../look/use-kept-focus.ts'
import { formatClock, formatDuration } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import { sharedWords } from '../../words/shared-words.ts'
import { useApi } from '../api/api-context.tsx'
import { problemOf } from '../api/problem-error.ts'
import { Facts } from '../parts/facts.tsx'
import { Page } from '../parts/page.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { sessionLooks } from '../parts/session-look.ts'
import { NotFoundPage } from '../start/not-found-page.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { SessionChat } from './session-chat.tsx'
import { SessionEnded } from './session-ended.tsx'
import { SessionLine } from './session-line.tsx'
import { SessionLive } from './session-live.tsx'
import { SessionRecord } from './session-record.tsx'
import { SessionWaiting } from './session-waiting.tsx'

/** Am I in, how long, who watches. */
export const SessionPage = ({ id }: { readonly id: string }) => {
  const words = usePortalWords()
  const shared = useWords(sharedWords)
  const api = useApi()
  const query = useQuery({ queryKey: ['session', id], queryFn: () => api.session(id) })
  const { data: session } = query
  useKeptFocus(session?.state ?? null, '.now h2')
  if (query.error !== null && problemOf(query.error).status === 404) return <NotFoundPage />
  if (session === undefined) {
    return (
      <Page title={words.sessions.title}>
        <ProblemNote error={query.error} onRetry={() => void query.refetch()} />
        {query.isPending ? <Skeleton height={420} /> : null}
      </Page>
    )
  }
  return (
    <div className={session.state === 'open' && session.mine ? 'live-frame' : undefined}>
      <Page
        title={words.session.title(session.machine.name)}
        above={
          <Link href={`/machines/${encodeURIComponent(session.machine.id)}`} className="back">
            ← {session.machine.name}
          </Link>
        }
        actions={<StateBadge look={sessionLooks[session.state]} word={shared.states[session.state]} size={28} />}
      >
        <ProblemNote error={query.error} onRetry={() => void query.refetch()} />
        <SessionLine session={session} />
        <TunnelLost session={session} />
        <div role="status" className="visually-hidden">
          {shared.states[session.state]}
        </div>
        <SessionNow session={session} receivedAtMs={query.dataUpdatedAt} />
        <div className="two">
          <SessionFacts session={session} />
          <SessionRecord id={id} />
        </div>
      </Page>
    </div>
  )
}

const SessionNow = ({ session, receivedAtMs }: { readonly session: Session; readonly receivedAtMs: number }) => {
  switch (session.state) {
    case 'requested':
    case 'awaiting_approval':
      return <SessionWaiting session={session} receivedAtMs={receivedAtMs} />
    case 'approved':
    case 'open':
      return (
        <>
          <SessionLive session={session} receivedAtMs={receivedAtMs} />
          <SessionChat session={session} />
        </>
      )
    case 'ended':
      return <SessionEnded session={session} />
  }
}

const TunnelLost = ({ session }: { readonly session: Session }) => {
  const words = usePortalWords().session
  const { language } = useLanguage()
  const lost = session.tunnel_lost_at !== null && session.state !== 'ended'
  return (
    <div role="alert">
      {lost ? (
        <div className="card tunnel-lost">
          <StateBadge look="offline" word={words.tunnelLost(formatClock(language, (session.tunnel_lost_at ?? 0) * 1000))} size={26} />
        </div>
      ) : null}
    </div>
  )
}

const SessionFacts = ({ session }: { readonly session: Session }) => {
  const words = usePortalWords().session
  const shared = useWords(sharedWords)
  return (
    <section className="card stack" aria-label={words.reason}>
      <div className="row">
        <PersonPhoto name={session.technician.name} photo={session.technician.photo_url} size={56} />
        <strong>{words.of(session.technician.name, session.technician.organisation)}</strong>
      </div>
      <Facts
        items={{
          [words.reason]: session.purpose,
          [words.ticket]: session.ticket ?? shared.request.noTicket,
          [words.asked]: formatDuration(session.asked_duration_s),
        }}
      />
    </section>
  )
}
