import type { OrganisationId, PersonId } from '../basics/ids.ts'
import type { ActivationImpact } from '../policies-admin/activation/activation-impact.ts'
import type { Activation } from '../policies-admin/revisions/revision.ts'
import type { PolicyActivationRow } from './policy-rows.ts'

export const activationRow = (activation: Activation, organisationId: OrganisationId): PolicyActivationRow => ({
  sequence: activation.sequence,
  organisation_id: organisationId,
  revision: activation.revision,
  previous: activation.previous,
  kind: activation.kind,
  by_person: activation.by,
  approved_by: activation.approvedBy,
  comment: activation.comment,
  at: activation.at,
  impact: activation.impact === null ? null : JSON.stringify(activation.impact),
  signature: activation.signature,
})

export const activationOf = (row: PolicyActivationRow): Activation => ({
  sequence: row.sequence,
  revision: row.revision,
  previous: row.previous,
  kind: row.kind as Activation['kind'],
  by: row.by_person as PersonId | null,
  approvedBy: row.approved_by as PersonId | null,
  comment: row.comment,
  at: row.at,
  impact: row.impact === null ? null : impactOf(JSON.parse(row.impact) as ActivationImpact | SharesAlone),
  signature: row.signature,
})

/** As it was kept before sessions were kept with it. */
interface SharesAlone {
  readonly denied_percent: number
  readonly allowed_last_day: number
  readonly would_be_denied: number
}

function impactOf(kept: ActivationImpact | SharesAlone): ActivationImpact {
  if (!('denied_percent' in kept)) return kept
  const share = { percent: kept.denied_percent, allowed: kept.allowed_last_day, denied: kept.would_be_denied }
  return { sessions: null, named: [], share }
}
