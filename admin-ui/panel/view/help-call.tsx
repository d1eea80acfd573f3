import { IconPhoneCall } from '@tabler/icons-react'
import { useState } from 'react'
import type { HelpBody, PanelState } from '../../../agent/panel/panel-api.ts'
import { formatClock, formatList } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import type { Panel } from '../api/use-panel.ts'
import { helpWords } from '../words/help-words.ts'
import { HelpDialog } from './help-dialog.tsx'
import { PanelProblemLine } from './panel-problem.tsx'
import { SwitchDialog } from './switch-dialog.tsx'
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
  const [withdrawing, setWithdrawing] = useState(false)
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
  const withdraw = (operator: string): void => {
    setWithdrawing(false)
    act.run(() => panel.client.withdrawCall({ operator }))
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
        <OpenCall help={state.help} disabled={idle} onWithdraw={() => setWithdrawing(true)} />
      )}
      <HelpDialog key={calls} opened={calling} state={state} onClose={() => setCalling(false)} onCall={call} />
      <SwitchDialog
        opened={withdrawing}
        title={words.withdrawQuestion}
        confirm={words.withdraw}
        operators={state.operators}
        onClose={() => setWithdrawing(false)}
        onTurn={withdraw}
      />
      {act.dialog}
    </>
  )
}

interface OpenCallProps {
  readonly help: NonNullable<PanelState['help']>
  readonly disabled: boolean
  readonly onWithdraw: () => void
}

const OpenCall = ({ help, disabled, onWithdraw }: OpenCallProps) => {
  const words = useWords(helpWords)
  const { language } = useLanguage()
  const titles = help.services.map(({ title }) => title)
  return (
    <aside className="help-open" aria-label={words.calledAt(help.by, formatClock(language, help.called_at))}>
      <IconPhoneCall size={44} aria-hidden="true" />
      <div>
        <strong>{words.calledAt(help.by, formatClock(language, help.called_at))}</strong>
        <p>{help.what}</p>
        <p className="quiet-text">
          {words.forServices(formatList(language, titles))}
          {help.ticket === null ? null : `. ${words.ticketOf(help.ticket)}`}
        </p>
        <p>{help.lets_in_until === null ? words.waiting : words.letsIn(formatClock(language, help.lets_in_until), help.by)}</p>
        <button type="button" className="tool" disabled={disabled} onClick={onWithdraw}>
          {words.withdraw}
        </button>
      </div>
    </aside>
  )
}
