import type { ServiceName } from '../basics/ids.ts'
import type { Device } from '../devices/device.ts'
import type { Person } from '../people/person.ts'
import { encounterOf, explainSteps, type EncounterQuestion } from './answer-question.ts'
import { judgeRectangle } from './judge-matrix.ts'
import type { AccessStep } from './questions/access-steps.ts'
import { changedLimits } from './questions/compare-results.ts'
import type { ExplainedDecision, WordedDecision } from './questions/explained-decision.ts'
import type { MatrixCell } from './questions/judge-cell.ts'
import { triedPolicies, type PolicyTarget, type SimulationRoom } from './simulation-room.ts'

export interface ComparedStep {
  readonly action: AccessStep
  readonly service: ServiceName | null
  readonly before: WordedDecision
  readonly after: WordedDecision
  readonly changed: MatrixCell['changed']
}

export interface ExplainedCell {
  /** Unix seconds. */
  readonly nowS: number
  readonly person: Person
  readonly machine: Device
  readonly cell: MatrixCell
  readonly steps: readonly ComparedStep[]
}

/** One cell of the matrix, with the rules of both revisions behind each of its steps. */
export async function explainCell(
  room: SimulationRoom,
  question: Omit<EncounterQuestion, 'upTo' | 'approved' | 'target'> & { readonly target: PolicyTarget },
): Promise<ExplainedCell> {
  const policies = await triedPolicies(room, question.target)
  const { encounter, nowS, person, machine } = await encounterOf(room, policies.target, { ...question, approved: true })
  const asked = { service: question.service, upTo: 'open' } as const
  const after = await explainSteps(room, policies, encounter, asked)
  const before = await explainSteps(room, { target: policies.active, active: policies.target }, encounter, asked)
  const rectangle = { question: { ...question, ...asked, people: {}, machines: {} }, people: [person], machines: [machine], nowS }
  const [[cell] = []] = await judgeRectangle(room, policies, rectangle)
  if (cell === undefined) throw new TypeError('one person and one machine give one cell')
  const steps = after.flatMap((step, index): ComparedStep[] => {
    const was = before[index]
    if (was === undefined) return []
    return [{ ...step, before: was.decision, after: step.decision, changed: changeOf(step.action, was.decision, step.decision) }]
  })
  return {
    nowS,
    person,
    machine,
    cell,
    steps: steps.map(({ action, service, before, after, changed }) => ({ action, service, before, after, changed })),
  }
}

function changeOf(action: AccessStep, { result: before }: ExplainedDecision, { result: after }: ExplainedDecision): MatrixCell['changed'] {
  if (before.allow !== after.allow) return after.allow ? 'wider' : 'narrower'
  return after.allow && changedLimits(action, before, after).length > 0 ? 'limits' : null
}
