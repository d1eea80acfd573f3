import type { DecisionDetail, DecisionPage, DecisionRules } from '../../gateway/http-api/contract/administration.ts'
import { nowS, personIds, sessionIdOf } from './fake-data.ts'
import { activeRevision } from './fake-policy.ts'
import { fakeReasons } from './fake-reasons.ts'

export const makeDecisions = (): DecisionDetail[] => [
  decisionOf('dec_1', false, [
    { code: 'outside_region', message: 'The machine is outside of the assigned regions.' },
    { code: 'training_expired', message: 'The training for plate_setter ran out on 23 Nov 2026.' },
  ]),
  decisionOf('dec_2', true, []),
]

/** Without the name, until it is asked for. */
export const asAsked = (decision: DecisionDetail, query: URLSearchParams): DecisionDetail =>
  query.get('personal') === 'shown'
    ? decision
    : { ...decision, person: { ...decision.person, name: null }, masked: ['/input/technician/name', '/input/context/ip'] }

/** The reason `not_recorded` is so rare that the log is searched in three parts for it. */
export const decisionsPage = (all: readonly DecisionDetail[], query: URLSearchParams): DecisionPage => {
  if (query.get('code') !== 'not_recorded')
    return { items: all.map((decision) => asAsked(decision, query)), next: null, searched_to_ms: null }
  const part = Number(query.get('after') ?? 0) + 1
  if (part < 3) return { items: [], next: String(part), searched_to_ms: Date.now() - part * 86_400_000 }
  return { items: all.slice(0, 1).map((decision) => asAsked(decision, query)), next: null, searched_to_ms: null }
}

/** Both rules that stand against it, and those that do not. */
export const rulesOf = ({ revision, denials }: DecisionDetail): DecisionRules => {
  const rule = (name: string, line: number, code?: string): NonNullable<DecisionRules['rules']>[number] => {
    const against = denials.filter((denial) => denial.code === code)
    const place = { path: `rules/${name}.rego`, line }
    return { rule: name, satisfied: against.length === 0, denials: against, missing: [], changes_at: [], place }
  }
  const rules = [rule('account', 6), rule('permission', 8), rule('region', 19, 'outside_region'), rule('training', 75, 'training_expired')]
  return { revision, rules, kept: true, same: true }
}

const decisionOf = (id: string, allow: boolean, denials: DecisionDetail['denials']): DecisionDetail => ({
  id,
  time_ms: Date.now() - 90_000,
  action: allow ? 'open' : 'request',
  person: { id: personIds.mia, name: 'Mia Bauer' },
  device: { id: 'plate-2', name: 'Plate setter 2' },
  service: 'hmi',
  session: allow ? sessionIdOf('2') : null,
  allow,
  denials,
  revision: activeRevision,
  duration_us: 412,
  input: {
    action: 'request',
    time: { unix: nowS() },
    technician: { id: personIds.mia, regions: ['eu-north'], trainings: [] },
    device: { id: 'plate-2', region: 'eu-west' },
  },
  result: { allow, denials, missing: [], limits: { max_duration_s: 3600 } },
  masked: [],
  reasons: fakeReasons().reasons,
})
