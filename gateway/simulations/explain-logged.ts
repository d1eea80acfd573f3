import { isCodedError } from '../basics/coded-error.ts'
import type { CompiledPolicy } from '../decisions/compiled-policy.ts'
import type { DecisionResult } from '../decisions/decision-result.ts'
import type { DecisionRecord } from '../decisions/decision.ts'
import type { ExplainedDecision } from './questions/explained-decision.ts'
import type { SimulationRoom } from './simulation-room.ts'

export interface LoggedExplanation {
  /** What the revision that decided answers to the same input, asked again, with its rules. Null: it is not kept here. */
  readonly again: ExplainedDecision | null
  /** It comes to the answer that was logged. False: something else than the rules decided then, like an evaluation that took too long. */
  readonly same: boolean
}

/** The rules behind a logged decision: of the revision that decided, by asking it again. */
export async function explainLogged({ ports }: SimulationRoom, record: DecisionRecord): Promise<LoggedExplanation> {
  const policy = await ports.policies.policyOf({ revision: record.revision }).catch((error: unknown): CompiledPolicy | null => {
    if (isCodedError(error, 'revision_unknown')) return null
    throw error
  })
  if (policy === null) return { again: null, same: false }
  const [again] = await ports.threads.run('explain', { target: policy, active: policy }, { inputs: [record.input] })
  if (again === undefined) throw new TypeError('one input gives one answer')
  return { again, same: answerOf(again.result) === answerOf(record.result) }
}

const answerOf = ({ allow, denials }: DecisionResult): string => [allow, ...new Set(denials.map(({ code }) => code).toSorted())].join(' ')
