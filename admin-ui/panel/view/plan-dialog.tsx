import { Button } from '@mantine/core'
import { useState } from 'react'
import type { PanelState, WindowBody } from '../../../agent/panel/panel-api.ts'
import { Dialog } from '../../look/dialog.tsx'
import { useWords } from '../../words/language.tsx'
import { panelWords } from '../words/panel-words.ts'
import { OperatorChoice } from './operator-choice.tsx'
import { ServiceChoice } from './service-choice.tsx'

export interface PlanDialogProps {
  readonly opened: boolean
  readonly state: PanelState
  readonly nowMs: number
  readonly onClose: () => void
  readonly onPlan: (operator: string, body: Omit<WindowBody, 'operator' | 'pin'>) => void
}

/** As `datetime-local` wants it, in the time of this screen. */
const fieldOf = (instantMs: number): string =>
  new Date(instantMs - new Date(instantMs).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)

const hourMs = 3_600_000

/** For whom, what, from when to when, and who says so. */
export const PlanDialog = ({ opened, state, nowMs, onClose, onPlan }: PlanDialogProps) => {
  const words = useWords(panelWords)
  const only = state.operators.length === 1 ? (state.operators[0] ?? null) : null
  const [technician, setTechnician] = useState<string | null>(null)
  const [services, setServices] = useState<readonly string[]>([])
  const [from, setFrom] = useState(() => fieldOf(nowMs))
  const [until, setUntil] = useState(() => fieldOf(nowMs + hourMs))
  const [operator, setOperator] = useState<string | null>(only)
  const [missing, setMissing] = useState(false)
  const save = (): void => {
    const whole = technician !== null && operator !== null && services.length > 0 && from !== '' && until !== ''
    setMissing(!whole)
    if (whole) onPlan(operator, { technician, services, from: Date.parse(from), until: Date.parse(until) })
  }
  return (
    <Dialog opened={opened} onClose={onClose} title={words.planWindow} closeLabel={words.cancel} size="lg">
      <div className="dialog-choices">
        <fieldset className="choice" data-missing={(missing && technician === null) || undefined}>
          <legend>{words.planFor}</legend>
          {state.known.length === 0 ? <p className="quiet-text">{words.planForNobody}</p> : null}
          <div className="choice-items">
            {state.known.map((person) => (
              <label key={person.id} className="choice-item">
                <input type="radio" name="plan-for" checked={technician === person.id} onChange={() => setTechnician(person.id)} />
                <span>
                  {person.name}, {person.organisation}
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        <ServiceChoice services={state.services.filter(({ enabling }) => !enabling)} chosen={services} onChange={setServices} />
        {missing && services.length === 0 ? <p className="choice-missing">{words.chooseService}</p> : null}
        <div className="plan-times">
          <label>
            {words.planFrom}
            <input type="datetime-local" className="plan-time" value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
          </label>
          <label>
            {words.planUntil}
            <input type="datetime-local" className="plan-time" value={until} onChange={(event) => setUntil(event.currentTarget.value)} />
          </label>
        </div>
        <OperatorChoice
          operators={state.operators}
          chosen={operator}
          onChoose={setOperator}
          missing={missing && operator === null}
          name="plan-operator"
        />
      </div>
      <div className="dialog-buttons">
        <Button variant="outline" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button onClick={save}>{words.save}</Button>
      </div>
    </Dialog>
  )
}
