import type { RuleAnswer as DecidedRule } from '../../decisions/explanation.ts'
import type { ExplainedStep } from '../../simulations/answer-question.ts'
import type { ExplainedCell } from '../../simulations/explain-cell.ts'
import type { MatrixPage as JudgedMatrix } from '../../simulations/judge-matrix.ts'
import type { MatrixCount as CountedMatrix } from '../../simulations/count-matrix.ts'
import type { WordedDecision } from '../../simulations/questions/explained-decision.ts'
import type { FactChange as ChangeOfFacts } from '../../simulations/questions/fact-changes.ts'
import type { MatrixCell as JudgedCell } from '../../simulations/questions/judge-cell.ts'
import type {
  CellAnswer,
  ExplainedDecision,
  FactChange,
  MatrixCell,
  MatrixCount,
  MatrixPage,
  RuleAnswer,
} from '../contract/policy-simulations.ts'

interface Named {
  readonly id: string
  readonly name: string
}

export interface Assumptions {
  readonly methods: readonly string[]
  readonly durationS: number
  readonly approved: boolean
}

export const nameOf = ({ id, name }: Named): { id: string; name: string } => ({ id, name })

export const presentAssumed = ({ methods, durationS, approved }: Assumptions): MatrixPage['assumed'] => ({
  methods: [...methods],
  duration_s: durationS,
  approved,
})

export const presentRules = (rules: readonly DecidedRule[] | null): RuleAnswer[] | null =>
  rules?.map(({ rule, satisfied, denials, missing, changesAt }) => ({
    rule,
    satisfied,
    denials: [...denials],
    missing: [...missing],
    changes_at: [...changesAt],
  })) ?? null

export function presentExplained({ revision, result, rules, texts }: WordedDecision): ExplainedDecision {
  const { allow, denials, missing, limits, valid_until: validUntil } = result
  return {
    revision,
    allow,
    denials: [...denials],
    texts: { ...texts },
    missing: [...missing],
    limits: {
      ...limits,
      services: [...limits.services],
      request_rules: limits.request_rules.map((rule) => ({ ...rule, methods: [...rule.methods] })),
    },
    valid_until: validUntil,
    rules: presentRules(rules),
  }
}

const presentCell = ({ see, ask, open, changed, codes }: JudgedCell): MatrixCell => ({ see, ask, open, changed, codes: [...codes] })

export function presentMatrix({ revisions, nowS, people, machines, cells, next }: JudgedMatrix, assumed: Assumptions): MatrixPage {
  const count = (kind: MatrixCell['changed']): number => cells.flat().filter(({ changed }) => changed === kind).length
  return {
    ...revisions,
    at_ms: nowS * 1000,
    assumed: presentAssumed(assumed),
    people: people.map(nameOf),
    machines: machines.map(nameOf),
    cells: cells.map((row) => row.map(presentCell)),
    totals: { wider: count('wider'), narrower: count('narrower'), limits: count('limits') },
    next,
  }
}

export function presentCount({ id, progress, counts, wider }: CountedMatrix): MatrixCount {
  const { state, failure, done, total, tookMs } = progress
  return { id, state, failure, done, total, took_ms: tookMs, counts: { ...counts }, wider: [...wider] }
}

export function presentCellAnswer({ nowS, person, machine, cell, steps }: ExplainedCell, assumed: Assumptions): CellAnswer {
  return {
    at_ms: nowS * 1000,
    assumed: presentAssumed(assumed),
    person: nameOf(person),
    machine: nameOf(machine),
    cell: presentCell(cell),
    steps: steps.map(({ action, service, before, after, changed }) => ({
      action,
      service,
      before: presentExplained(before),
      after: presentExplained(after),
      changed,
    })),
  }
}

export const presentStep = ({ action, service, decision }: ExplainedStep) => ({ action, service, decision: presentExplained(decision) })

const grantedBy: Readonly<Record<FactChange['kind'], FactChange['granted_by']>> = {
  enable_account: 'service_administrator',
  grant_region: 'service_administrator',
  grant_permission: 'service_administrator',
  record_training: 'service_administrator',
  sign_undertaking: 'herself',
  step_up: 'herself',
  approve: 'operator',
  switch_on: 'customer',
  record_service: 'customer',
  renew_contract: 'service_administrator',
  activate_device: 'service_administrator',
  shorter_duration: 'herself',
  wait_until: 'time',
}

export const presentChange = (change: ChangeOfFacts): FactChange => ({
  kind: change.kind,
  value: 'value' in change ? change.value : null,
  level: 'level' in change ? change.level : null,
  granted_by: grantedBy[change.kind],
})
