import type { AskedPolicy } from '../questions/asked-policy.ts'
import { compareLogged } from '../questions/compare-logged.ts'
import { explainedDecision } from '../questions/explained-decision.ts'
import { judgeCell, type MatrixCell } from '../questions/judge-cell.ts'
import { whatWould } from '../questions/what-would.ts'
import type { AnswerOf, QuestionOf, TaskName } from './simulation-tasks.ts'

interface Policies {
  readonly target: AskedPolicy
  readonly active: AskedPolicy
}

type Carry = { readonly [Name in TaskName]: (policies: Policies, question: QuestionOf<Name>) => Promise<AnswerOf<Name>> }

const carry: Carry = {
  decide: ({ target }, { inputs }) => inTurn(inputs, (input) => target.decide(input)),
  explain: ({ target }, { inputs }) => inTurn(inputs, (input) => explainedDecision(target, input)),
  cells,
  compare: (policies, question) => compareLogged({ ...policies, ...question }),
  whatWould: ({ target }, question) => whatWould(target, question),
}

/** One task in this thread. */
export const carryOut = (name: TaskName, policies: Policies, question: unknown): Promise<unknown> =>
  (carry[name] as (policies: Policies, question: unknown) => Promise<unknown>)(policies, question)

function cells({ target, active }: Policies, question: QuestionOf<'cells'>): Promise<readonly (readonly MatrixCell[])[]> {
  const { people, machines, service, upTo, assumed } = question
  return inTurn(people, (asker) =>
    inTurn(machines, ({ device, organisationName }) =>
      judgeCell(target, active, { encounter: { asker, device, deviceOrganisationName: organisationName, ...assumed }, service, upTo }),
    ),
  )
}

async function inTurn<Item, Answer>(items: readonly Item[], work: (item: Item) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const item of items) answers.push(await work(item))
  return answers
}
