import { IconCloudOff } from '@tabler/icons-react'
import { useState } from 'react'
import type { PanelService, PanelState } from '../../../agent/panel/panel-api.ts'
import { ExactTime } from '../../look/exact-time.tsx'
import { useWords } from '../../words/language.tsx'
import type { Panel } from '../api/use-panel.ts'
import { panelWords } from '../words/panel-words.ts'
import { ModeLine } from './mode-line.tsx'
import { PanelProblemLine } from './panel-problem.tsx'
import { ServiceRecording } from './recording-notes.tsx'
import { SwitchDialog } from './switch-dialog.tsx'
import { useIdentifiedAct } from './use-identified-act.tsx'
import { WindowList } from './window-list.tsx'

/** The customer's switches: remote service as a whole, then each service; who switches is asked unless there is only one name. */
export const SwitchList = ({ panel, state }: { readonly panel: Panel; readonly state: PanelState }) => {
  const words = useWords(panelWords)
  const act = useIdentifiedAct(panel)
  const [asked, setAsked] = useState<PanelService | 'remote' | null>(null)
  const { remote, operators } = state
  const only = operators.length === 1 ? operators[0] : undefined
  const turn = (what: PanelService | 'remote', operator: string): void => {
    setAsked(null)
    const enabled = what === 'remote' ? !remote.on : !what.enabled
    const { client } = panel
    const send = (who: { readonly operator: string; readonly pin?: string }): Promise<PanelState> =>
      what === 'remote' ? client.setRemote({ enabled, ...who }) : client.setSwitch(what.name, { enabled, ...who })
    if (enabled) act.runAs(operator, send)
    else act.run(() => send({ operator }))
  }
  const press = (what: PanelService | 'remote'): void => {
    // Off as a whole is the one that ends everything: it is said before.
    if (only === undefined || (what === 'remote' && remote.on)) setAsked(what)
    else turn(what, only)
  }
  const disabled = panel.lost || act.busy
  return (
    <section aria-labelledby="switches">
      <h2 id="remote">{words.remote}</h2>
      <PanelProblemLine text={act.problem} />
      <Switch name={words.wholeMachine} on={remote.on} disabled={disabled} onPress={() => press('remote')} main />
      <p className="quiet-text">
        {remote.by === null && !remote.on ? (remote.since === null ? words.remoteDelivered : words.remoteLost) : null}
        {remote.by === null || remote.since === null ? null : (
          <>
            {words.remoteTurned(remote.by, remote.on)}, <ExactTime at={remote.since} />
          </>
        )}
      </p>
      {remote.portal === false ? <PortalNote text={words.remoteOffInPortal} /> : null}
      <h2 id="switches">{words.switches}</h2>
      <ul className="switches">
        {state.services.map((service) => (
          <li key={service.name}>
            <Switch name={service.title} on={service.enabled} disabled={disabled} onPress={() => press(service)} />
            {service.portal === false ? <PortalNote text={words.offInPortal} /> : null}
            <ServiceRecording service={service} />
            <ModeLine panel={panel} state={state} service={service} />
          </li>
        ))}
      </ul>
      <p className="quiet-text">{words.switchesText}</p>
      <WindowList panel={panel} state={state} />
      <SwitchDialog
        opened={asked !== null}
        title={
          asked === null ? '' : asked === 'remote' ? words.remoteQuestion(!remote.on) : words.switchQuestion(asked.title, !asked.enabled)
        }
        text={asked === 'remote' && remote.on ? words.remoteOffWarning : undefined}
        operators={operators}
        onClose={() => setAsked(null)}
        onTurn={(operator) => (asked === null ? undefined : turn(asked, operator))}
      />
      {act.dialog}
    </section>
  )
}

/** The stricter of the two holds. */
const PortalNote = ({ text }: { readonly text: string }) => (
  <p className="portal-note">
    <IconCloudOff size={24} aria-hidden="true" />
    {text}
  </p>
)

interface SwitchProps {
  readonly name: string
  readonly on: boolean
  readonly disabled: boolean
  readonly onPress: () => void
  readonly main?: boolean
}

const Switch = ({ name, on, disabled, onPress, main = false }: SwitchProps) => {
  const words = useWords(panelWords)
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      disabled={disabled}
      className={main ? 'switch switch-main' : 'switch'}
      onClick={onPress}
    >
      <span className="switch-name">{name}</span>
      <span className="switch-track" aria-hidden="true" />
      <span className="switch-word">{on ? words.on : words.off}</span>
    </button>
  )
}
