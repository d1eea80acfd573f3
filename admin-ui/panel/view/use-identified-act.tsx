import { useEffect, useState } from 'react'
import type { ReactNode } from 'react'
import type { PanelState } from '../../../agent/panel/panel-api.ts'
import { useAct } from '../api/use-act.ts'
import type { Panel } from '../api/use-panel.ts'
import { PinDialog } from './pin-dialog.tsx'

type Widening = (who: { readonly operator: string; readonly pin?: string }) => Promise<PanelState>

export interface IdentifiedAct {
  readonly busy: boolean
  /** What went wrong, unless the dialog says it. */
  readonly problem: string | null
  /** Runs at once what needs no PIN. */
  readonly run: (act: () => Promise<PanelState>) => void
  /** Asks for the PIN of this operator where the site has PINs, until it is right or he gives up. */
  readonly runAs: (operator: string, act: Widening) => void
  readonly dialog: ReactNode
}

/** A dialog that has just closed gives the focus back a moment later (Mantine: 10 ms), which must not take it from the field for the PIN. */
const focusReturnsMs = 50

/** The agent holds the bytes of a session for a minute at most while a PIN is typed: the field is not there for longer. */
const longestTypingMs = 55_000

/** What lets in or loosens, by somebody who shows who he is. */
export const useIdentifiedAct = (panel: Panel): IdentifiedAct => {
  const { busy, problem, run } = useAct(panel.take)
  const [asked, setAsked] = useState<{ readonly operator: string; readonly act: Widening } | null>(null)
  const [tried, setTried] = useState(false)
  const [where] = useState(() => crypto.randomUUID())
  const runAs = (operator: string, act: Widening): void => {
    setTried(false)
    if (panel.state?.pins !== true) return run(() => act({ operator }))
    const focusReturned = new Promise((resolve) => setTimeout(resolve, focusReturnsMs))
    // Nobody sees the field from afar. An agent that does not answer checks no PIN either.
    const held = panel.client.setTyping(true, where).catch(() => undefined)
    void Promise.all([held, focusReturned]).then(() => setAsked({ operator, act }))
  }
  const typing = asked !== null
  const { client } = panel
  useEffect(() => {
    if (!typing) return undefined
    const timer = setTimeout(() => setAsked(null), longestTypingMs)
    return () => {
      clearTimeout(timer)
      client.setTyping(false, where).catch(() => undefined)
    }
  }, [typing, client, where])
  const dialog = (
    <PinDialog
      opened={asked !== null}
      operator={asked?.operator ?? ''}
      busy={busy}
      problem={tried ? problem : null}
      onClose={() => setAsked(null)}
      onPin={(pin) => {
        if (asked === null) return
        setTried(true)
        run(async () => {
          const state = await asked.act({ operator: asked.operator, pin })
          setAsked(null)
          return state
        })
      }}
    />
  )
  return { busy, problem: asked === null ? problem : null, run, runAs, dialog }
}
