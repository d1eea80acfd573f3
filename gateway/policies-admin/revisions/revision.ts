import type { OrganisationId, PersonId } from '../../basics/ids.ts'
import type { ActivationImpact } from '../activation/activation-impact.ts'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import type { PolicySources } from '../policy-files.ts'
import type { RevisionResults } from './revision-results.ts'

export type RevisionOrigin = 'draft' | 'git' | 'shipped' | 'recovered'

/** An immutable set of rules, tests and data, named by its digest, and whence it came. */
export interface Revision {
  /** `sha256:` + 64 hex. */
  readonly revision: string
  readonly organisationId: OrganisationId
  readonly parent: string | null
  readonly author: PersonId | null
  /** Who wrote in it as well; none of them reviews it. */
  readonly contributors: readonly PersonId[]
  readonly origin: RevisionOrigin
  readonly comment: string
  /** Unix milliseconds. */
  readonly createdAt: number
  readonly testsPassed: number
  readonly testsFailed: number
  /** Of the decision rules, in percent. */
  readonly coveragePercent: number
}

/** The revision with all that belongs to it. */
export interface RevisionBundle {
  readonly sources: PolicySources
  readonly policy: CompiledPolicy
  /** Of the gateway's policy key over the digests; see `activation/policy-signer.ts`. */
  readonly signature: string
}

export interface NewRevision extends Revision, RevisionBundle {
  readonly results: RevisionResults | null
}

export interface Review {
  readonly revision: string
  readonly reviewer: PersonId
  readonly verdict: 'approved' | 'rejected'
  /** What was active when it was looked at. */
  readonly onTopOf: string | null
  readonly comment: string
  readonly at: number
}

export interface LineComment {
  readonly id: string
  readonly revision: string
  readonly path: string
  readonly line: number
  readonly author: PersonId
  readonly text: string
  readonly at: number
}

export type ActivationKind = 'first' | 'activate' | 'roll_back' | 'recover' | 'release'

export interface Activation {
  /** 1, 2, 3, … */
  readonly sequence: number
  readonly revision: string
  readonly previous: string | null
  readonly kind: ActivationKind
  readonly by: PersonId | null
  readonly approvedBy: PersonId | null
  readonly comment: string
  readonly at: number
  /** What was known of it before. Null: of the first one, of a recovery, or where nothing could be told. */
  readonly impact: ActivationImpact | null
  readonly signature: string
}

export type RevisionState = 'submitted' | 'approved' | 'rejected' | 'active' | 'was_active'

/** The newest review says what is thought of it now. */
export function stateOf(
  revision: string,
  known: { readonly active: string | null; readonly wasActive: boolean; readonly newest: Review | undefined },
): RevisionState {
  if (known.active === revision) return 'active'
  if (known.wasActive) return 'was_active'
  return known.newest?.verdict ?? 'submitted'
}

/** Whether somebody wrote in it: whoever did never judges it. */
export const wroteIn = ({ author, contributors }: Pick<Revision, 'author' | 'contributors'>, person: PersonId): boolean =>
  author === person || contributors.includes(person)
