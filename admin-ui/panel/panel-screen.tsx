import { useEffect } from 'react'
import { GateMark } from '../look/gate-mark.tsx'
import { useWords } from '../words/language.tsx'
import { sharedWords } from '../words/shared-words.ts'
import { usePanel } from './api/use-panel.ts'
import { ConnectionLine } from './view/connection-line.tsx'
import { IdleView } from './view/idle-view.tsx'
import { LostBanner } from './view/lost-banner.tsx'
import { PanelMenu } from './view/panel-menu.tsx'
import { RequestView } from './view/request-view.tsx'
import { SessionBar } from './view/session-bar.tsx'
import { SessionView } from './view/session-view.tsx'
import { useRequestSound } from './view/use-request-sound.ts'
import { useWakeLock } from './view/use-wake-lock.ts'
import { panelWords } from './words/panel-words.ts'

/** One thing on the screen at a time: a request, else the session, else that nobody is in. */
export const PanelScreen = ({ secret, onNotPaired }: { readonly secret: string; readonly onNotPaired: () => void }) => {
  const words = useWords(panelWords)
  const shared = useWords(sharedWords)
  const panel = usePanel(secret, onNotPaired)
  const { state } = panel
  const request = state?.request ?? null
  const session = state?.session ?? null
  const sound = useRequestSound(request !== null)
  useWakeLock()
  const title =
    request !== null
      ? `● ${shared.request.wantsIn(request.technician.name)}`
      : session !== null
        ? `● ${words.isInside(session.technician.name)}`
        : `${state?.device.name ?? words.title} – Sallyport`
  useEffect(() => {
    document.title = title
  }, [title])
  return (
    <div className={session === null ? 'panel' : 'panel live-frame'} data-lost={panel.lost || undefined}>
      {session === null || state === null ? (
        <header className="panel-top">
          <GateMark open={false} size={40} />
          <strong className="panel-machine">{state?.device.name ?? words.title}</strong>
          {state === null || panel.lost ? null : <ConnectionLine connection={state.connection} nowMs={panel.nowMs} />}
          <PanelMenu sound={sound} />
        </header>
      ) : (
        <SessionBar panel={panel} state={state} session={session} />
      )}
      {panel.lost ? <LostBanner silentMs={panel.silentMs} session={session !== null} /> : null}
      {state === null ? (
        <main className="panel-column">
          <h1>{words.connecting}</h1>
        </main>
      ) : request !== null ? (
        <RequestView key={`${request.session} ${request.requested_at}`} panel={panel} request={request} operators={state.operators} />
      ) : session !== null ? (
        <SessionView session={session} />
      ) : (
        <IdleView panel={panel} state={state} />
      )}
      {state === null || session === null || request !== null ? null : (
        <footer className="panel-foot">
          <strong className="panel-machine">{state.device.name}</strong>
          {panel.lost ? null : <ConnectionLine connection={state.connection} nowMs={panel.nowMs} />}
          <PanelMenu sound={sound} />
        </footer>
      )}
    </div>
  )
}
