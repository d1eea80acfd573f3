import type { PanelConnection } from '../../../agent/panel/panel-api.ts'
import { StateBadge } from '../../look/state-badge.tsx'
import type { StateLook } from '../../look/state-badge.tsx'
import { useWords } from '../../words/language.tsx'
import { panelWords } from '../words/panel-words.ts'
import type { ConnectionReason, PanelWords } from '../words/panel-words.ts'

const looks: Record<PanelConnection['state'], StateLook> = {
  off: 'offline',
  connected: 'online',
  connecting: 'waiting',
  refused: 'bad',
  offline: 'offline',
  enrolling: 'waiting',
  enrolment_failed: 'bad',
}

const isKnown = (reason: string, words: PanelWords): reason is ConnectionReason => Object.hasOwn(words.connectionReasons, reason)

/** Why there is no connection or no new certificate. */
export const reasonText = (reason: string, words: PanelWords): string =>
  isKnown(reason, words) ? words.connectionReasons[reason] : words.otherReason(reason)

/** Connected or not, why not, and when it is tried again. */
export const ConnectionLine = ({ connection, nowMs }: { readonly connection: PanelConnection; readonly nowMs: number }) => {
  const words = useWords(panelWords)
  const { reason, next_attempt_at: next } = connection
  const waits = reason === 'enrolment_pending' || reason === 'renewal_pending'
  const leftS = next === null ? 0 : Math.ceil((next - nowMs) / 1000)
  return (
    <span className="connection">
      {waits ? (
        <StateBadge look="waiting" word={words.waitsForPerson} size={30} />
      ) : (
        <StateBadge look={looks[connection.state]} word={words.connection[connection.state]} size={30} />
      )}
      {reason === null ? null : <span>{reasonText(reason, words)}</span>}
      {leftS > 0 ? <span className="numbers">{words.nextAttempt(leftS)}</span> : null}
    </span>
  )
}
