import { IconBackspace } from '@tabler/icons-react'
import { useState } from 'react'
import { Dialog } from '../../look/dialog.tsx'
import { useWords } from '../../words/language.tsx'
import { panelWords } from '../words/panel-words.ts'
import { PanelProblemLine } from './panel-problem.tsx'

const shortest = 4
const longest = 12
const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const

export interface PinDialogProps {
  readonly opened: boolean
  readonly operator: string
  readonly busy: boolean
  readonly problem: string | null
  readonly onPin: (pin: string) => void
  readonly onClose: () => void
}

/** Keys for a PIN that fit a glove; a keyboard types into the same field. The PIN itself is never on the screen. */
export const PinDialog = ({ opened, operator, busy, problem, onPin, onClose }: PinDialogProps) => {
  const words = useWords(panelWords)
  const [pin, setPin] = useState('')
  const close = (): void => {
    setPin('')
    onClose()
  }
  const put = (text: string): void => setPin(text.replaceAll(/\D/g, '').slice(0, longest))
  return (
    <Dialog opened={opened} onClose={close} title={words.pinOf(operator)} closeLabel={words.cancel} size="sm">
      <form
        className="pin"
        onSubmit={(event) => {
          event.preventDefault()
          if (pin.length < shortest || busy) return
          onPin(pin)
          // What was wrong is typed anew, from its first digit on.
          setPin('')
        }}
      >
        <PanelProblemLine text={busy ? null : problem} />
        <input
          className="pin-typed"
          type="password"
          inputMode="none"
          autoComplete="off"
          aria-label={words.pin}
          data-autofocus
          value={pin}
          onChange={(event) => put(event.currentTarget.value)}
        />
        <div className="pin-keys">
          {digits.map((digit) => (
            <PinKey key={digit} digit={digit} onPress={() => put(pin + digit)} />
          ))}
          <button type="button" className="pin-key" aria-label={words.deleteDigit} onClick={() => put(pin.slice(0, -1))}>
            <IconBackspace size={34} aria-hidden="true" />
          </button>
          <PinKey digit="0" onPress={() => put(`${pin}0`)} />
          <button type="submit" className="pin-key pin-enter" disabled={pin.length < shortest || busy}>
            {words.enterPin}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

const PinKey = ({ digit, onPress }: { readonly digit: string; readonly onPress: () => void }) => (
  <button type="button" className="pin-key numbers" onClick={onPress}>
    {digit}
  </button>
)
