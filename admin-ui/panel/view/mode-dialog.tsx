import { Button } from '@mantine/core'
import { useState } from 'react'
import type { ModeBody, PanelMode, PanelService } from '../../../agent/panel/panel-api.ts'
import { Dialog } from '../../look/dialog.tsx'
import { useWords } from '../../words/language.tsx'
import { panelWords } from '../words/panel-words.ts'
import { OperatorChoice } from './operator-choice.tsx'

const names = ['attended', 'reconnect', 'unattended'] as const
const minuteChoices = [5, 15, 30, 60] as const

/** As the agent measures it: looser than now needs a PIN. */
export const looseness = (name: PanelMode['name'], minutes: number | null): number =>
  name === 'attended' ? 0 : name === 'unattended' ? Number.POSITIVE_INFINITY : (minutes ?? 0)

export interface ModeDialogProps {
  readonly opened: boolean
  readonly service: PanelService
  readonly operators: readonly string[]
  readonly onClose: () => void
  readonly onSave: (operator: string, body: Pick<ModeBody, 'mode' | 'minutes'>) => void
}

/** Chooses how a service may be entered, and who says so. */
export const ModeDialog = ({ opened, service, operators, onClose, onSave }: ModeDialogProps) => {
  const words = useWords(panelWords)
  const { mode } = service
  const only = operators.length === 1 ? (operators[0] ?? null) : null
  const [name, setName] = useState(mode.name)
  const [minutes, setMinutes] = useState(mode.minutes ?? 15)
  const [operator, setOperator] = useState<string | null>(only)
  const [missing, setMissing] = useState(false)
  const save = (): void => {
    setMissing(operator === null)
    if (operator !== null) onSave(operator, name === 'reconnect' ? { mode: name, minutes } : { mode: name })
  }
  return (
    <Dialog opened={opened} onClose={onClose} title={words.modeQuestion(service.title)} closeLabel={words.cancel} size="lg">
      <div className="dialog-choices">
        <fieldset className="choice">
          <legend className="visually-hidden">{words.modeQuestion(service.title)}</legend>
          <div className="choice-items">
            {names.map((one) => (
              <label key={one} className="choice-item mode-choice">
                <input type="radio" name={`mode-${service.name}`} checked={name === one} onChange={() => setName(one)} />
                <span>
                  <strong>{words.modes[one]}</strong>. {words.modeTexts[one](minutes)}
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        {name === 'reconnect' ? <MinuteChoice service={service.name} minutes={minutes} onChange={setMinutes} /> : null}
        {looseness(name, minutes) > looseness(mode.name, mode.minutes) ? <p className="quiet-text">{words.looserNeedsPin}</p> : null}
        <OperatorChoice
          operators={operators}
          chosen={operator}
          onChoose={setOperator}
          missing={missing && operator === null}
          name={`mode-operator-${service.name}`}
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

interface MinuteChoiceProps {
  readonly service: string
  readonly minutes: number
  readonly onChange: (minutes: number) => void
}

const MinuteChoice = ({ service, minutes, onChange }: MinuteChoiceProps) => {
  const words = useWords(panelWords)
  return (
    <fieldset className="choice">
      <legend>{words.comeBackWithin}</legend>
      <div className="choice-items">
        {minuteChoices.map((choice) => (
          <label key={choice} className="choice-item">
            <input type="radio" name={`minutes-${service}`} checked={minutes === choice} onChange={() => onChange(choice)} />
            <span>{words.minutesOf(choice)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
