import { useEffect } from 'react'
import { GateMark } from '../look/gate-mark.tsx'
import { StateBadge } from '../look/state-badge.tsx'
import { formatClock, formatCountdown, formatList } from '../words/format.ts'
import { useLanguage, useWords } from '../words/language.tsx'
import { sharedWords } from '../words/shared-words.ts'
import { useAct } from './api/use-act.ts'
import { usePanel } from './api/use-panel.ts'
import type { Panel } from './api/use-panel.ts'
import { StripLanguage } from './view/strip-language.tsx'
import { helpWords } from './words/help-words.ts'
import { panelWords } from './words/panel-words.ts'
import { stripWords } from './words/strip-words.ts'

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
  const leftS = session === null ? 0 : Math.max(0, session.expires_at - panel.nowMs / 1000)
  const only = panel.state?.operators.length === 1 ? (panel.state.operators[0] ?? null) : null
  return (
    <main
      className="strip"
      data-live={session !== null || undefined}
      data-asked={(panel.state?.request ?? null) !== null || undefined}
      data-lost={panel.lost || undefined}
    >
      <h1 className="visually-hidden">{words.title}</h1>
      <StripState panel={panel} />
      {session === null ? null : (
        <>
          <span
            className="strip-left numbers"
            role="timer"
            aria-label={words.timeLeft}
            data-warning={leftS <= 60 ? 1 : leftS <= 300 ? 5 : undefined}
          >
            {formatCountdown(leftS)}
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
  const strip = useWords(stripWords)
  const asks = useWords(sharedWords).request
  const note = useNote(panel)
  const { state } = panel
  if (state === null || (panel.lost && state.session === null)) return <StateBadge look="offline" word={words.unknownTitle} size={34} />
  const { session, request } = state
  if (session !== null)
    return (
      <>
        <StateBadge look={panel.lost ? 'offline' : 'live'} word={panel.lost ? words.wasLive : words.live} size={34} />
        <Who text={words.isInside(session.technician.name)} note={note} />
      </>
    )
  if (request !== null)
    return (
      <>
        <StateBadge look="waiting" word={strip.waits} size={34} />
        <Who text={asks.wantsIn(request.technician.name)} note={note} />
      </>
    )
  const connected = state.connection.state === 'connected'
  return (
    <>
      <span className="strip-mark" data-connected={(connected && state.remote.on) || undefined}>
        <GateMark open={false} size={40} />
      </span>
      <Who text={state.remote.on ? words.idleTitle : words.remoteOff} note={note} />
    </>
  )
}

interface Note {
  readonly text: string
  /** Somebody has to do something, or may come in without anybody's press. */
  readonly urgent: boolean
}

const Who = ({ text, note }: { readonly text: string; readonly note: Note | null }) => (
  <div className="strip-who" role="status">
    <strong>{text}</strong>
    {note === null ? null : (
      <span className="strip-note" data-urgent={note.urgent || undefined}>
        <span className="visually-hidden">. </span>
        {note.text}
      </span>
    )}
  </div>
)

/** The one thing that has to be known beside who is in: what asks for a hand comes first. */
const useNote = ({ state }: Panel): Note | null => {
  const words = useWords(panelWords)
  const strip = useWords(stripWords)
  const help = useWords(helpWords)
  const { language } = useLanguage()
  if (state === null) return null
  const { session, request, hardware, remote, connection } = state
  const open = state.services.filter(({ enabled, mode }) => enabled && mode.name === 'unattended').map(({ title }) => title)
  const urgent = (text: string): Note => ({ text, urgent: true })
  if (hardware?.awaiting === true) return urgent(words.pressNow)
  if (request !== null) return urgent(session === null ? strip.answerAtPanel : strip.asksForMore)
  if (session?.paused === true) return urgent(words.pausedTitle)
  if (session?.view_only === true) return { text: words.viewOnly, urgent: false }
  if (!remote.on) return null
  if (session === null && connection.state !== 'connected') return { text: words.connection[connection.state], urgent: false }
  if (open.length > 0) return urgent(words.unattendedNow(formatList(language, open)))
  return session === null && state.help !== null
    ? { text: help.calledAt(state.help.by, formatClock(language, state.help.called_at)), urgent: false }
    : null
}
