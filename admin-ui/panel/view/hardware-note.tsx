import { IconAlertTriangle } from '@tabler/icons-react'
import { useWords } from '../../words/language.tsx'
import type { Panel } from '../api/use-panel.ts'
import { panelWords } from '../words/panel-words.ts'

const refusalShownMs = 30_000

/** What of the hardware is not there, and why a press of it came to nothing. */
export const HardwareNote = ({ state, nowMs }: Pick<Panel, 'state' | 'nowMs'>) => {
  const words = useWords(panelWords)
  if (state === null || state.hardware === null) return null
  const { button, lamp, enabling, refused } = state.hardware
  const isGone = (wired: typeof button): boolean => wired !== null && wired.gone !== null && wired.gone !== 'starting'
  const lines = [
    ...(isGone(button) ? [words.buttonGone(button?.gone ?? '')] : []),
    ...(isGone(enabling) ? [words.enablingGone(enabling?.gone ?? '')] : []),
    ...(enabling?.letGoFirst === true ? [words.enablingLetGoFirst] : []),
    ...(isGone(lamp) ? [words.lampGone(lamp?.gone ?? '')] : []),
    ...(refused !== null && nowMs - refused.at < refusalShownMs ? [words.pressRefused(words.problems[refused.code])] : []),
  ]
  if (lines.length === 0) return null
  return (
    <aside className="hardware-note" aria-label={words.hardware}>
      {lines.map((line) => (
        <p key={line}>
          <IconAlertTriangle size={24} aria-hidden="true" />
          {line}
        </p>
      ))}
    </aside>
  )
}
