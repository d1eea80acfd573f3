import type { PersonId } from '../../basics/ids.ts'
import type { ActivationImpact } from '../../policies-admin/activation/activation-impact.ts'
import type { PolicyRoom, ServingNode } from '../../policies-admin/activation/policy-room.ts'
import type { RevisionStanding, WaitingStep } from '../../policies-admin/revisions/revision-store.ts'
import { stateOf, type Activation, type LineComment, type Review } from '../../policies-admin/revisions/revision.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import type { ServingNode as ServingView, WaitingStep as WaitingView } from '../contract/policy-activation.ts'
import type { FileCoverage, RevisionResults } from '../../policies-admin/revisions/revision-results.ts'
import type { PolicyActivation, RevisionComment, RevisionDetail, RevisionReview, RevisionSummary } from '../contract/policy-revisions.ts'
import { nameMachines, type MachineNames } from './name-machines.ts'
import { namePeople, named, type NamesOf } from './name-people.ts'

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

export const presentResults = (results: RevisionResults | null): RevisionDetail['results'] =>
  results && {
    ...results,
    tests: {
      ...results.tests,
      failures: [...results.tests.failures],
      all: results.tests.all === undefined ? null : [...results.tests.all],
    },
    coverage: {
      ...results.coverage,
      files: Object.fromEntries(Object.entries(results.coverage.files).map(([path, file]) => [path, linesOf(file)])),
    },
  }

const linesOf = ({ covered, not_covered }: FileCoverage) => ({
  covered: covered.map(([from, to]): [number, number] => [from, to]),
  not_covered: not_covered.map(([from, to]): [number, number] => [from, to]),
})

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

/** Whoever is named by activations, and by what they were known to do. */
export async function namesInActivations(
  ports: HttpApiPorts,
  activations: readonly Activation[],
  others: readonly (PersonId | null)[] = [],
): Promise<ActivationNames> {
  const touched = activations.flatMap(({ impact }) => impact?.named ?? [])
  const people = [
    ...activations.flatMap(({ by, approvedBy }) => [by, approvedBy]),
    ...touched.map(({ person }) => person as PersonId),
    ...others,
  ]
  const [names, machines] = await Promise.all([
    namePeople(ports, people),
    nameMachines(
      ports,
      touched.map(({ machine }) => machine),
    ),
  ])
  return { names, machines }
}

export interface ActivationNames {
  readonly names: NamesOf
  readonly machines: MachineNames
}

function presentKnown(
  { sessions, named: touched, share }: ActivationImpact,
  { names, machines }: ActivationNames,
): PolicyActivation['impact'] {
  return {
    sessions: sessions && {
      judged: sessions.judged,
      ending: sessions.ending,
      limits_changed: sessions.limitsChanged,
      named: touched.map(({ session, person, machine, codes }) => ({
        id: session,
        person: named(names, person as PersonId),
        machine: { id: machine, name: machines(machine) },
        codes: [...codes],
      })),
    },
    decisions_last_day: share && { allowed: share.allowed, would_be_denied: share.denied, percent: share.percent },
  }
}

export const presentServing = ({ node, startedAt, points }: ServingNode): ServingView => ({
  node,
  started_ms: startedAt,
  points: points.map(({ since, ...point }) => ({ ...point, since_ms: since })),
})

export const presentActivation = (activation: Activation, known: ActivationNames): PolicyActivation => ({
  sequence: activation.sequence,
  revision: activation.revision,
  previous: activation.previous,
  kind: activation.kind,
  by: known.names(activation.by),
  approved_by: known.names(activation.approvedBy),
  comment: activation.comment,
  at_ms: activation.at,
  impact: activation.impact && presentKnown(activation.impact, known),
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
