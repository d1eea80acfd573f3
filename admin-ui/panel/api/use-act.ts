import { useCallback, useState } from 'react'
import type { PanelState } from '../../../agent/panel/panel-api.ts'
import { useWords } from '../../words/language.tsx'
import { panelWords } from '../words/panel-words.ts'
import { PanelProblemError } from './panel-problem-error.ts'

export interface Act {
  readonly busy: boolean
  /** What went wrong, in the reader's language, or null. */
  readonly problem: string | null
  readonly run: (act: () => Promise<PanelState>) => void
}

/** Runs one act at the agent at a time and takes the state that it answers. */
export const useAct = (take: (state: PanelState) => void): Act => {
  const words = useWords(panelWords)
  const [busy, setBusy] = useState(false)
  const [code, setCode] = useState<PanelProblemError['code'] | null>(null)
  const run = useCallback(
    (act: () => Promise<PanelState>) => {
      setBusy(true)
      setCode(null)
      act()
        .then(take)
        .catch((error: unknown) => setCode(error instanceof PanelProblemError ? error.code : 'internal'))
        .finally(() => setBusy(false))
    },
    [take],
  )
  const problem = code === null ? null : code === 'unreachable' ? words.unreachable : words.problems[code]
  return { busy, problem, run }
}
