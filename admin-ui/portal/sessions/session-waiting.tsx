import { Button } from '@mantine/core'
import type { Session } from '../../../gateway/http-api/contract/sessions.ts'
import { CountdownRing } from '../../look/countdown-ring.tsx'
import { formatCountdown } from '../../words/format.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { useGatewayClock } from './session-clock.ts'
import { useEndSession } from './use-end-session.ts'

/** The operator is being asked. */
export const SessionWaiting = ({ session, receivedAtMs }: { readonly session: Session; readonly receivedAtMs: number }) => {
  const words = usePortalWords().session
  const nowMs = useGatewayClock(session, receivedAtMs)
  const end = useEndSession(session.id)
  const leftS = session.decide_by === null ? null : Math.max(0, session.decide_by - nowMs / 1000)
  const wholeS = session.decide_by === null ? 1 : Math.max(1, session.decide_by - session.requested_at)
  return (
    <section className="card now" data-tone="wait">
      {leftS === null ? null : (
        <CountdownRing share={leftS / wholeS} tone="wait" size={96}>
          <span className="big-ring">{formatCountdown(leftS)}</span>
        </CountdownRing>
      )}
      <div className="grow">
        <h2>{session.state === 'requested' ? words.sendingTo(session.machine.name) : words.waitingFor(session.machine.name)}</h2>
        <p>{words.waitingText}</p>
        {leftS === null ? null : <p className="quiet numbers">{words.refusedIn(formatCountdown(leftS))}</p>}
        <ProblemNote error={end.error} />
      </div>
      {session.mine ? (
        <Button variant="outline" loading={end.isPending} onClick={() => end.mutate()}>
          {words.withdraw}
        </Button>
      ) : null}
    </section>
  )
}
