import { useEffect, useRef, useState } from 'react'
import type { PanelRequest } from '../../../agent/panel/panel-api.ts'
import { RequestFacts } from '../../look/request-facts.tsx'
import { useWords } from '../../words/language.tsx'
import type { Panel } from '../api/use-panel.ts'
import { sharedWords } from '../../words/shared-words.ts'
import { helpWords } from '../words/help-words.ts'
import { panelWords } from '../words/panel-words.ts'
import { DurationStep } from './duration-step.tsx'
import { FarLine, sentenceAround } from './far-text.tsx'
import { OperatorChoice } from './operator-choice.tsx'
import { PanelProblemLine } from './panel-problem.tsx'
import { RequestRecording } from './recording-notes.tsx'
import { RequestButtons } from './request-buttons.tsx'
import { useIdentifiedAct } from './use-identified-act.tsx'
import { ServiceChoice } from './service-choice.tsx'

/** A finger that was on its way to something else must not let somebody in. */
const armAfterMs = 700

/** Somebody wants in: who, why, for what, how long; and the button. Draw it with the request's digest as key. */
export const RequestView = ({
  panel,
  request,
  operators,
}: {
  readonly panel: Panel
  readonly request: PanelRequest
  readonly operators: readonly string[]
}) => {
  const words = useWords(panelWords)
  const help = useWords(helpWords)
  const asks = useWords(sharedWords).request
  const act = useIdentifiedAct(panel)
  const only = operators.length === 1 ? (operators[0] ?? null) : null
  const [operator, setOperator] = useState<string | null>(only)
  const [services, setServices] = useState<readonly string[]>(() => request.services.map(({ name }) => name))
  const [duration, setDuration] = useState(request.duration_s)
  const [missing, setMissing] = useState(false)
  const [armed, setArmed] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setArmed(true), armAfterMs)
    return () => clearTimeout(timer)
  }, [])
  const extend = request.kind === 'extend'
  const names = useRef<HTMLFieldSetElement>(null)
  const approve = (): void => {
    setMissing(operator === null)
    if (operator === null) names.current?.querySelector('input')?.focus()
    if (operator === null || services.length === 0) return
    const terms = { digest: request.digest, duration_s: duration, ...(extend ? {} : { services }) }
    act.runAs(operator, (who) => panel.client.approve(request.session, { ...terms, ...who }))
  }
  return (
    <>
      <main className="panel-main request">
        <div className="request-asking">
          <RequestFacts
            name={request.technician.name}
            organisation={request.technician.organisation}
            photo={request.technician.photo}
            purpose={request.purpose}
            ticket={request.ticket}
            extend={extend}
            photoSize={96}
            heading="h1"
            {...(extend ? {} : { title: <FarLine {...sentenceAround(request.technician.name, asks.wantsIn)} /> })}
            note={request.answers_call ? help.takes : null}
          />
          <div className="request-recording">
            <RequestRecording services={request.services} />
          </div>
        </div>
        <div className="request-choices">
          <PanelProblemLine text={act.problem ?? (services.length === 0 ? words.chooseService : null)} />
          {extend ? null : <ServiceChoice services={request.services} chosen={services} onChange={setServices} />}
          <DurationStep value={duration} asked={request.duration_s} onChange={setDuration} />
          <OperatorChoice
            ref={names}
            operators={operators}
            chosen={operator}
            onChoose={setOperator}
            missing={missing && operator === null}
            name="operator"
          />
        </div>
      </main>
      {act.dialog}
      <RequestButtons
        request={request}
        duration={duration}
        nowMs={panel.nowMs}
        operator={operator}
        mayAllow={armed && !panel.lost}
        busy={act.busy}
        onApprove={approve}
        onRefuse={(how) => act.run(() => panel.client.refuse(request.session, { operator, how }))}
      />
    </>
  )
}
