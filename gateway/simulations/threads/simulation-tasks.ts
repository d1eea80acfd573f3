import type { ServiceName } from '../../basics/ids.ts'
import type { DecisionInput } from '../../decisions/decision-input.ts'
import type { DecisionResult } from '../../decisions/decision-result.ts'
import type { Device } from '../../devices/device.ts'
import type { Asker } from '../../sessions/decision-facts.ts'
import type { AccessStep } from '../questions/access-steps.ts'
import type { ComparedBatch, LoggedDecision } from '../questions/compare-logged.ts'
import type { ExplainedDecision } from '../questions/explained-decision.ts'
import type { MatrixCell } from '../questions/judge-cell.ts'
import type { WhatWouldAnswer, WhatWouldQuestion } from '../questions/what-would.ts'

export interface MachineFacts {
  readonly device: Device
  readonly organisationName: string
}

/** What is assumed of a person who does not ask herself. */
export interface Assumed {
  /** Unix seconds. */
  readonly nowS: number
  readonly durationS: number
  readonly approved: boolean
}

/** Everything that a thread can be asked: the question, and the answer. Revisions are those of the policies that were given with it. */
export interface SimulationTasks {
  decide: { question: { readonly inputs: readonly DecisionInput[] }; answer: readonly DecisionResult[] }
  explain: { question: { readonly inputs: readonly DecisionInput[] }; answer: readonly ExplainedDecision[] }
  cells: {
    question: {
      readonly people: readonly Asker[]
      readonly machines: readonly MachineFacts[]
      readonly service: ServiceName | null
      readonly upTo: AccessStep
      readonly assumed: Assumed
    }
    /** A row for each person. */
    answer: readonly (readonly MatrixCell[])[]
  }
  compare: { question: { readonly rows: readonly LoggedDecision[]; readonly against: 'log' | 'active' }; answer: ComparedBatch }
  whatWould: { question: WhatWouldQuestion; answer: WhatWouldAnswer }
}

export type TaskName = keyof SimulationTasks
export type QuestionOf<Name extends TaskName> = SimulationTasks[Name]['question']
export type AnswerOf<Name extends TaskName> = SimulationTasks[Name]['answer']
