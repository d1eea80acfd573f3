import { IconPhoneCall } from '@tabler/icons-react'
import { useState } from 'react'
import type { PanelState } from '../../../agent/panel/panel-api.ts'
import { formatClock, formatList } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import { useAct } from '../api/use-act.ts'
import type { Panel } from '../api/use-panel.ts'
import { helpWords } from '../words/help-words.ts'
import type { HelpWords } from '../words/help-words.ts'
import { PanelProblemLine } from './panel-problem.tsx'
import { SwitchDialog } from './switch-dialog.tsx'

export interface OpenCallProps {
  readonly panel: Panel
  readonly state: PanelState
  readonly help: NonNullable<PanelState['help']>
}

/** The call for help that is open, and how it is taken back: also while somebody is in, for it or for something else. */
export const OpenCall = ({ panel, state, help }: OpenCallProps) => {
  const words = useWords(helpWords)
  const { language } = useLanguage()
  const act = useAct(panel.take)
  const [withdrawing, setWithdrawing] = useState(false)
  const withdraw = (operator: string): void => {
    setWithdrawing(false)
    act.run(() => panel.client.withdrawCall({ operator }))
  }
  const titles = help.services.map(({ title }) => title)
  const called = words.calledAt(help.by, formatClock(language, help.called_at))
  return (
    <aside className="help-open" aria-label={called}>
      <IconPhoneCall size={44} aria-hidden="true" />
      <div>
        <PanelProblemLine text={act.problem} />
        <strong>{called}</strong>
        <p>{help.what}</p>
        <p className="quiet-text">
          {words.forServices(formatList(language, titles))}
          {help.ticket === null ? null : `. ${words.ticketOf(help.ticket)}`}
        </p>
        <p>{stateOf(help, words, state.session?.technician.name ?? null, formatClock(language, help.lets_in_until ?? 0))}</p>
        <button type="button" className="tool" disabled={panel.lost || act.busy} onClick={() => setWithdrawing(true)}>
          {words.withdraw}
        </button>
      </div>
      <SwitchDialog
        opened={withdrawing}
        title={words.withdrawQuestion}
        text={state.session?.answers_call === true && state.session.mode === 'planned' ? words.withdrawEnds : undefined}
        confirm={words.withdraw}
        operators={state.operators}
        onClose={() => setWithdrawing(false)}
        onTurn={withdraw}
      />
    </aside>
  )
}

const stateOf = (help: OpenCallProps['help'], words: HelpWords, inside: string | null, until: string): string => {
  if (help.taken && inside !== null) return words.took(inside)
  return help.lets_in_until === null ? words.waiting : words.letsIn(until, help.by)
}
