import type { DecisionDetail } from '../../gateway/http-api/contract/administration.ts'
import { nowS, personIds, sessionIdOf } from './fake-data.ts'
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
  revision: 'sha256:4f1d0c6a9b3e',
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
