import type { PanelSession, PanelState } from '../../../agent/panel/panel-api.ts'
import { PersonPhoto } from '../../look/person-photo.tsx'
import { StateBadge } from '../../look/state-badge.tsx'
import { formatCountdown } from '../../words/format.ts'
import { useWords } from '../../words/language.tsx'
import { useAct } from '../api/use-act.ts'
import type { Panel } from '../api/use-panel.ts'
import { panelWords } from '../words/panel-words.ts'
import { FarLine, sentenceAround } from './far-text.tsx'
import { PanelProblemLine } from './panel-problem.tsx'

/** Steps of the spoken warning: 5 minutes and 1 minute before the end. */
const warnedMinutes = (leftS: number): number | null => (leftS <= 60 ? 1 : leftS <= 300 ? 5 : null)

/** Who is in, for how long, and the one button that ends it: always here while a session lives, whatever else the screen shows. */
export const SessionBar = ({
  panel,
  state,
  session,
}: {
  readonly panel: Panel
  readonly state: PanelState
  readonly session: PanelSession
}) => {
  const words = useWords(panelWords)
  const act = useAct(panel.take)
  const leftS = Math.max(0, session.expires_at - panel.nowMs / 1000)
  const warning = warnedMinutes(leftS)
  const operator = state.operators.length === 1 ? (state.operators[0] ?? null) : null
  return (
    <>
      <header className="session-bar" data-warning={warning ?? undefined}>
        {panel.lost ? <StateBadge look="offline" word={words.wasLive} size={44} /> : <StateBadge look="live" word={words.live} size={44} />}
        <PersonPhoto name={session.technician.name} photo={session.technician.photo} size={72} />
        <div className="session-who">
          <strong>
            <FarLine {...sentenceAround(session.technician.name, words.isInside)} />
          </strong>
          <span>{session.technician.organisation}</span>
        </div>
        <div className="session-left numbers" role="timer" aria-label={words.timeLeft}>
          <span className="session-left-word">{words.timeLeft}</span>
          <span className="session-left-time">{formatCountdown(leftS)}</span>
        </div>
        {/* Never disabled and never asking back: pressing twice is harmless. */}
        <button type="button" className="end-now" onClick={() => act.run(() => panel.client.end({ operator }))}>
          {words.endNow}
        </button>
      </header>
      <div aria-live="polite" className={warning === null ? 'visually-hidden' : 'session-warning'} data-warning={warning ?? undefined}>
        {warning === null ? null : words.minutesLeft(warning)}
      </div>
      <PanelProblemLine text={act.problem} />
    </>
  )
}
