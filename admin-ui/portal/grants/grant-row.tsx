import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { explainDenial } from '../../../gateway/decisions/explain-denial.ts'
import type { GrantRequestAnswer } from '../../../gateway/http-api/contract/grant-requests.ts'
import { ExactTime } from '../../look/exact-time.tsx'
import { StateBadge } from '../../look/state-badge.tsx'
import type { StateLook } from '../../look/state-badge.tsx'
import { useLanguage, useWords } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { useMe } from '../parts/me-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { canReadDevices, canReadRecords } from '../parts/roles.ts'
import { useReasons } from '../parts/use-reasons.ts'
import { grantWords } from '../words/grant-words.ts'
import { AnswerDialog } from './answer-dialog.tsx'

const looks = { open: 'waiting', granted: 'good', declined: 'bad', withdrawn: 'ended' } as const satisfies Record<string, StateLook>

/** Who asks for what and why, and what can be done about it by whoever looks. */
export const GrantRow = ({ request }: { readonly request: GrantRequestAnswer }) => {
  const words = useWords(grantWords)
  const { language } = useLanguage()
  const reasons = useReasons()
  const { machine, code, state } = request
  const states = { open: words.waiting, granted: words.granted, declined: words.declined, withdrawn: words.withdrawn }
  const reason = code === null ? null : explainDenial({ code, message: '' }, { reasons, language }).reason
  return (
    <li className="card row-grant">
      <div className="row-grant-head">
        <StateBadge look={looks[state]} word={states[state]} />
        <span className="quiet">
          <ExactTime at={request.asked_at * 1000} />
        </span>
      </div>
      <div>
        <strong>{request.mine ? null : `${words.asks(request.person.name)} `}</strong>
        <strong>{machine === null ? words.rights : words.on(request.service ?? '', machine.name)}</strong>
        {machine === null || machine.site === '' ? null : <span className="quiet">, {machine.site}</span>}
        {reason === null ? null : <div>{reason}</div>}
        {request.note === '' ? null : <blockquote className="quote">{request.note}</blockquote>}
        <Answer request={request} />
      </div>
      <Acts request={request} />
    </li>
  )
}

const Answer = ({ request }: { readonly request: GrantRequestAnswer }) => {
  const words = useWords(grantWords)
  const { state, answer, answered_by: by } = request
  if (state === 'granted' && by === null) return <p className="quiet">{words.gone}</p>
  if (state !== 'granted' && state !== 'declined') return null
  return (
    <p>
      {state === 'granted' ? words.grantedBy(by ?? '') : words.declinedBy(by ?? '')} {answer}
    </p>
  )
}

/** Of a machine's own: granted in its record, not in a person's. */
const ofMachine: readonly string[] = [
  'device_not_active',
  'device_suspended',
  'device_revoked',
  'contract_missing',
  'contract_ended',
  'switch_off',
  'not_recorded',
]

const Acts = ({ request }: { readonly request: GrantRequestAnswer }) => {
  const words = useWords(grantWords)
  const me = useMe()
  const api = useApi()
  const queries = useQueryClient()
  const [verdict, setVerdict] = useState<'granted' | 'declined' | null>(null)
  const withdraw = useMutation({
    mutationFn: () => api.withdrawGrantRequest(request.id),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['grants'] }),
  })
  if (request.mine && request.state === 'open')
    return (
      <div className="row">
        <Button variant="outline" loading={withdraw.isPending} onClick={() => withdraw.mutate()}>
          {words.withdraw}
        </Button>
        <ProblemNote error={withdraw.error} />
      </div>
    )
  if (!request.can_answer) return null
  const { machine, code, person } = request
  const atMachine = machine !== null && code !== null && ofMachine.includes(code)
  return (
    <>
      <div className="row">
        {(atMachine ? canReadDevices(me) : canReadRecords(me)) ? (
          <Button component={Link} href={atMachine ? `/devices/${encodeURIComponent(machine.id)}` : `/people/${person.id}`}>
            {atMachine ? words.toMachine : words.toPerson}
          </Button>
        ) : null}
        {code === null ? (
          <Button variant="outline" onClick={() => setVerdict('granted')}>
            {words.done}
          </Button>
        ) : null}
        <Button variant="outline" color="danger" onClick={() => setVerdict('declined')}>
          {words.decline}
        </Button>
      </div>
      {code === null ? null : <p className="quiet">{words.endsByItself}</p>}
      <AnswerDialog request={request} verdict={verdict} onClose={() => setVerdict(null)} />
    </>
  )
}
