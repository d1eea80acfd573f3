import { IconHandStop, IconPower } from '@tabler/icons-react'
import type { PanelRequest, RefuseBody } from '../../../agent/panel/panel-api.ts'
import { CountdownRing } from '../../look/countdown-ring.tsx'
import { formatCountdown, formatDuration } from '../../words/format.ts'
import { useWords } from '../../words/language.tsx'
import { panelWords } from '../words/panel-words.ts'
import { FarLine, sentenceAround } from './far-text.tsx'

export interface RequestButtonsProps {
  readonly request: PanelRequest
  readonly duration: number
  readonly nowMs: number
  /** Who presses, or null while no name is chosen. */
  readonly operator: string | null
  /** Letting somebody in needs a moment on the screen and the agent; saying no never waits for either. */
  readonly mayAllow: boolean
  readonly busy: boolean
  readonly onApprove: () => void
  readonly onRefuse: (how: RefuseBody['how']) => void
}

/** The band at the foot: the remote service button, a third of the screen, and the ways to say no. */
export const RequestButtons = ({ request, duration, nowMs, operator, mayAllow, busy, onApprove, onRefuse }: RequestButtonsProps) => {
  const words = useWords(panelWords)
  const leftS = Math.max(0, (request.decide_by - nowMs) / 1000)
  const time = formatDuration(duration)
  const allowed = request.kind === 'extend' ? words.allowMore(time) : words.allowFor(time)
  return (
    <footer className="request-band">
      <button
        type="button"
        className="allow"
        data-unnamed={operator === null || undefined}
        disabled={!mayAllow || busy}
        onClick={onApprove}
      >
        <IconPower size={56} aria-hidden="true" />
        <span>
          <span className="allow-word">{words.allow}</span>
          <span className="visually-hidden">: </span>
          <span className="allow-time numbers">{operator === null ? words.nameFirst : allowed}</span>
        </span>
      </button>
      <div className="refusals">
        <div className="refuse-timer" role="timer">
          <CountdownRing share={leftS / request.request_timeout_s} tone="wait" size={76}>
            <span aria-hidden="true">{formatCountdown(leftS)}</span>
          </CountdownRing>
          <span className="refuse-time numbers">
            <FarLine {...sentenceAround(formatCountdown(leftS), words.refusedIn)} />
          </span>
        </div>
        <button type="button" className="refuse" disabled={busy} onClick={() => onRefuse('refused')}>
          <IconHandStop size={30} aria-hidden="true" />
          {words.refuse}
        </button>
        <div className="put-off">
          <button type="button" className="tool" disabled={busy} onClick={() => onRefuse('not_now')}>
            <span>
              {words.notNow}
              <span className="visually-hidden">: </span>
              <span className="put-off-for">{words.notNowText}</span>
            </span>
          </button>
          <button type="button" className="tool" disabled={busy} onClick={() => onRefuse('not_today')}>
            {words.notToday}
          </button>
        </div>
      </div>
    </footer>
  )
}
