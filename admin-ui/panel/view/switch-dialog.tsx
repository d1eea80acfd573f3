import { Button } from '@mantine/core'
import { useState } from 'react'
import { Dialog } from '../../look/dialog.tsx'
import { useWords } from '../../words/language.tsx'
import { panelWords } from '../words/panel-words.ts'
import { OperatorChoice } from './operator-choice.tsx'

export interface SwitchDialogProps {
  readonly opened: boolean
  readonly title: string
  /** What it means, where that needs saying. */
  readonly text?: string | undefined
  /** What the button says; *Switch* without it. */
  readonly confirm?: string
  readonly operators: readonly string[]
  readonly onClose: () => void
  readonly onTurn: (operator: string) => void
}

/** Who turns a switch: the last word before it is turned. Stays mounted: a dialog that vanishes gives the focus back to nobody. */
export const SwitchDialog = ({ opened, title, text, confirm, operators, onClose, onTurn }: SwitchDialogProps) => {
  const words = useWords(panelWords)
  const only = operators.length === 1 ? (operators[0] ?? null) : null
  const [operator, setOperator] = useState<string | null>(only)
  const [missing, setMissing] = useState(false)
  const turn = (): void => {
    setMissing(operator === null)
    if (operator !== null) onTurn(operator)
  }
  return (
    <Dialog opened={opened} onClose={onClose} title={title} closeLabel={words.cancel} size="lg">
      {text === undefined ? null : <p>{text}</p>}
      <OperatorChoice
        operators={operators}
        chosen={operator}
        onChoose={setOperator}
        missing={missing && operator === null}
        name="switch-operator"
      />
      <div className="dialog-buttons">
        <Button variant="outline" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button onClick={turn}>{confirm ?? words.confirm}</Button>
      </div>
    </Dialog>
  )
}
