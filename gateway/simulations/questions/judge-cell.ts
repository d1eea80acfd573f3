import type { ServiceName } from '../../basics/ids.ts'
import type { AskedPolicy } from './asked-policy.ts'
import { inputOfStep, walk, type AccessStep, type Encounter, type StepAnswer } from './access-steps.ts'
import { changedLimits } from './compare-results.ts'

export interface MatrixCell {
  readonly see: boolean
  readonly ask: boolean
  readonly open: boolean
  readonly changed: 'wider' | 'narrower' | 'limits' | null
  /** What stands against it, when she cannot get as far as was asked. */
  readonly codes: readonly string[]
}

export interface CellQuestion {
  readonly encounter: Encounter
  /** Null: every service of the machine. */
  readonly service: ServiceName | null
  readonly upTo: AccessStep
}

/** One cell of the matrix under `target`, and whether it differs from `active`. */
export async function judgeCell(target: AskedPolicy, active: AskedPolicy, question: CellQuestion): Promise<MatrixCell> {
  const after = await stepsOf(target, question)
  const before = target.revision === active.revision ? after : await stepsOf(active, question)
  const reached = (action: AccessStep): boolean => after.some((step) => step.action === action && step.result.allow)
  const far = reached(question.upTo)
  return {
    see: reached('view'),
    ask: reached('request'),
    open: reached('open'),
    changed: changeOf(before, after),
    codes: far ? [] : codesOf(after),
  }
}

/** Every step that is asked for one cell: to see it once, then each service as far as it goes. */
async function stepsOf(policy: AskedPolicy, { encounter, service, upTo }: CellQuestion): Promise<readonly StepAnswer[]> {
  const input = inputOfStep(encounter, 'view', null)
  const view: StepAnswer = { action: 'view', service: null, input, result: await policy.decide(input) }
  if (!view.result.allow || upTo === 'view') return [view]
  const steps = [view]
  for (const name of servicesOf(encounter, service)) {
    const [, ...behind] = await walk(seen(policy, view), encounter, name, upTo)
    steps.push(...behind)
  }
  return steps
}

/** The answer to `view` is the same for each service. */
const seen = (policy: AskedPolicy, view: StepAnswer): AskedPolicy => ({
  ...policy,
  decide: (input) => (input.action === 'view' ? Promise.resolve(view.result) : policy.decide(input)),
})

export function servicesOf({ device }: Pick<Encounter, 'device'>, service: ServiceName | null): readonly ServiceName[] {
  const names = device.services.map(({ name }) => name as ServiceName)
  return service === null ? names : names.filter((name) => name === service)
}

function changeOf(before: readonly StepAnswer[], after: readonly StepAnswer[]): MatrixCell['changed'] {
  if (before === after) return null
  const key = ({ action, service }: StepAnswer): string => `${action} ${service ?? ''}`
  const allowed = (steps: readonly StepAnswer[]): Map<string, StepAnswer> =>
    new Map(steps.filter(({ result }) => result.allow).map((step) => [key(step), step]))
  const [old, now] = [allowed(before), allowed(after)]
  if ([...now.keys()].some((step) => !old.has(step))) return 'wider'
  if ([...old.keys()].some((step) => !now.has(step))) return 'narrower'
  const differ = [...now].some(([step, { action, result }]) => {
    const was = old.get(step)
    return was !== undefined && changedLimits(action, was.result, result).length > 0
  })
  return differ ? 'limits' : null
}

const codesOf = (steps: readonly StepAnswer[]): string[] => [
  ...new Set(steps.flatMap(({ result }) => result.denials.map(({ code }) => code))),
]
