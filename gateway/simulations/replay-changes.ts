import type { DecisionId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { DecisionInput } from '../decisions/decision-input.ts'
import type { DecisionResult } from '../decisions/decision-result.ts'
import { maskDecision, maskedText } from '../decisions/export/mask-decision.ts'
import type { RuleAnswer } from '../decisions/explanation.ts'
import type { LoggedChange } from './questions/compare-logged.ts'
import { concealAnswer } from './questions/conceal-answer.ts'
import { worded, type WordedDecision } from './questions/explained-decision.ts'
import type { ChangeKind, ReplayJob } from './replay-job.ts'
import { triedPolicies, unknownHere, type DecisionTrace, type SimulationRoom } from './simulation-room.ts'
import type { TriedPolicies } from './threads/create-simulation-threads.ts'
import { CodedError, isCodedError } from '../basics/coded-error.ts'
import type { CompiledPolicy } from '../decisions/compiled-policy.ts'

export interface ChangeFilter {
  readonly kind?: ChangeKind | undefined
  readonly rule?: string | undefined
  readonly person?: string | undefined
  readonly machine?: string | undefined
}

export interface ChangePage {
  readonly items: readonly LoggedChange[]
  readonly next: string | null
}

/** What a replay found: newly allowed first. While it runs, a page may show again what one before it showed. */
export function replayChanges(
  job: ReplayJob,
  filter: ChangeFilter,
  page: { readonly limit: number; readonly after: string | null },
): ChangePage {
  const { kind, rule, person, machine } = filter
  const found = job
    .changes()
    .filter(
      (change) =>
        (kind === undefined || change.kind === kind) &&
        (rule === undefined || change.rules.includes(rule)) &&
        (person === undefined || change.person.id === person) &&
        (machine === undefined || change.machine === machine),
    )
  const from = startOf(page.after)
  const until = from + page.limit
  return { items: found.slice(from, until), next: until < found.length ? `c${until}` : null }
}

function startOf(cursor: string | null): number {
  if (cursor === null) return 0
  const [, digits] = /^c([1-9]\d{0,6})$/.exec(cursor) ?? []
  if (digits !== undefined) return Number(digits)
  const message = 'The cursor of the page is not one that this list gave. Begin at the first page.'
  throw new CodedError({ code: 'invalid_cursor', message, remedy: 'fix' })
}

export interface OpenedChange {
  readonly change: LoggedChange
  readonly input: DecisionInput
  /** JSON pointers to what of the input and of the logged result is hidden. */
  readonly masked: readonly string[]
  /** What it was compared with; the rules are those of the active revision, if it comes to the same answer. */
  readonly before: WordedDecision
  /** The revision that decided then. */
  readonly decidedBy: string
  readonly after: WordedDecision
  readonly rulesNow: readonly RuleAnswer[] | null
  readonly trace: DecisionTrace | null
}

/**
 * One change with everything behind it: both answers, the rules of both, and the trace of the rules that are tried. `hidden`: as the decision log hides
 * it (`maskDecision`); the trace is then that of the masked input, since a trace says everything that the rules looked at.
 */
export async function openReplayChange(
  room: SimulationRoom,
  job: ReplayJob,
  { decision: id, personal }: { readonly decision: DecisionId; readonly personal: 'hidden' | 'shown' },
): Promise<OpenedChange> {
  const change = job.changes().find(({ decision }) => decision === id)
  if (change === undefined) throw unknownHere('change_unknown', 'change in this replay')
  const record = await room.ports.decisionLog.get(wholeInstallation, id)
  if (record === null) throw unknownHere('decision_unknown', 'decision any more')
  const { policies } = room.ports
  const tried = await triedPolicies(room, job.target)
  const masked = maskDecision(record)
  const input = personal === 'shown' ? record.input : masked.input
  const ask = (policy: CompiledPolicy): Promise<WordedDecision> =>
    personal === 'shown'
      ? answerTo(room, policy, record.input)
      : concealed({ room, job, policy }, { truth: record.input, masked: masked.input })
  const [after, now] = [await ask(tried.target), await ask(tried.active)]
  const result = personal === 'shown' ? record.result : withoutWords(masked.result)
  const before =
    job.against === 'active'
      ? now
      : worded({ revision: record.revision, result, rules: now.rules }, await deciderOf(room, tried, record.revision))
  const trace = await policies.trace(job.target, input)
  return {
    change,
    input,
    masked: personal === 'shown' ? [] : masked.masked,
    before,
    decidedBy: record.revision,
    after,
    rulesNow: now.rules,
    trace,
  }
}

async function answerTo({ ports: { threads } }: SimulationRoom, policy: CompiledPolicy, input: DecisionInput): Promise<WordedDecision> {
  const [answer] = await threads.run('explain', { target: policy, active: policy }, { inputs: [input] })
  if (answer === undefined) throw new TypeError('one input gives one answer')
  return worded(answer, policy)
}

async function concealed(
  { room, job, policy }: { readonly room: SimulationRoom; readonly job: ReplayJob; readonly policy: CompiledPolicy },
  inputs: { readonly truth: DecisionInput; readonly masked: DecisionInput },
): Promise<WordedDecision> {
  const [truth, masked] = await Promise.all([answerTo(room, policy, inputs.truth), answerTo(room, policy, inputs.masked)])
  return concealAnswer({ truth, masked }, job.declared)
}

/** As the list of decisions: a page shows the text of the code. */
const withoutWords = (result: DecisionResult): DecisionResult => ({
  ...result,
  denials: result.denials.map((denial) => (denial.message === maskedText ? { ...denial, message: '' } : denial)),
})

/** The revision that decided then; the active one where that is not kept here any more. */
async function deciderOf(
  { ports: { policies } }: SimulationRoom,
  { active, target }: TriedPolicies,
  revision: string,
): Promise<CompiledPolicy> {
  const known = [active, target].find((policy) => policy.revision === revision)
  if (known !== undefined) return known
  return policies.policyOf({ revision }).catch((error: unknown) => {
    if (isCodedError(error, 'revision_unknown')) return active
    throw error
  })
}
