import { IconHandStop, IconPower } from '@tabler/icons-react'
import type { PanelRequest, RefuseBody } from '../../../agent/panel/panel-api.ts'
import { CountdownRing } from '../../look/countdown-ring.tsx'
import { formatCountdown, formatDuration } from '../../words/format.ts'
import { useWords } from '../../words/language.tsx'
import { panelWords } from '../words/panel-words.ts'

export interface RequestButtonsProps {
  readonly request: PanelRequest
  readonly duration: number
  readonly nowMs: number
  readonly disabled: boolean
  readonly onApprove: () => void
  readonly onRefuse: (how: RefuseBody['how']) => void
}

/** The band at the foot: the remote service button, a third of the screen, and the ways to say no. */
export const RequestButtons = ({ request, duration, nowMs, disabled, onApprove, onRefuse }: RequestButtonsProps) => {
  const words = useWords(panelWords)
  const leftS = Math.max(0, (request.decide_by - nowMs) / 1000)
  const time = formatDuration(duration)
  return (
    <footer className="request-band">
      <button type="button" className="allow" disabled={disabled} onClick={onApprove}>
        <IconPower size={56} aria-hidden="true" />
        <span>
          <span className="allow-word">{words.allow}</span>
          <span className="visually-hidden">: </span>
          <span className="allow-time numbers">{request.kind === 'extend' ? words.allowMore(time) : words.allowFor(time)}</span>
        </span>
      </button>
      <div className="refusals">
        <div className="refuse-timer" role="timer">
          <CountdownRing share={leftS / request.request_timeout_s} tone="wait" size={76}>
            <span aria-hidden="true">{formatCountdown(leftS)}</span>
          </CountdownRing>
          <span className="numbers">{words.refusedIn(formatCountdown(leftS))}</span>
        </div>
        <button type="button" className="refuse" disabled={disabled} onClick={() => onRefuse('refused')}>
          <IconHandStop size={30} aria-hidden="true" />
          {words.refuse}
        </button>
        <div className="put-off">
          <button type="button" className="tool" disabled={disabled} title={words.notNowText} onClick={() => onRefuse('not_now')}>
            {words.notNow}
          </button>
          <button type="button" className="tool" disabled={disabled} onClick={() => onRefuse('not_today')}>
            {words.notToday}
          </button>
        </div>
      </div>
    </footer>
  )
}
