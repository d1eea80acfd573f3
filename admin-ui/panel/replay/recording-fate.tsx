import { IconShieldCheck, IconShieldOff, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useWords } from '../../words/language.tsx'
import { PanelProblemLine } from '../view/panel-problem.tsx'
import { SwitchDialog } from '../view/switch-dialog.tsx'
import { useIdentifiedAct } from '../view/use-identified-act.tsx'
import { replayWords } from '../words/replay-words.ts'
import type { ReplayViewProps } from './replay-view.tsx'

type Asked = 'remove' | 'protect' | 'unprotect'

/** What becomes of a recording: it stays, goes like any, or is deleted. Keeping it needs a name alone. */
export const RecordingFate = ({ panel, state, entry }: Omit<ReplayViewProps, 'onClose'>) => {
  const words = useWords(replayWords)
  const act = useIdentifiedAct(panel)
  const [asked, setAsked] = useState<Asked | null>(null)
  /** Stays while the dialog goes. */
  const [last, setLast] = useState<Asked>('remove')
  const { session, recording } = entry
  const by = recording?.protected_by ?? null
  const change = by === null ? 'protect' : 'unprotect'
  const open = (what: Asked): void => {
    setLast(what)
    setAsked(what)
  }
  const turn = (operator: string): void => {
    setAsked(null)
    if (last === 'protect') act.run(() => panel.client.protectRecording(session, { protected: true, operator }))
    else if (last === 'unprotect') act.runAs(operator, (who) => panel.client.protectRecording(session, { protected: false, ...who }))
    else act.runAs(operator, (who) => panel.client.deleteRecording(session, who))
  }
  return (
    <section className="recording-fate" aria-label={words.fate}>
      <PanelProblemLine text={act.problem} />
      {by === null ? null : (
        <p className="portal-note">
          <IconShieldCheck size={26} aria-hidden="true" />
          <span>{words.protectedBy(by)}</span>
        </p>
      )}
      <div className="recording-fate-buttons">
        <button type="button" className="tool" disabled={act.busy} onClick={() => open(change)}>
          {by === null ? <IconShieldCheck size={26} aria-hidden="true" /> : <IconShieldOff size={26} aria-hidden="true" />}
          {words.acts[change].button}
        </button>
        <button type="button" className="tool replay-delete" disabled={act.busy} onClick={() => open('remove')}>
          <IconTrash size={26} aria-hidden="true" />
          {words.acts.remove.button}
        </button>
      </div>
      <SwitchDialog
        opened={asked !== null}
        title={words.acts[last].title}
        text={last === 'remove' && !state.pins ? `${words.acts.remove.text} ${words.withoutPins}` : words.acts[last].text}
        confirm={words.acts[last].button}
        operators={state.operators}
        onClose={() => setAsked(null)}
        onTurn={turn}
      />
      {act.dialog}
    </section>
  )
}
