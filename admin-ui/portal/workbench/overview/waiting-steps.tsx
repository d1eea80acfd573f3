import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { PolicyStatus, WaitingStep } from '../../../../gateway/http-api/contract/policy-activation.ts'
import { StateBadge } from '../../../look/state-badge.tsx'
import { useTick } from '../../../look/use-tick.ts'
import { formatPercent, formatRelative } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { useMe } from '../../parts/me-context.tsx'
import { canEditPolicy } from '../../parts/roles.ts'
import { PolicyProblem } from '../pane/policy-problem.tsx'
import { shortOf } from '../parts/short-digest.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { usePolicyWords } from '../words/policy-words.ts'

/** Steps that one person asked for and that another one has to ask for as well. */
export const WaitingSteps = ({ status }: { readonly status: PolicyStatus }) => {
  const words = usePolicyWords()
  if (status.waiting.length === 0) return null
  return (
    <section className="waiting-steps" aria-label={words.waitingTitle}>
      {status.waiting.map((step) => (
        <WaitingCard key={`${step.what} ${step.at_ms}`} step={step} status={status} />
      ))}
    </section>
  )
}

const WaitingCard = ({ step, status }: { readonly step: WaitingStep; readonly status: PolicyStatus }) => {
  const words = usePolicyWords()
  const { language } = useLanguage()
  const me = useMe()
  const api = usePolicyApi()
  const queries = useQueryClient()
  const now = useTick(20_000)
  const { what, by, to, settings, comment, expires_ms } = step
  const agree = useMutation({
    mutationFn: async (): Promise<unknown> =>
      what === 'settings' && settings !== null
        ? api.changeSettings({ ...settings, comment })
        : api.rollBack({ expected_active: status.active?.revision ?? null, comment, ...(to === null ? {} : { to }) }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['policy'] }),
  })
  return (
    <div className="help-card card">
      <div>
        <StateBadge look="waiting" word={words.waitingTitle} />
        <p>
          {what === 'settings' && settings !== null
            ? words.waitingSettings(
                by.name,
                formatPercent(language, settings.coverage_percent),
                formatPercent(language, settings.denied_percent),
              )
            : words.waitingRollBack(by.name, to === null ? '' : shortOf(to))}
        </p>
        <blockquote className="comment">{comment}</blockquote>
        <p className="quiet">{words.waitingUntil(formatRelative(language, expires_ms, now))}</p>
        <PolicyProblem error={agree.error} />
        {!canEditPolicy(me) ? null : by.id === me.id ? (
          <p className="quiet">{words.yourOwn}</p>
        ) : (
          <div>
            <Button loading={agree.isPending} onClick={() => agree.mutate()}>
              {words.askForTheSame}
            </Button>
          </div>
        )}
      </div>
    </div>
  )
}
