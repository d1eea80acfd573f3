import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { PolicyTarget } from '../../../../gateway/http-api/contract/policy-simulations.ts'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { SideDrawer } from '../../parts/side-drawer.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { useSimulationWords } from '../words/simulation-words.ts'
import { ExplainedAnswer, RuleTable } from './explained-decision.tsx'

interface Named {
  readonly id: string
  readonly name: string
}

export interface ChosenCell {
  readonly person: Named
  readonly machine: Named
}

/** Why a cell of the matrix is as it is, with the rules of both revisions. */
export const CellAnswerDrawer = ({
  target,
  asOf,
  cell,
  onClose,
}: {
  readonly target: PolicyTarget
  readonly asOf: number
  readonly cell: ChosenCell | null
  readonly onClose: () => void
}) => {
  const words = useSimulationWords()
  const api = usePolicyApi()
  const answer = useQuery({
    queryKey: ['matrix-cell', target, asOf, cell?.person.id, cell?.machine.id],
    queryFn: () => api.cell({ target, person: cell?.person.id ?? '', machine: cell?.machine.id ?? '' }),
    enabled: cell !== null,
  })
  return (
    <SideDrawer opened={cell !== null} title={cell === null ? '' : words.whyTitle(cell.person.name, cell.machine.name)} onClose={onClose}>
      {answer.isPending && cell !== null ? <Skeleton height={360} /> : null}
      <ProblemNote error={answer.error} onRetry={() => void answer.refetch()} />
      {answer.data === undefined || cell === null ? null : (
        <div className="stack">
          {answer.data.steps.map(({ action, service, before, after, changed }) => (
            <section key={`${action} ${service ?? ''}`} className="answer-step" data-changed={changed}>
              <h3>
                {words.steps[action]}
                {service === null ? '' : `: ${service}`}
                {changed === null ? null : <span className="change-word" data-change={changed}>{` (${words.changes[changed]})`}</span>}
              </h3>
              <div className="answers">
                <ExplainedAnswer title={words.before} decision={before} />
                <ExplainedAnswer title={words.after} decision={after} />
              </div>
              <RuleTable before={before.rules} after={after.rules} />
            </section>
          ))}
        </div>
      )}
    </SideDrawer>
  )
}
