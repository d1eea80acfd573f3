import { IconEye, IconPlayerPause, IconPlayerPlay, IconPointer } from '@tabler/icons-react'
import { useState } from 'react'
import type { PanelSession, PanelState } from '../../../agent/panel/panel-api.ts'
import { formatList } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import type { Panel } from '../api/use-panel.ts'
import { panelWords } from '../words/panel-words.ts'
import { PanelProblemLine } from './panel-problem.tsx'
import { PausedAt } from './recording-notes.tsx'
import { SwitchDialog } from './switch-dialog.tsx'
import { useIdentifiedAct } from './use-identified-act.tsx'

type Act = keyof typeof changes

const changes = {
  pause: { paused: true },
  goOn: { paused: false },
  viewOnly: { view_only: true },
  allowActing: { view_only: false },
} as const

const icons = { pause: IconPlayerPause, goOn: IconPlayerPlay, viewOnly: IconEye, allowActing: IconPointer } as const

/** Stricter at one press, whoever presses; taking it back is by somebody who shows who he is. */
export const SessionConduct = ({
  panel,
  state,
  session,
}: {
  readonly panel: Panel
  readonly state: PanelState
  readonly session: PanelSession
}) => {
  const words = useWords(panelWords)
  const { language } = useLanguage()
  const act = useIdentifiedAct(panel)
  const [asked, setAsked] = useState<Act | null>(null)
  const titles = session.services.filter((service) => service.messages_pass).map(({ title }) => title)
  const passing = titles.length === 0 ? null : formatList(language, titles)
  const only = state.operators.length === 1 ? state.operators[0] : undefined
  const loosen = (what: Act, operator: string): void => {
    setAsked(null)
    act.runAs(operator, (who) => panel.client.setConduct({ ...changes[what], session: session.id, ...who }))
  }
  const press = (what: Act): void => {
    if (what === 'pause' || what === 'viewOnly') act.run(() => panel.client.setConduct({ ...changes[what], operator: only ?? null }))
    else if (only === undefined) setAsked(what)
    else loosen(what, only)
  }
  const shown: readonly Act[] = [session.paused ? 'goOn' : 'pause', session.view_only ? 'allowActing' : 'viewOnly']
  return (
    <section className="conduct" aria-label={words.conductLabel}>
      <div role="status" className="conduct-now">
        {session.paused ? <strong className="conduct-title">{words.pausedTitle}</strong> : null}
        {session.view_only ? (
          <strong className="conduct-title">{passing === null ? words.viewOnlyTitle : words.viewOnlyTitleWithMessages}</strong>
        ) : null}
      </div>
      {session.paused_at === null ? null : <PausedAt at={session.paused_at} />}
      <PanelProblemLine text={act.problem} />
      <div className="conduct-buttons">
        {shown.map((what) => {
          const Icon = icons[what]
          return (
            <button key={what} type="button" className="tool conduct-button" disabled={act.busy || panel.lost} onClick={() => press(what)}>
              <Icon size={28} aria-hidden="true" />
              {words[what]}
            </button>
          )
        })}
      </div>
      {session.view_only ? <p className="quiet-text">{words.viewOnlyText(passing)}</p> : null}
      <SwitchDialog
        opened={asked !== null}
        title={asked === null ? '' : words[asked]}
        confirm={asked === null ? '' : words[asked]}
        operators={state.operators}
        onClose={() => setAsked(null)}
        onTurn={(operator) => (asked === null ? undefined : loosen(asked, operator))}
      />
      {act.dialog}
    </section>
  )
}
