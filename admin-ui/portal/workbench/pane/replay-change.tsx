import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReplayChange } from '../../../../gateway/http-api/contract/policy-simulations.ts'
import { formatExact } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { SideDrawer } from '../../parts/side-drawer.tsx'
import { JsonText } from '../parts/json-text.tsx'
import { usePortalWords } from '../../words/portal-words.ts'
import { personOf } from '../parts/person-of.ts'
import { usePolicyApi } from '../use-policy-api.ts'
import { useSimulationWords } from '../words/simulation-words.ts'
import { ExplainedAnswer, RuleTable } from './explained-decision.tsx'

/** One decision that comes out differently: both answers, the rules of both, the input and the way through the rules. */
export const ReplayChangeDrawer = ({
  replay,
  against,
  change,
  personal,
  onClose,
}: {
  readonly replay: string
  readonly against: 'log' | 'active'
  readonly change: ReplayChange | null
  readonly personal: 'hidden' | 'shown'
  readonly onClose: () => void
}) => {
  const words = useSimulationWords()
  const { language } = useLanguage()
  const api = usePolicyApi()
  const detail = useQuery({
    queryKey: ['replay-change', replay, change?.decision, personal],
    queryFn: () => api.replayChange(replay, change?.decision ?? '', { personal }),
    enabled: change !== null,
  })
  const { hiddenPerson } = usePortalWords().decisions
  const title = change === null ? '' : words.whyTitle(personOf(change, hiddenPerson), change.machine.name)
  const earlier = against === 'log' ? words.decidedThen : words.before
  return (
    <SideDrawer opened={change !== null} title={title} onClose={onClose}>
      {detail.isPending && change !== null ? <Skeleton height={360} /> : null}
      <ProblemNote error={detail.error} onRetry={() => void detail.refetch()} />
      {detail.data === undefined || change === null ? null : (
        <div className="stack">
          <p className="quiet">
            {words.kinds[change.kind]}, {formatExact(language, change.time_ms)}
          </p>
          <div className="answers">
            <ExplainedAnswer title={earlier} decision={detail.data.before} />
            <ExplainedAnswer title={words.after} decision={detail.data.after} />
          </div>
          <RuleTable before={detail.data.rules_before} beforeTitle={earlier} after={detail.data.rules_after} />
          <JsonText title={words.input} value={detail.data.input} />
          {detail.data.trace === null ? (
            <p className="quiet">{words.noTrace}</p>
          ) : (
            <section>
              <h3>{words.trace}</h3>
              {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a long text that scrolls must be reachable without a pointer */}
              <pre className="output" tabIndex={0} role="region" aria-label={words.trace}>
                {detail.data.trace.text}
              </pre>
              {detail.data.trace.truncated ? <p className="quiet">{words.traceCut}</p> : null}
            </section>
          )}
        </div>
      )}
    </SideDrawer>
  )
}
