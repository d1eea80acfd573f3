import { useCallback, useState } from 'react'
import type { PanelState } from '../../../agent/panel/panel-api.ts'
import { formatDuration } from '../../words/format.ts'
import { useWords } from '../../words/language.tsx'
import { panelWords } from '../words/panel-words.ts'
import type { PanelWords } from '../words/panel-words.ts'
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
  const [failure, setFailure] = useState<Pick<PanelProblemError, 'code' | 'retryS'> | null>(null)
  const run = useCallback(
    (act: () => Promise<PanelState>) => {
      setBusy(true)
      setFailure(null)
      act()
        .then(take)
        .catch((error: unknown) => setFailure(error instanceof PanelProblemError ? error : { code: 'internal', retryS: null }))
        .finally(() => setBusy(false))
    },
    [take],
  )
  return { busy, problem: failure === null ? null : said(failure, words), run }
}

const said = ({ code, retryS }: Pick<PanelProblemError, 'code' | 'retryS'>, words: PanelWords): string => {
  const problem = code === 'unreachable' ? words.unreachable : words.problems[code]
  return retryS === null ? problem : `${problem} ${words.tryAgainIn(formatDuration(retryS))}`
}
