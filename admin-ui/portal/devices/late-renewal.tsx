import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Device } from '../../../gateway/http-api/contract/administration.ts'
import { Dialog } from '../../look/dialog.tsx'
import { ExactTime } from '../../look/exact-time.tsx'
import { useTick } from '../../look/use-tick.ts'
import { formatDate, formatRelative } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { Facts } from '../parts/facts.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { renewalWords } from '../words/renewal-words.ts'

type Waiting = NonNullable<NonNullable<Device['late_renewal']>['waiting']>
type Decision = 'confirm' | 'refuse'

/** A machine whose certificate ended while it was away: who asks, and what somebody decides about it. */
export const LateRenewal = ({ device, readOnly }: { readonly device: Device; readonly readOnly: boolean }) => {
  const waiting = device.late_renewal?.waiting ?? null
  return waiting === null ? null : <WaitingCard device={device} waiting={waiting} readOnly={readOnly} />
}

const WaitingCard = ({ device, waiting, readOnly }: { readonly device: Device; readonly waiting: Waiting; readonly readOnly: boolean }) => {
  const words = useWords(renewalWords)
  const { language } = useLanguage()
  const [deciding, setDeciding] = useState<Decision | null>(null)
  return (
    <section className="card stack" aria-labelledby="late-renewal">
      <h3 id="late-renewal">{words.title}</h3>
      <p>{words.waits(formatDate(language, waiting.ended_at * 1000))}</p>
      <div>
        <p className="quiet">{words.code}</p>
        <p className="mono compare-code">{waiting.code}</p>
      </div>
      {waiting.own_key ? null : <p className="danger">{words.otherKey}</p>}
      <p className="quiet">{words.compare}</p>
      <Facts
        items={{
          [words.since]: <ExactTime at={waiting.since * 1000} />,
          [words.address]: <span className="mono">{waiting.address}</span>,
          [words.key]: <span className="mono fingerprint">{waiting.public_key}</span>,
        }}
      />
      {readOnly ? null : (
        <div className="row">
          <Button onClick={() => setDeciding('confirm')}>{words.confirm}</Button>
          <Button variant="outline" color="danger" onClick={() => setDeciding('refuse')}>
            {words.refuse}
          </Button>
        </div>
      )}
      <DecisionDialog device={device} waiting={waiting} deciding={deciding} onClose={() => setDeciding(null)} />
    </section>
  )
}

interface DecisionDialogProps {
  readonly device: Device
  readonly waiting: Waiting
  readonly deciding: Decision | null
  readonly onClose: () => void
}

/** The key that was read is the one that is decided about: a machine that asks with another one meanwhile is asked about anew. */
const DecisionDialog = ({ device, waiting, deciding, onClose }: DecisionDialogProps) => {
  const words = useWords(renewalWords)
  const shared = usePortalWords()
  const api = useApi()
  const queries = useQueryClient()
  const decide = useMutation({
    mutationFn: (decision: Decision) => api.decideRenewal(device.id, decision, waiting.public_key),
    onSuccess: onClose,
    onSettled: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['device', device.id] }),
        queries.invalidateQueries({ queryKey: ['devices'] }),
      ])
    },
  })
  const isRefusal = deciding === 'refuse'
  return (
    <Dialog
      opened={deciding !== null}
      onClose={onClose}
      title={isRefusal ? words.refuseTitle(device.name) : words.confirmTitle(device.name)}
      closeLabel={shared.close}
    >
      <div className="stack">
        <p>{isRefusal ? words.refuseText : words.confirmText(device.name, waiting.code)}</p>
        <ProblemNote error={decide.error} />
        <div className="row">
          <Button variant="outline" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button
            color={isRefusal ? 'danger' : 'primary'}
            loading={decide.isPending}
            onClick={() => {
              if (deciding !== null) decide.mutate(deciding)
            }}
          >
            {isRefusal ? words.refuse : words.confirm}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

/** The last that was decided, for good or for worse. */
export const LateDecision = ({ device }: { readonly device: Device }) => {
  const words = useWords(renewalWords)
  const { language } = useLanguage()
  const now = useTick(20_000)
  const decided = device.late_renewal?.decided ?? null
  if (decided === null) return null
  const at = formatRelative(language, decided.decided_at * 1000, now)
  if (decided.standing === 'renewed') return <>{words.renewed(at, formatDate(language, decided.ended_at * 1000), decided.by_person)}</>
  return decided.standing === 'confirmed' ? <>{words.confirmed(at)}</> : <span className="danger">{words.refused(at)}</span>
}
