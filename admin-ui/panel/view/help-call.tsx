import { IconPhoneCall } from '@tabler/icons-react'
import { useState } from 'react'
import type { HelpBody, PanelState } from '../../../agent/panel/panel-api.ts'
import { useWords } from '../../words/language.tsx'
import type { Panel } from '../api/use-panel.ts'
import { helpWords } from '../words/help-words.ts'
import { HelpDialog } from './help-dialog.tsx'
import { OpenCall } from './open-call.tsx'
import { PanelProblemLine } from './panel-problem.tsx'
import { useIdentifiedAct } from './use-identified-act.tsx'

export interface HelpCallProps {
  readonly panel: Panel
  readonly state: PanelState
}

/** The button that calls a technician, and in its place the call that is open. */
export const HelpCall = ({ panel, state }: HelpCallProps) => {
  const words = useWords(helpWords)
  const act = useIdentifiedAct(panel)
  const [calling, setCalling] = useState(false)
  /** Each call is written anew; the dialog stays mounted, so that it gives the focus back. */
  const [calls, setCalls] = useState(0)
  const open = (): void => {
    setCalls(calls + 1)
    setCalling(true)
  }
  const call = (operator: string, body: Omit<HelpBody, 'operator' | 'pin'>): void => {
    setCalling(false)
    // Calling lets nobody in, so it needs no PIN; letting in whoever comes does.
    if (body.let_in_minutes === undefined) act.run(() => panel.client.callForHelp({ ...body, operator }))
    else act.runAs(operator, (who) => panel.client.callForHelp({ ...body, ...who }))
  }
  const idle = panel.lost || act.busy
  return (
    <>
      <PanelProblemLine text={act.problem} />
      {state.help === null ? (
        <button type="button" className="help-button" disabled={idle} onClick={open}>
          <IconPhoneCall size={56} aria-hidden="true" />
          <span>
            {words.need}
            <span className="visually-hidden">: </span>
            <small>{words.needText}</small>
          </span>
        </button>
      ) : (
        <OpenCall panel={panel} state={state} help={state.help} />
      )}
      <HelpDialog key={calls} opened={calling} state={state} onClose={() => setCalling(false)} onCall={call} />
      {act.dialog}
    </>
  )
}
