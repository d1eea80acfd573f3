import { Button } from '@mantine/core'
import { Link } from 'wouter'
import type { Session } from '../../../gateway/http-api/contract/sessions.ts'
import { lookIcon } from '../../look/state-badge.tsx'
import { formatDuration } from '../../words/format.ts'
import { useWords } from '../../words/language.tsx'
import { sharedWords } from '../../words/shared-words.ts'
import { DenialList } from '../parts/denial-list.tsx'
import { usePortalWords } from '../words/portal-words.ts'

/** Over: who ended it and why. */
export const SessionEnded = ({ session }: { readonly session: Session }) => {
  const words = usePortalWords().session
  const shared = useWords(sharedWords)
  const { problems } = usePortalWords()
  const putOff = session.end_denials.find(({ code }) => code === 'not_now' || code === 'not_today')
  const { approved_at: from, ended_at: to } = session
  return (
    <section className="card now" data-tone="muted">
      <span className="muted">{lookIcon('ended', 64)}</span>
      <div className="grow">
        <h2>{session.end_reason === null ? words.ended : shared.endings[session.end_reason](session.ended_by)}</h2>
        {from === null || to === null ? null : <p>{words.used(formatDuration(to - from))}</p>}
        {putOff === undefined ? <DenialList own={session.mine} denials={session.end_denials} /> : <p>{problems[putOff.code]}</p>}
      </div>
      {session.mine ? (
        <Button component={Link} href={`/machines/${encodeURIComponent(session.machine.id)}`} variant="outline">
          {words.askAgain}
        </Button>
      ) : null}
    </section>
  )
}
