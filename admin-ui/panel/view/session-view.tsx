import type { PanelConnection, PanelSession, PanelState } from '../../../agent/panel/panel-api.ts'
import { ExactTime } from '../../look/exact-time.tsx'
import { formatBytes } from '../../words/format.ts'
import { sharedWords } from '../../words/shared-words.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import type { Panel } from '../api/use-panel.ts'
import { LiveMirror } from '../mirror/live-mirror.tsx'
import { helpWords } from '../words/help-words.ts'
import { panelWords } from '../words/panel-words.ts'
import { RecordingNote } from '../replay/recording-note.tsx'
import { ChatNote } from './chat-note.tsx'
import { ConnectionLine } from './connection-line.tsx'
import { OpenCall } from './open-call.tsx'
import { RefusedList } from './refused-list.tsx'
import { SessionChat } from './session-chat.tsx'
import { SessionConduct } from './session-conduct.tsx'

/** What is being used right now, and why the technician is there. */
export const SessionView = ({
  panel,
  state,
  session,
  connection,
}: {
  readonly panel: Panel
  readonly state: PanelState
  readonly session: PanelSession
  readonly connection: PanelConnection
}) => {
  const words = useWords(panelWords)
  const help = useWords(helpWords)
  const shared = useWords(sharedWords)
  const { language } = useLanguage()
  return (
    <main className="panel-main session">
      <h1 className="visually-hidden">{words.isInside(session.technician.name)}</h1>
      {panel.lost || connection.state === 'connected' ? null : <ConnectionLine connection={connection} nowMs={panel.nowMs} />}
      <SessionConduct panel={panel} state={state} session={session} />
      {session.recording.state === 'stopped' ? <RecordingNote recording={session.recording} /> : null}
      <ChatNote session={session} />
      <LiveMirror key={session.id} panel={panel} state={state} session={session} />
      <div className="session-body">
        <div className="session-facts">
          <ul className="service-use" aria-label={shared.request.services}>
            {session.services.map((service) => (
              <li key={service.name} className="card">
                <strong>{service.title}</strong>
                {service.held ? <strong>{words.holdSwitch}</strong> : null}
                <span className={service.open_streams > 0 ? 'in-use' : 'not-in-use'}>
                  {service.open_streams > 0 ? words.streams(service.open_streams) : words.notUsed}
                </span>
                <span className="numbers">
                  {words.bytes(formatBytes(language, service.bytes_up), formatBytes(language, service.bytes_down))}
                </span>
              </li>
            ))}
          </ul>
          <dl className="facts">
            <dt>{shared.request.reason}</dt>
            <dd>{session.purpose}</dd>
            <dt>{shared.request.ticket}</dt>
            <dd>{session.ticket ?? shared.request.noTicket}</dd>
            <dt>{words.lastActivity}</dt>
            <dd>{session.last_activity === null ? words.nothingYet : <ExactTime at={session.last_activity} />}</dd>
          </dl>
          {state.help === null && session.answers_call ? <p className="answers-call">{help.took(session.technician.name)}</p> : null}
          {state.help === null ? null : <OpenCall panel={panel} state={state} help={state.help} />}
          {session.recording.state === 'on' ? <RecordingNote recording={session.recording} /> : null}
          <p className="quiet-text">
            {words.letInBy[session.mode](session.approved_by)} ({words.proofs[session.proof]}). {words.endText}
          </p>
        </div>
        <SessionChat panel={panel} state={state} session={session} />
      </div>
      <RefusedList refused={state.refused} />
    </main>
  )
}
