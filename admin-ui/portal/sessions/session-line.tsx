import { IconCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Session } from '../../../gateway/http-api/contract/sessions.ts'
import { ExactTime } from '../../look/exact-time.tsx'
import { formatClock } from '../../words/format.ts'
import { useLanguage } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { usePortalWords } from '../words/portal-words.ts'

interface Step {
  readonly name: 'asked' | 'shown' | 'approved' | 'open' | 'ended'
  readonly at: number | null
  readonly done: boolean
  readonly by: string | null
}

const stepsOf = (session: Session, shownAtMs: number | null): readonly Step[] => {
  const at = (instant: number | null): number | null => (instant === null ? null : instant * 1000)
  const shown = session.state === 'awaiting_approval' || session.approved_at !== null || shownAtMs !== null
  const steps: readonly Step[] = [
    { name: 'asked', at: at(session.requested_at), done: true, by: null },
    { name: 'shown', at: shownAtMs, done: shown, by: null },
    { name: 'approved', at: at(session.approved_at), done: session.approved_at !== null, by: session.approved_by },
    { name: 'open', at: at(session.opened_at), done: session.opened_at !== null, by: null },
    { name: 'ended', at: at(session.ended_at), done: session.state === 'ended', by: session.ended_by },
  ]
  // What an ended session never reached is not shown as if it might still come.
  return session.state === 'ended' ? steps.filter((step) => step.done) : steps
}

/** One line of time: asked, shown, approved, open, ended. */
export const SessionLine = ({ session }: { readonly session: Session }) => {
  const words = usePortalWords().session
  const { language } = useLanguage()
  const api = useApi()
  const history = useQuery({ queryKey: ['history', session.id], queryFn: () => api.history(session.id) })
  const shownAtMs = history.data?.items.find((event) => event.type === 'notice.shown')?.time_ms ?? null
  const steps = stepsOf(session, shownAtMs)
  const current = steps.findLast((step) => step.done)?.name
  return (
    <ol className="line" aria-label={words.line}>
      {steps.map((step) => (
        <li key={step.name} data-done={step.done || undefined} aria-current={step.name === current ? 'step' : undefined}>
          <span className="line-dot">{step.done ? <IconCheck size={16} aria-hidden="true" /> : null}</span>
          <span className="line-text">
            <span className="line-word">{words.steps[step.name]}</span>
            <span className="line-when">
              {step.at === null ? null : <ExactTime at={step.at} text={formatClock(language, step.at)} />}{' '}
              {step.by === null ? null : words.by(step.by)}
            </span>
          </span>
        </li>
      ))}
    </ol>
  )
}
