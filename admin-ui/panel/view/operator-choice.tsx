import type { Ref } from 'react'
import { useWords } from '../../words/language.tsx'
import { panelWords } from '../words/panel-words.ts'

export interface OperatorChoiceProps {
  readonly ref?: Ref<HTMLFieldSetElement>
  readonly operators: readonly string[]
  readonly chosen: string | null
  readonly onChoose: (operator: string) => void
  readonly missing: boolean
  readonly name: string
}

/** Who presses: one large radio button for each name. */
export const OperatorChoice = ({ ref, operators, chosen, onChoose, missing, name }: OperatorChoiceProps) => {
  const words = useWords(panelWords)
  return (
    <fieldset ref={ref} className="choice" data-missing={missing || undefined}>
      <legend>{words.whoAreYou}</legend>
      {operators.length === 0 ? <p className="choice-missing">{words.noOperators}</p> : null}
      {missing ? (
        <p role="alert" className="choice-missing">
          {words.chooseOperator}
        </p>
      ) : null}
      <div className="choice-items">
        {operators.map((operator) => (
          <label key={operator} className="choice-item">
            <input type="radio" name={name} value={operator} checked={chosen === operator} onChange={() => onChoose(operator)} />
            <span>{operator}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
