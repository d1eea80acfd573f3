import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from 'wouter'
import type { Session } from '../../../gateway/http-api/contract/sessions.ts'
import { ExactTime } from '../../look/exact-time.tsx'
import { StateBadge } from '../../look/state-badge.tsx'
import { formatCountdown } from '../../words/format.ts'
import { useWords } from '../../words/language.tsx'
import { sharedWords } from '../../words/shared-words.ts'
import { useApi } from '../api/api-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { isLiveState, sessionLooks } from '../parts/session-look.ts'
import { usePortalWords } from '../words/portal-words.ts'

export interface SessionRowProps {
  readonly session: Session
  readonly mayEnd: boolean
  /** The gateway's clock. */
  readonly nowMs: number
}

/** One session in a list: machine, person, state, and for those who may the button that ends it. */
export const SessionRow = ({ session, mayEnd, nowMs }: SessionRowProps) => {
  const words = usePortalWords().sessions
  const shared = useWords(sharedWords)
  return (
    <li className="card row-session">
      <div>
        <Link href={`/sessions/${session.id}`} className="row-title">
          {session.machine.name}
        </Link>
        <div className="quiet">{session.technician.name}</div>
      </div>
      <div>
        <StateBadge look={sessionLooks[session.state]} word={shared.states[session.state]} />
        {session.state === 'open' || session.state === 'approved' ? (
          <div className="quiet numbers">
            {session.expires_at === null ? null : words.left(formatCountdown(session.expires_at - nowMs / 1000))}
          </div>
        ) : null}
        {session.end_reason === null ? null : <div className="quiet">{shared.endings[session.end_reason](session.ended_by)}</div>}
      </div>
      <div className="quiet">
        {words.asked} <ExactTime at={session.requested_at * 1000} />
        <div className="clip">{session.purpose}</div>
      </div>
      <div>{mayEnd && isLiveState(session.state) ? <EndButton session={session} /> : null}</div>
    </li>
  )
}

const EndButton = ({ session }: { readonly session: Session }) => {
  const words = usePortalWords().sessions
  const api = useApi()
  const queries = useQueryClient()
  const end = useMutation({ mutationFn: () => api.end(session.id), onSuccess: () => queries.invalidateQueries({ queryKey: ['sessions'] }) })
  return (
    <>
      <Button
        color="danger"
        variant="outline"
        loading={end.isPending}
        aria-label={words.end(session.technician.name, session.machine.name)}
        onClick={() => end.mutate()}
      >
        {words.endShort}
      </Button>
      <ProblemNote error={end.error} />
    </>
  )
}
