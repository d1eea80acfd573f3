import { CodedError } from '../../basics/coded-error.ts'
import type { PersonId } from '../../basics/ids.ts'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import { demandRevision } from '../revisions/review-revision.ts'
import type { RevisionStanding } from '../revisions/revision-store.ts'
import { wroteIn, type RevisionBundle } from '../revisions/revision.ts'
import { impactFrom, sessionsImpactOf } from './activation-impact.ts'
import { carryOutActivation, type CarriedOut } from './carry-out-activation.ts'
import { bundleFlaw, storedBundle } from './find-good-policies.ts'
import { policyClosed } from './policy-alarm.ts'
import { demandActive, type DeniedShare, type PolicyRoom } from './policy-room.ts'
import { firstTeamSettings } from './policy-settings.ts'

export interface ActivateOrder {
  readonly revision: string
  readonly by: PersonId
  readonly expectedActive: string | null
  readonly comment: string
  /** The percentage that was asked about, and is wanted. */
  readonly confirmDenied: number | undefined
}

/**
 * Makes a revision the one that decides, when everything that stands for it is there: green tests that reach enough of the rules, the approval of
 * another person, and a look at what it would deny.
 *
 * @throws CodedError `revision_unknown`, `stale_version`, `already_active`, `tests_red`, `coverage_too_low`, `second_person_needed`,
 * `approver_left`, `approval_outdated`, `denies_more`, `policy_damaged`, `policy_not_loadable`, `policy_closed`
 */
export function activateRevision(room: PolicyRoom, order: ActivateOrder): Promise<CarriedOut> {
  return room.inTurn(async () => {
    const standing = await demandRevision(room, order.revision)
    if (room.active === null) throw policyClosed()
    demandActive(room, order.expectedActive)
    demandOther(room, order.revision)
    await demandTests(room, standing)
    const approvedBy = await demandSecondPerson(room, standing, order.by)
    const bundle = await provenBundle(room, order.revision)
    const share = await demandKnown(room, bundle.policy, order.confirmDenied)
    const impact = impactFrom(share, await sessionsImpactOf(room, bundle.policy))
    return carryOutActivation(room, { bundle, kind: 'activate', by: order.by, approvedBy, comment: order.comment, impact })
  })
}

export function demandOther(room: PolicyRoom, revision: string): void {
  if (room.active?.revision !== revision) return
  throw new CodedError({ code: 'already_active', message: 'This revision is active already.', remedy: 'conflict' })
}

/** What came with the release was tested with the release; this machine may have no compiler. */
async function demandTests(room: PolicyRoom, { revision }: RevisionStanding): Promise<void> {
  if (revision.origin === 'shipped') return
  const { testsFailed, testsPassed, coveragePercent } = revision
  if (testsFailed > 0 || testsPassed === 0) {
    const message =
      testsFailed > 0
        ? `${testsFailed === 1 ? '1 test of this revision fails' : `${testsFailed} tests of this revision fail`}.`
        : 'No test of this revision passed.'
    throw new CodedError({ code: 'tests_red', message: `${message} Mend it and submit it again.`, remedy: 'conflict' })
  }
  const limit = (await room.ports.teamSettings.read())?.value.coveragePercent ?? firstTeamSettings.coveragePercent
  if (coveragePercent >= limit) return
  throw new CodedError({
    code: 'coverage_too_low',
    message: `The tests reach ${coveragePercent} % of the decision rules; the team demands ${limit} %. Add tests and submit it again.`,
    remedy: 'conflict',
  })
}

/**
 * With four eyes two persons stand behind each activation, and the one who wrote it is not the one who approved it. The approval is judged as things are
 * now: by somebody of the team, of exactly what would be replaced, and younger than the newest step (whoever stepped back does not go forward by it).
 * @returns who approved it
 */
async function demandSecondPerson(room: PolicyRoom, standing: RevisionStanding, by: PersonId): Promise<PersonId | null> {
  const { revision, newestReview } = standing
  const approved = newestReview?.verdict === 'approved'
  if (!room.ports.fourEyes) return approved ? newestReview.reviewer : null
  const second = revision.author === null ? by : revision.author
  if (!approved || newestReview.reviewer === second) {
    const message = 'Somebody else of the security team has to approve this revision first.'
    throw new CodedError({ code: 'second_person_needed', message, remedy: 'forbidden' })
  }
  await demandInTeam(room, standing, newestReview.reviewer)
  const onTopOf = newestReview.onTopOf === (room.active?.revision ?? null)
  if (onTopOf && newestReview.at >= (room.active?.since ?? 0)) return newestReview.reviewer
  const message = 'Another policy has become active since this revision was approved. It has to be looked at and approved again.'
  throw new CodedError({ code: 'approval_outdated', message, remedy: 'conflict' })
}

/** Whoever lost the role, or was suspended, after the approval is no second person any more. */
async function demandInTeam(room: PolicyRoom, { revision }: RevisionStanding, reviewer: PersonId): Promise<void> {
  const team = await room.ports.team()
  if (team.some(({ id }) => id === reviewer)) return
  const others = team.filter(({ id }) => !wroteIn(revision, id)).map(({ name }) => name)
  const anew =
    others.length > 0
      ? `One of these has to approve it anew: ${others.slice(0, 10).join(', ')}.`
      : 'Nobody else of the team can approve it: an administrator has to give somebody the role who did not write in it.'
  const message = `Whoever approved this revision is not active in the security team any more, so the approval does not count. ${anew}`
  throw new CodedError({ code: 'approver_left', message, remedy: 'forbidden' })
}

/** @throws CodedError `policy_damaged`: what is stored is not what was submitted */
export async function provenBundle(room: PolicyRoom, revision: string): Promise<RevisionBundle> {
  const found = await storedBundle(room.ports.store, revision)
  const flaw = 'problem' in found ? found.problem : room.signer === null ? 'policy_key_missing' : bundleFlaw(found.bundle, room.signer)
  if ('bundle' in found && flaw === null) return found.bundle
  throw new CodedError({
    code: 'policy_damaged',
    message:
      'What is stored of this revision is not what was submitted, so it cannot be used. An administrator has to look at the database.',
    remedy: 'conflict',
    details: { revision, flaw },
  })
}

async function demandKnown(room: PolicyRoom, policy: CompiledPolicy, confirmed: number | undefined): Promise<DeniedShare | null> {
  const share = await room.ports.deniedShare(policy)
  const limit = (await room.ports.teamSettings.read())?.value.deniedPercent ?? firstTeamSettings.deniedPercent
  if (share === null || share.percent <= Math.max(limit, confirmed ?? 0)) return share
  throw new CodedError({
    code: 'denies_more',
    message: `This revision would deny ${share.percent} % of what was allowed in the last day (${share.denied} of ${share.allowed}). Look at the replay; if it is meant, confirm it.`,
    remedy: 'conflict',
    details: { denied_percent: share.percent },
  })
}
