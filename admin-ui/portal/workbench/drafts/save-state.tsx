import { IconCircleCheck, IconCloudOff, IconGitMerge, IconLoader2 } from '@tabler/icons-react'
import type { CSSProperties, ReactNode } from 'react'
import { toneVar } from '../../../look/tokens.ts'
import type { Tone } from '../../../look/tokens.ts'
import { problemOf } from '../../api/problem-error.ts'
import { useBenchWords } from '../words/bench-words.ts'
import type { SaveState } from './create-file-saver.ts'

const looks: Readonly<Record<SaveState['phase'], { readonly tone: Tone; readonly icon: ReactNode }>> = {
  saved: { tone: 'ok', icon: <IconCircleCheck size={20} aria-hidden="true" /> },
  waiting: { tone: 'muted', icon: <IconLoader2 size={20} aria-hidden="true" /> },
  saving: { tone: 'muted', icon: <IconLoader2 size={20} aria-hidden="true" /> },
  failed: { tone: 'danger', icon: <IconCloudOff size={20} aria-hidden="true" /> },
  conflict: { tone: 'danger', icon: <IconGitMerge size={20} aria-hidden="true" /> },
}

const sentence = (state: SaveState, words: ReturnType<typeof useBenchWords>): string => {
  if (state.phase === 'failed' && !state.again) return words.refused(problemOf(state.error).title)
  if (state.phase === 'conflict' && state.typedMs !== null) return words.unsaved
  return words[state.phase]
}

/** Whether what stands in the text is on the server. Read out when it fails, not with every key. */
export const SaveStateLine = ({ state }: { readonly state: SaveState }) => {
  const words = useBenchWords()
  const { tone, icon } = looks[state.phase]
  const loud = state.phase === 'failed' || state.phase === 'conflict'
  return (
    <span className="state save-state" role={loud ? 'alert' : undefined} style={{ '--state-colour': toneVar(tone) } as CSSProperties}>
      {icon}
      {sentence(state, words)}
    </span>
  )
}
