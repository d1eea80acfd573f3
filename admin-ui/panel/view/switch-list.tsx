import { Button } from '@mantine/core'
import { useState } from 'react'
import type { PanelService, PanelState } from '../../../agent/panel/panel-api.ts'
import { Dialog } from '../../look/dialog.tsx'
import { useWords } from '../../words/language.tsx'
import type { Panel } from '../api/use-panel.ts'
import { panelWords } from '../words/panel-words.ts'
import { OperatorChoice } from './operator-choice.tsx'
import { PanelProblemLine } from './panel-problem.tsx'
import { useIdentifiedAct } from './use-identified-act.tsx'

/** The customer's switch for each service; who switches is asked unless there is only one name. */
export const SwitchList = ({ panel, state }: { readonly panel: Panel; readonly state: PanelState }) => {
  const words = useWords(panelWords)
  const act = useIdentifiedAct(panel)
  const [asked, setAsked] = useState<PanelService | null>(null)
  const [operator, setOperator] = useState<string | null>(null)
  const [missing, setMissing] = useState(false)
  const only = state.operators.length === 1 ? state.operators[0] : undefined
  const turn = (service: PanelService, by: string): void => {
    setAsked(null)
    const enabled = !service.enabled
    if (enabled) act.runAs(by, (who) => panel.client.setSwitch(service.name, { enabled, ...who }))
    else act.run(() => panel.client.setSwitch(service.name, { enabled, operator: by }))
  }
  const press = (service: PanelService): void => (only === undefined ? setAsked(service) : turn(service, only))
  const confirm = (): void => {
    setMissing(operator === null)
    if (asked !== null && operator !== null) turn(asked, operator)
  }
  return (
    <section aria-labelledby="switches">
      <h2 id="switches">{words.switches}</h2>
      <PanelProblemLine text={act.problem} />
      <ul className="switches">
        {state.services.map((service) => (
          <li key={service.name}>
            <button
              type="button"
              role="switch"
              aria-checked={service.enabled}
              disabled={panel.lost || act.busy}
              className="switch"
              onClick={() => press(service)}
            >
              <span className="switch-name">{service.title}</span>
              <span className="switch-track" aria-hidden="true" />
              <span className="switch-word">{service.enabled ? words.on : words.off}</span>
            </button>
          </li>
        ))}
      </ul>
      <p className="quiet-text">{words.switchesText}</p>
      <Dialog
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title={asked === null ? '' : words.switchQuestion(asked.title, !asked.enabled)}
        closeLabel={words.cancel}
        size="lg"
      >
        <OperatorChoice
          operators={state.operators}
          chosen={operator}
          onChoose={setOperator}
          missing={missing && operator === null}
          name="switch-operator"
        />
        <div className="dialog-buttons">
          <Button variant="outline" onClick={() => setAsked(null)}>
            {words.cancel}
          </Button>
          <Button onClick={confirm}>{words.confirm}</Button>
        </div>
      </Dialog>
      {act.dialog}
    </section>
  )
}
