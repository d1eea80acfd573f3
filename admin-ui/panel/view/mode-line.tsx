import { useState } from 'react'
import type { ModeBody, PanelService, PanelState } from '../../../agent/panel/panel-api.ts'
import { useWords } from '../../words/language.tsx'
import type { Panel } from '../api/use-panel.ts'
import { panelWords } from '../words/panel-words.ts'
import { ModeDialog, looseness } from './mode-dialog.tsx'
import { PanelProblemLine } from './panel-problem.tsx'
import { useIdentifiedAct } from './use-identified-act.tsx'

/** How a service may be entered, and the way to change it. */
export const ModeLine = ({
  panel,
  state,
  service,
}: {
  readonly panel: Panel
  readonly state: PanelState
  readonly service: PanelService
}) => {
  const words = useWords(panelWords)
  const act = useIdentifiedAct(panel)
  const [opened, setOpened] = useState(false)
  const { mode } = service
  const save = (operator: string, body: Pick<ModeBody, 'mode' | 'minutes'>): void => {
    setOpened(false)
    const send = (who: { readonly operator: string; readonly pin?: string }): Promise<PanelState> =>
      panel.client.setMode(service.name, { ...body, ...who })
    if (looseness(body.mode, body.minutes ?? null) > looseness(mode.name, mode.minutes)) act.runAs(operator, send)
    else act.run(() => send({ operator }))
  }
  if (service.enabling)
    return (
      <div className="mode-line">
        <span>
          <strong>{words.modes.attended}</strong>. {words.enablingMode}
        </span>
      </div>
    )
  return (
    <div className="mode-line" data-loose={mode.name === 'unattended' || undefined}>
      <span>
        <strong>{words.modes[mode.name]}</strong>. {words.modeTexts[mode.name](mode.minutes ?? 0)}{' '}
        {mode.by === null ? null : words.modeBy(mode.by)}
        {service.portal_attended ? <strong className="mode-limited">{words.modeLimited}</strong> : null}
      </span>
      <button
        type="button"
        className="tool"
        aria-label={`${words.changeMode}: ${words.modeQuestion(service.title)}`}
        disabled={panel.lost || act.busy}
        onClick={() => setOpened(true)}
      >
        {words.changeMode}
      </button>
      <PanelProblemLine text={act.problem} />
      <ModeDialog
        key={`${mode.name} ${mode.minutes}`}
        opened={opened}
        service={service}
        operators={state.operators}
        onClose={() => setOpened(false)}
        onSave={save}
      />
      {act.dialog}
    </div>
  )
}
