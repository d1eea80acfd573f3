import { IconAlertTriangle, IconPlayerRecord } from '@tabler/icons-react'
import type { PanelRecordingNow } from '../../../agent/panel/panel-api.ts'
import { useWords } from '../../words/language.tsx'
import { replayWords } from '../words/replay-words.ts'

/** Whether this machine records the session that lives; nothing where the customer wants none. */
export const RecordingNote = ({ recording: { state, stopped } }: { readonly recording: PanelRecordingNow }) => {
  const words = useWords(replayWords)
  if (state === 'off') return null
  const Icon = state === 'on' ? IconPlayerRecord : IconAlertTriangle
  return (
    <p className="recording-note" data-stopped={state === 'stopped' || undefined} role="status">
      <Icon size={26} aria-hidden="true" />
      {state === 'on' ? words.recorded : words.notRecorded}
      {stopped === null ? null : ` – ${words.stopped[stopped]}`}
    </p>
  )
}
