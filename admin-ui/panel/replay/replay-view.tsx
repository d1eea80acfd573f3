import { IconArrowLeft } from '@tabler/icons-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { PanelChatMessage, PanelHistoryEntry, PanelState } from '../../../agent/panel/panel-api.ts'
import { formatMoment } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import type { Panel } from '../api/use-panel.ts'
import { MirrorPicture } from '../mirror/mirror-picture.tsx'
import { mirrorWords } from '../words/mirror-words.ts'
import { replayWords } from '../words/replay-words.ts'
import { HappeningList } from './happening-list.tsx'
import { RecordingFate } from './recording-fate.tsx'
import { ReplayControls } from './replay-controls.tsx'
import { useReplay } from './use-replay.ts'

export interface ReplayViewProps {
  readonly panel: Panel
  readonly state: PanelState
  readonly entry: PanelHistoryEntry
  readonly onClose: () => void
}

/** A session of the history: what happened, step by step, and the pictures as they were seen. */
export const ReplayView = ({ panel, state, entry, onClose }: ReplayViewProps) => {
  const words = useWords(replayWords)
  const mirror = useWords(mirrorWords)
  const { language } = useLanguage()
  const replay = useReplay(panel.client, entry.session)
  const { player, view, seek } = replay
  const chat = useChatOf(panel, entry)
  const [size, setSize] = useState<{ readonly width: number; readonly height: number } | 'broken' | null>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const onDrawn = useCallback((drawn: Exclude<typeof size, null>) => setSize(drawn), [])
  const stopped = entry.recording?.stopped ?? null
  const gone = entry.recording?.state !== 'kept'
  useEffect(() => {
    if (gone) onClose()
  }, [gone, onClose])
  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
    scrollTo(0, 0)
  }, [])
  const note =
    view.state === 'unreadable'
      ? words.unreadable
      : size === 'broken'
        ? mirror.broken
        : view.hasPicture
          ? null
          : view.state === 'reading'
            ? words.loading
            : words.noPicture
  const ratio = size === null || size === 'broken' ? '16 / 10' : `${size.width} / ${size.height}`
  return (
    <main className="panel-main replay">
      <div className="replay-head">
        <button type="button" className="tool" onClick={onClose}>
          <IconArrowLeft size={28} aria-hidden="true" />
          {words.back}
        </button>
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {words.title(entry.technician.name)}
          </h1>
          <p className="quiet-text">
            {entry.technician.organisation}, {formatMoment(language, entry.started_at)}
          </p>
        </div>
      </div>
      {stopped === null ? null : <p className="steps-alarm">{words.stopped[stopped]}</p>}
      <div className="mirror">
        <section className="mirror-side" aria-label={mirror.title}>
          <div className="mirror-space" style={{ aspectRatio: ratio }}>
            {view.port === null ? null : <MirrorPicture port={view.port} title={mirror.title} model={player} onDrawn={onDrawn} />}
            {note === null ? null : <p className="mirror-note">{note}</p>}
          </div>
          <ReplayControls player={player} view={view} seek={seek} />
          <p className="quiet-text">{mirror.holes}</p>
        </section>
        <HappeningList happenings={view.happenings} left={view.left} chat={chat} at={view.at} onJump={seek} />
      </div>
      <RecordingFate panel={panel} state={state} entry={entry} />
    </main>
  )
}

const useChatOf = ({ client }: Panel, { session, messages }: PanelHistoryEntry): readonly PanelChatMessage[] => {
  const [chat, setChat] = useState<readonly PanelChatMessage[]>([])
  useEffect(() => {
    if (messages === 0) return
    client.chatOf(session).then(
      (answer) => setChat(answer.messages),
      () => undefined,
    )
  }, [client, session, messages])
  return chat
}
