import type { Selectable } from 'kysely'
import type { DecisionId } from '../basics/ids.ts'
import type { DecisionRecord } from '../decisions/decision.ts'
import type { DecisionRow } from './schema.ts'

export function decisionOf(row: Selectable<DecisionRow>): DecisionRecord {
  return {
    id: row.id as DecisionId,
    input: JSON.parse(row.input) as DecisionRecord['input'],
    result: JSON.parse(row.result) as DecisionRecord['result'],
    revision: row.revision,
    cached: false,
    durationUs: row.duration_us,
    evaluatedAt: row.evaluated_at,
  }
}
