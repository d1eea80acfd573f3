import { IconHandClick } from '@tabler/icons-react'
import { useWords } from '../../words/language.tsx'
import type { Panel } from '../api/use-panel.ts'
import { panelWords } from '../words/panel-words.ts'

/** The button at the machine is to be pressed: in sight as long as it waits, wherever the page is scrolled to. */
export const PressAwaited = ({ state }: Pick<Panel, 'state'>) => {
  const words = useWords(panelWords)
  if (state?.hardware?.awaiting !== true) return null
  return (
    <div className="press-awaited" role="alert">
      <IconHandClick size={44} aria-hidden="true" />
      <span>
        <strong>{words.pressNow}</strong> {words.pressOnlyYours}
      </span>
    </div>
  )
}
