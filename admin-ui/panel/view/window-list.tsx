import { useState } from 'react'
import type { PanelState, PanelWindow, WindowBody } from '../../../agent/panel/panel-api.ts'
import { formatList, formatMoment } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import type { Panel } from '../api/use-panel.ts'
import { panelWords } from '../words/panel-words.ts'
import { PanelProblemLine } from './panel-problem.tsx'
import { PlanDialog } from './plan-dialog.tsx'
import { SwitchDialog } from './switch-dialog.tsx'
import { useIdentifiedAct } from './use-identified-act.tsx'

/** Times at which a technician may come in by himself. */
export const WindowList = ({ panel, state }: { readonly panel: Panel; readonly state: PanelState }) => {
  const words = useWords(panelWords)
  const { language } = useLanguage()
  const act = useIdentifiedAct(panel)
  const [planning, setPlanning] = useState(false)
  const [asked, setAsked] = useState<PanelWindow | null>(null)
  const plan = (operator: string, body: Omit<WindowBody, 'operator' | 'pin'>): void => {
    setPlanning(false)
    act.runAs(operator, (who) => panel.client.plan({ ...body, ...who }))
  }
  const withdraw = (window: PanelWindow, operator: string): void => {
    setAsked(null)
    act.run(() => panel.client.withdraw(window.id, { operator }))
  }
  const said = ({ technician, services, from, until }: PanelWindow): string => {
    const titles = services.map(({ title }) => title)
    return words.window(technician.name, formatMoment(language, from), formatMoment(language, until), formatList(language, titles))
  }
  return (
    <section aria-labelledby="windows">
      <h2 id="windows">{words.windows}</h2>
      <PanelProblemLine text={act.problem} />
      {state.windows.length === 0 ? <p className="quiet-text">{words.noWindows}</p> : null}
      <ul className="windows">
        {state.windows.map((window) => (
          <li key={window.id} className="mode-line">
            <span>
              {said(window)}. {words.modeBy(window.by)}
            </span>
            <button type="button" className="tool" disabled={panel.lost || act.busy} onClick={() => setAsked(window)}>
              {words.withdraw}
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="tool" disabled={panel.lost || act.busy} onClick={() => setPlanning(true)}>
        {words.planWindow}
      </button>
      <PlanDialog opened={planning} state={state} nowMs={panel.nowMs} onClose={() => setPlanning(false)} onPlan={plan} />
      <SwitchDialog
        opened={asked !== null}
        title={asked === null ? '' : words.withdrawQuestion(asked.technician.name)}
        confirm={words.withdraw}
        operators={state.operators}
        onClose={() => setAsked(null)}
        onTurn={(operator) => (asked === null ? undefined : withdraw(asked, operator))}
      />
      {act.dialog}
    </section>
  )
}
