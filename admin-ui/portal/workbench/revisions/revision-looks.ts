import type { RevisionSummary } from '../../../../gateway/http-api/contract/policy-revisions.ts'
import type { StateLook } from '../../../look/state-badge.tsx'

/** How each state of a revision looks: colour, icon and word, as every state. */
export const revisionLooks: Readonly<Record<RevisionSummary['state'], { readonly look: StateLook }>> = {
  submitted: { look: 'waiting' },
  approved: { look: 'approved' },
  rejected: { look: 'bad' },
  active: { look: 'good' },
  was_active: { look: 'ended' },
}
