import { Button } from '@mantine/core'
import type { Session } from '../../../gateway/http-api/contract/sessions.ts'
import { formatCountdown } from '../../words/format.ts'
import { useWords } from '../../words/language.tsx'
import { useMe } from '../parts/me-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { canAdminister } from '../parts/roles.ts'
import { recordingWords } from '../words/recording-words.ts'
import { usePortalWords } from '../words/portal-words.ts'
import { ExtendSession } from './extend-session.tsx'
import { OpenServices } from './open-services.tsx'
import { useGatewayClock } from './session-clock.ts'
import { useEndSession } from './use-end-session.ts'

const warnedMinutes = (leftS: number): 1 | 5 | null => (leftS <= 60 ? 1 : leftS <= 300 ? 5 : null)

/** What the operator holds back, and who. */
const ConductNote = ({ session: { conduct } }: { readonly session: Session }) => {
  const words = usePortalWords().session
  const recording = useWords(recordingWords)
  return (
    <div aria-live="polite" className={conduct.paused || conduct.view_only || conduct.held !== null ? 'conduct' : 'visually-hidden'}>
      {conduct.paused ? <strong>{conduct.why === null ? words.paused(conduct.by) : recording.pausedUnexplained}</strong> : null}
      {conduct.held === null ? null : <strong>{words.held[conduct.held]}</strong>}
      {conduct.view_only ? <strong>{words.viewOnly(conduct.by)}</strong> : null}
    </div>
  )
}

/** Approved or open: how long, what to open, more time, and the end. */
export const SessionLive = ({ session, receivedAtMs }: { readonly session: Session; readonly receivedAtMs: number }) => {
  const words = usePortalWords().session
  const me = useMe()
  const nowMs = useGatewayClock(session, receivedAtMs)
  const end = useEndSession(session.id)
  const leftS = session.expires_at === null ? null : Math.max(0, session.expires_at - nowMs / 1000)
  const warning = leftS === null ? null : warnedMinutes(leftS)
  return (
    <section className="card now live" data-tone={session.state === 'open' ? 'live' : 'primary'}>
      <div className="left" data-warning={warning ?? undefined}>
        <div className="quiet">{words.timeLeft}</div>
        <div className="left-time numbers" role="timer" aria-label={words.timeLeft}>
          {leftS === null ? '–' : formatCountdown(leftS)}
        </div>
        <div aria-live="polite" className="left-warning">
          {warning === null ? null : words.minutesLeft(warning)}
        </div>
      </div>
      <div className="grow stack">
        <ConductNote session={session} />
        <OpenServices session={session} />
        {session.mine ? <ExtendSession session={session} /> : null}
      </div>
      {session.mine || canAdminister(me) ? (
        <div className="end">
          <Button color="danger" size="xl" loading={end.isPending} onClick={() => end.mutate()}>
            {words.end}
          </Button>
          <div className="quiet">{words.endText}</div>
          <ProblemNote error={end.error} />
        </div>
      ) : null}
    </section>
  )
}
