import type { PanelState } from '../../../agent/panel/panel-api.ts'
import { GateMark } from '../../look/gate-mark.tsx'
import { formatClock } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import { useAct } from '../api/use-act.ts'
import type { Panel } from '../api/use-panel.ts'
import { farWords } from '../words/far-words.ts'
import { panelWords } from '../words/panel-words.ts'
import { FarLine } from './far-text.tsx'
import { HelpCall } from './help-call.tsx'
import { HistoryList } from './history-list.tsx'
import { NetworkNote } from './network-note.tsx'
import { PanelProblemLine } from './panel-problem.tsx'
import { RefusedList } from './refused-list.tsx'
import { SwitchList } from './switch-list.tsx'
import { UpdateNote } from './update-note.tsx'
import type { PanelHistory } from './use-history.ts'

/** Somebody may come in without a press. */
const isLoose = ({ services, windows, help }: PanelState): boolean =>
  windows.length > 0 ||
  (help !== null && help.lets_in_until !== null) ||
  services.some(({ enabled, mode }) => enabled && mode.name !== 'attended')

/** Nobody is in and nobody asks. */
export const IdleView = ({
  panel,
  state,
  history,
  onReplay,
}: {
  readonly panel: Panel
  readonly state: PanelState
  readonly history: PanelHistory
  readonly onReplay: (session: string) => void
}) => {
  const words = useWords(panelWords)
  const far = useWords(farWords)
  const { language } = useLanguage()
  const act = useAct(panel.take)
  return (
    <main className="panel-main idle">
      <div className="idle-first">
        <div className="idle-sign" data-unknown={panel.lost || undefined}>
          <GateMark open={false} size={88} />
          <h1>
            <FarLine {...(panel.lost ? far.unknown : state.remote.on ? far.nobody : far.off)} />
          </h1>
        </div>
        <NetworkNote connection={state.connection} renewal={state.renewal} />
        <p>{!state.remote.on ? words.remoteOffText : isLoose(state) ? words.idleTextLoose : words.idleText}</p>
        <PanelProblemLine text={act.problem} />
        {state.remote.on ? <HelpCall panel={panel} state={state} /> : null}
        <UpdateNote panel={panel} state={state} />
        {state.quiet.map(({ technician, until }) => (
          <div key={technician.id} className="quiet-one">
            <span>{words.quiet(technician.name, formatClock(language, until))}</span>
            <button
              type="button"
              className="tool"
              disabled={act.busy}
              onClick={() => act.run(() => panel.client.letAskAgain(technician.id))}
            >
              {words.allowAsking(technician.name)}
            </button>
          </div>
        ))}
        <RefusedList refused={state.refused} />
        <HistoryList client={panel.client} history={history} onReplay={onReplay} />
      </div>
      <SwitchList panel={panel} state={state} />
    </main>
  )
}
