import { useCallback, useEffect, useState } from 'react'
import type { PanelState } from '../../agent/panel/panel-api.ts'
import { GateMark } from '../look/gate-mark.tsx'
import { useKeptFocus } from '../look/use-kept-focus.ts'
import { formatList } from '../words/format.ts'
import { useLanguage, useWords } from '../words/language.tsx'
import { sharedWords } from '../words/shared-words.ts'
import { usePanel } from './api/use-panel.ts'
import type { Panel } from './api/use-panel.ts'
import { ReplayView } from './replay/replay-view.tsx'
import { ConnectionLine } from './view/connection-line.tsx'
import { FarText } from './view/far-text.tsx'
import { HardwareNote } from './view/hardware-note.tsx'
import { IdleView } from './view/idle-view.tsx'
import { LostBanner } from './view/lost-banner.tsx'
import { PanelMenu } from './view/panel-menu.tsx'
import { PressAwaited } from './view/press-awaited.tsx'
import { RequestView } from './view/request-view.tsx'
import { SessionBar } from './view/session-bar.tsx'
import { SessionView } from './view/session-view.tsx'
import { useHistory } from './view/use-history.ts'
import { usePanelSound } from './view/use-panel-sound.ts'
import { useWakeLock } from './view/use-wake-lock.ts'
import { panelWords } from './words/panel-words.ts'

/** One thing on the screen at a time: a request, else the session, else that nobody is in. */
export const PanelScreen = ({ secret, onNotPaired }: { readonly secret: string; readonly onNotPaired: () => void }) => {
  const words = useWords(panelWords)
  const panel = usePanel(secret, onNotPaired)
  const { state } = panel
  const request = state?.request ?? null
  const session = state?.session ?? null
  const sound = usePanelSound({
    waiting: request !== null,
    said: newestFromTechnician(state),
    taken: callOf(state),
  })
  useWakeLock()
  const { said, shown } = useSituation(panel)
  useKeptFocus(shown, 'main h1')
  const title = request === null && session === null ? `${state?.device.name ?? words.title} – Sallyport` : `● ${said}`
  useEffect(() => {
    document.title = title
  }, [title])
  return (
    <div className={session === null ? 'panel' : 'panel live-frame'} data-lost={panel.lost || undefined}>
      {session === null || state === null ? (
        <header className="panel-top" data-asked={request !== null || undefined}>
          <GateMark open={false} size={40} />
          <strong className="panel-machine">
            <FarText text={state?.device.name ?? words.title} />
          </strong>
          {state === null || panel.lost ? null : <ConnectionLine connection={state.connection} nowMs={panel.nowMs} />}
          <PanelMenu sound={sound} />
        </header>
      ) : (
        <div className="session-head">
          <SessionBar panel={panel} state={state} session={session} />
          <PressAwaited state={state} />
        </div>
      )}
      {session === null ? <PressAwaited state={state} /> : null}
      <UnattendedNote state={state} />
      <HardwareNote state={state} nowMs={panel.nowMs} />
      <div role="status" className="visually-hidden">
        {said}
      </div>
      {panel.lost ? <LostBanner silentMs={panel.silentMs} session={session !== null} /> : null}
      {state === null ? (
        <main className="panel-column">
          <h1>{words.connecting}</h1>
        </main>
      ) : request !== null ? (
        <RequestView key={request.digest} panel={panel} request={request} operators={state.operators} />
      ) : session !== null ? (
        <SessionView panel={panel} state={state} session={session} connection={state.connection} />
      ) : (
        <NobodyIn panel={panel} state={state} />
      )}
      {state === null || session === null || request !== null ? null : (
        <footer className="panel-foot">
          <strong className="panel-machine">{state.device.name}</strong>
          {panel.lost || state.connection.state !== 'connected' ? null : (
            <ConnectionLine connection={state.connection} nowMs={panel.nowMs} />
          )}
          <PanelMenu sound={sound} />
        </footer>
      )}
    </div>
  )
}

/** Null while no state is known: what was written before is no news. */
const newestFromTechnician = (state: PanelState | null): string | null => {
  const session = state?.session ?? null
  const newest = session?.chat.findLast(({ from }) => from === 'technician')
  return session === null ? null : `${session.id} ${newest?.n ?? 0}`
}

const callOf = (state: PanelState | null): string | null =>
  state === null || state.help === null ? null : `${state.help.id} ${state.help.taken ? 'taken' : 'open'}`

/** Nobody is in: the machine at rest, or a session of its history. */
const NobodyIn = ({ panel, state }: { readonly panel: Panel; readonly state: PanelState }) => {
  const [opened, setOpened] = useState<string | null>(null)
  const close = useCallback(() => setOpened(null), [])
  const history = useHistory(panel, state)
  const entry = history.lines.find(({ session }) => session !== undefined && session.session === opened)?.session
  return entry === undefined ? (
    <IdleView panel={panel} state={state} history={history} onReplay={setOpened} />
  ) : (
    <ReplayView key={entry.session} panel={panel} state={state} entry={entry} onClose={close} />
  )
}

/** What the screen is about, in a sentence that is read out when it changes, and a key that changes with it. */
const useSituation = ({ state, lost }: Panel): { readonly said: string; readonly shown: string | null } => {
  const words = useWords(panelWords)
  const { request: asks } = useWords(sharedWords)
  if (state === null) return { said: '', shown: null }
  const { request, session } = state
  if (request !== null) {
    const { name } = request.technician
    return { said: request.kind === 'extend' ? asks.wantsMore(name) : asks.wantsIn(name), shown: `request ${request.requested_at}` }
  }
  return session === null
    ? { said: lost ? words.unknownTitle : words.idleTitle, shown: 'idle' }
    : { said: words.isInside(session.technician.name), shown: `session ${session.id}` }
}

/** Always in sight: somebody may come in without anybody's press. */
const UnattendedNote = ({ state }: Pick<Panel, 'state'>) => {
  const words = useWords(panelWords)
  const { language } = useLanguage()
  const open = state?.services.filter(({ enabled, mode }) => enabled && mode.name === 'unattended') ?? []
  if (state?.remote.on !== true || open.length === 0) return null
  const titles = open.map(({ title }) => title)
  return (
    <aside className="unattended-now" aria-label={words.modes.unattended}>
      {words.unattendedNow(formatList(language, titles))}
    </aside>
  )
}
