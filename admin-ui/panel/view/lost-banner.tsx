import { IconPlugConnectedX } from '@tabler/icons-react'
import { useWords } from '../../words/language.tsx'
import { panelWords } from '../words/panel-words.ts'

/** The link to the agent is gone: says since when, and that the rest may be out of date. */
export const LostBanner = ({ silentMs, session }: { readonly silentMs: number; readonly session: boolean }) => {
  const words = useWords(panelWords)
  return (
    <div className="lost-banner">
      <IconPlugConnectedX size={40} aria-hidden="true" />
      <div>
        <strong className="numbers">{words.lost(Math.round(silentMs / 1000))}</strong>
        <div role="alert">
          {words.lostText} {session ? words.lostSession : null}
        </div>
      </div>
    </div>
  )
}
