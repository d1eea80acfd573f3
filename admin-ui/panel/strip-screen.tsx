import { useEffect } from 'react'
import { StateBadge } from '../look/state-badge.tsx'
import { formatCountdown } from '../words/format.ts'
import { useWords } from '../words/language.tsx'
import { sharedWords } from '../words/shared-words.ts'
import { useAct } from './api/use-act.ts'
import { usePanel } from './api/use-panel.ts'
import type { Panel } from './api/use-panel.ts'
import { StripLanguage } from './view/strip-language.tsx'
import { panelWords } from './words/panel-words.ts'

/**
 * One line for the machine's own screen, in a frame: who is in, for how long, and *End*. Nobody is let in from here: another page could lay
 * something over it, which does no harm to an ending.
 */
export const StripScreen = ({ secret, onNotPaired }: { readonly secret: string; readonly onNotPaired: () => void }) => {
  const words = useWords(panelWords)
  const panel = usePanel(secret, onNotPaired)
  const act = useAct(panel.take)
  const session = panel.state?.session ?? null
  useEffect(() => {
    document.title = words.title
  }, [words])
  const only = panel.state?.operators.length === 1 ? (panel.state.operators[0] ?? null) : null
  return (
    <main className="strip" data-live={session !== null || undefined} data-lost={panel.lost || undefined}>
      <h1 className="visually-hidden">{words.title}</h1>
      <StripState panel={panel} />
      {session === null ? null : (
        <>
          <span className="strip-left numbers" role="timer" aria-label={words.timeLeft}>
            {formatCountdown(Math.max(0, session.expires_at - panel.nowMs / 1000))}
          </span>
          <button type="button" className="strip-end" onClick={() => act.run(() => panel.client.end({ operator: only }))}>
            {words.endNow}
          </button>
        </>
      )}
      <StripLanguage />
      {act.problem === null ? null : <span role="alert">{act.problem}</span>}
    </main>
  )
}

const StripState = ({ panel }: { readonly panel: Panel }) => {
  const words = useWords(panelWords)
  const asks = useWords(sharedWords).request
  const { state } = panel
  if (state === null || (panel.lost && state.session === null)) return <StateBadge look="offline" word={words.unknownTitle} size={34} />
  const { session, request } = state
  if (session !== null)
    return (
      <>
        <StateBadge look={panel.lost ? 'offline' : 'live'} word={panel.lost ? words.wasLive : words.live} size={34} />
        <strong className="strip-who" role="status">
          {words.isInside(session.technician.name)}
          {session.paused ? ` – ${words.pausedTitle}` : session.view_only ? ` – ${words.viewOnly}` : ''}
        </strong>
      </>
    )
  if (request !== null)
    return (
      <>
        <StateBadge look="waiting" word={words.allow} size={34} />
        <strong className="strip-who" role="status">
          {request.kind === 'extend' ? asks.wantsMore(request.technician.name) : asks.wantsIn(request.technician.name)}
        </strong>
      </>
    )
  return <StateBadge look={state.remote.on ? 'online' : 'offline'} word={state.remote.on ? words.idleTitle : words.remoteOff} size={34} />
}
