import type { PolicyRoom } from '../../policies-admin/activation/policy-room.ts'
import type { RevisionStanding, WaitingStep } from '../../policies-admin/revisions/revision-store.ts'
import { stateOf, type Activation, type LineComment, type Review } from '../../policies-admin/revisions/revision.ts'
import type { WaitingStep as WaitingView } from '../contract/policy-activation.ts'
import type { PolicyActivation, RevisionComment, RevisionReview, RevisionSummary } from '../contract/policy-revisions.ts'
import { named, type NamesOf } from './name-people.ts'

export function presentRevision(
  room: PolicyRoom,
  { revision, newestReview, wasActive }: RevisionStanding,
  names: NamesOf,
): RevisionSummary {
  return {
    revision: revision.revision,
    parent: revision.parent,
    origin: revision.origin,
    author: names(revision.author),
    comment: revision.comment,
    created_ms: revision.createdAt,
    state: stateOf(revision.revision, { active: room.active?.revision ?? null, wasActive, newest: newestReview }),
    approved_on_top_of: newestReview?.verdict === 'approved' ? newestReview.onTopOf : null,
    tests: { passed: revision.testsPassed, failed: revision.testsFailed },
    coverage_percent: revision.coveragePercent,
  }
}

export const presentReview = ({ reviewer, verdict, comment, onTopOf, at }: Review, names: NamesOf): RevisionReview => ({
  reviewer: named(names, reviewer),
  verdict,
  comment,
  on_top_of: onTopOf,
  at_ms: at,
})

export const presentComment = ({ id, path, line, author, text, at }: LineComment, names: NamesOf): RevisionComment => ({
  id,
  path,
  line,
  author: named(names, author),
  text,
  at_ms: at,
})

export const presentActivation = (activation: Activation, names: NamesOf): PolicyActivation => ({
  sequence: activation.sequence,
  revision: activation.revision,
  previous: activation.previous,
  kind: activation.kind,
  by: names(activation.by),
  approved_by: names(activation.approvedBy),
  comment: activation.comment,
  at_ms: activation.at,
})

export const presentWaiting = ({ what, by, at, expiresAt, step, comment }: WaitingStep, names: NamesOf): WaitingView => ({
  what,
  by: named(names, by),
  at_ms: at,
  expires_ms: expiresAt,
  to: typeof step['to'] === 'string' ? step['to'] : null,
  settings:
    what === 'settings' ? { coverage_percent: Number(step['coverage_percent']), denied_percent: Number(step['denied_percent']) } : null,
  comment,
})
