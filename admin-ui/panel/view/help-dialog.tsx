import { Button } from '@mantine/core'
import { useState } from 'react'
import type { HelpBody, PanelState } from '../../../agent/panel/panel-api.ts'
import { Dialog } from '../../look/dialog.tsx'
import { useWords } from '../../words/language.tsx'
import { helpWords } from '../words/help-words.ts'
import { panelWords } from '../words/panel-words.ts'
import { OperatorChoice } from './operator-choice.tsx'
import { ServiceChoice } from './service-choice.tsx'

/** As the agent takes them. */
const longest = { what: 500, ticket: 64 } as const
const minuteChoices = [30, 60, 120, 240] as const

export interface HelpDialogProps {
  readonly opened: boolean
  readonly state: PanelState
  readonly onClose: () => void
  readonly onCall: (operator: string, body: Omit<HelpBody, 'operator' | 'pin'>) => void
}

/** What is wrong, what may be used, who calls, and whether whoever comes has to wait for a press. Draw it with another key for each call. */
export const HelpDialog = ({ opened, state, onClose, onCall }: HelpDialogProps) => {
  const words = useWords(helpWords)
  const common = useWords(panelWords)
  const offered = state.services.filter(({ enabled }) => enabled)
  const [what, setWhat] = useState('')
  const [ticket, setTicket] = useState('')
  const [services, setServices] = useState<readonly string[]>(() => offered.map(({ name }) => name))
  const [operator, setOperator] = useState<string | null>(state.operators.length === 1 ? (state.operators[0] ?? null) : null)
  const [minutes, setMinutes] = useState<number | null>(null)
  const [missing, setMissing] = useState(false)
  const said = what.replaceAll(/\s+/gu, ' ').trim()
  const call = (): void => {
    const whole = said !== '' && operator !== null && services.length > 0
    setMissing(!whole)
    if (!whole) return
    const body = { what: said, ticket: ticket.trim() === '' ? null : ticket.trim(), services }
    onCall(operator, minutes === null ? body : { ...body, let_in_minutes: minutes })
  }
  return (
    <Dialog opened={opened} onClose={onClose} title={words.need} closeLabel={common.cancel} size="lg">
      <div className="dialog-choices">
        {state.connection.state === 'connected' ? null : <p className="quiet-text">{words.notConnected}</p>}
        <label className="help-field" data-missing={(missing && said === '') || undefined}>
          {words.what}
          <textarea
            rows={2}
            maxLength={longest.what}
            value={what}
            data-autofocus
            onChange={(event) => setWhat(event.currentTarget.value)}
          />
        </label>
        {missing && said === '' ? (
          <p role="alert" className="choice-missing">
            {words.whatMissing}
          </p>
        ) : null}
        <OperatorChoice
          operators={state.operators}
          chosen={operator}
          onChoose={setOperator}
          missing={missing && operator === null}
          name="help-operator"
        />
        <ServiceChoice services={offered} chosen={services} onChange={setServices} />
        {missing && services.length === 0 ? <p className="choice-missing">{common.chooseService}</p> : null}
        <LettingChoice minutes={minutes} onChange={setMinutes} />
        <label className="help-field">
          {words.ticket}
          <input type="text" maxLength={longest.ticket} value={ticket} onChange={(event) => setTicket(event.currentTarget.value)} />
        </label>
      </div>
      <div className="dialog-buttons">
        <Button variant="outline" onClick={onClose}>
          {common.cancel}
        </Button>
        <Button onClick={call}>{words.call}</Button>
      </div>
    </Dialog>
  )
}

interface LettingChoiceProps {
  readonly minutes: number | null
  readonly onChange: (minutes: number | null) => void
}

const LettingChoice = ({ minutes, onChange }: LettingChoiceProps) => {
  const words = useWords(helpWords)
  return (
    <>
      <fieldset className="choice">
        <legend>{words.whoComes}</legend>
        <div className="choice-items">
          <label className="choice-item mode-choice">
            <input type="radio" name="help-letting" checked={minutes === null} onChange={() => onChange(null)} />
            <span>
              <strong>{words.press}</strong> {words.pressText}
            </span>
          </label>
          <label className="choice-item mode-choice">
            <input type="radio" name="help-letting" checked={minutes !== null} onChange={() => onChange(minuteChoices[1])} />
            <span>
              <strong>{words.letIn}</strong> {words.letInText}
            </span>
          </label>
        </div>
      </fieldset>
      {minutes === null ? null : (
        <fieldset className="choice">
          <legend>{words.letInFor}</legend>
          <div className="choice-items">
            {minuteChoices.map((choice) => (
              <label key={choice} className="choice-item">
                <input type="radio" name="help-minutes" checked={minutes === choice} onChange={() => onChange(choice)} />
                <span>{words.minutes(choice)}</span>
              </label>
            ))}
          </div>
        </fieldset>
      )}
    </>
  )
}
