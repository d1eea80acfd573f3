import type { LoggedChange } from '../../simulations/questions/compare-logged.ts'
import type { OpenedChange } from '../../simulations/replay-changes.ts'
import type { ReplayGroup, ReplayJob } from '../../simulations/replay-job.ts'
import type { WordedImpact } from '../../simulations/create-simulations.ts'
import type { Impact, Replay, ReplayChange, ReplayChangeDetail } from '../contract/policy-simulations.ts'
import type { MachineNames } from './name-machines.ts'
import { nameOf, presentExplained, presentRules } from './present-simulations.ts'

/** So many groups are shown of each kind. */
const mostGroups = 200

export function presentReplay(job: ReplayJob, machine: MachineNames): Replay {
  const { state, failure, done, total, tookMs } = job.progress
  const groups = (by: 'rule' | 'person' | 'machine'): ReplayGroup[] => job.groups(by).slice(0, mostGroups)
  return {
    id: job.id,
    target: job.revisions.target,
    against: job.against,
    state,
    failure,
    done,
    total,
    took_ms: tookMs,
    counts: { ...job.counts },
    groups: {
      rule: groups('rule'),
      person: groups('person').map((group) => ({ ...group, name: null })),
      machine: groups('machine').map((group) => ({ ...group, name: machine(group.key) })),
    },
    first_ms: job.firstMs,
    last_ms: job.lastMs,
    kept: job.kept,
    remarks: [
      'cache_hits_are_not_logged',
      'time_of_the_log',
      ...(job.forgotten ? (['older_decisions_are_forgotten'] as const) : []),
      ...(job.otherShape > 0 ? (['inputs_of_another_shape'] as const) : []),
      ...(job.otherRevisions > 0 ? (['decided_by_other_revisions'] as const) : []),
    ],
  }
}

type Personal = 'hidden' | 'shown'

export const presentReplayChange = (change: LoggedChange, machine: MachineNames, personal: Personal): ReplayChange => ({
  decision: change.decision,
  kind: change.kind,
  time_ms: change.timeMs,
  action: change.action,
  person: { id: change.person.id, name: personal === 'shown' ? change.person.name : null },
  machine: { id: change.machine, name: machine(change.machine) },
  service: change.service,
  rules: [...change.rules],
  codes: [...change.codes],
})

export const presentOpenedChange = (opened: OpenedChange, machine: MachineNames, personal: Personal): ReplayChangeDetail => ({
  ...presentReplayChange(opened.change, machine, personal),
  input: opened.input,
  masked: [...opened.masked],
  before: presentExplained(opened.before),
  before_revision: opened.decidedBy,
  after: presentExplained(opened.after),
  rules_before: presentRules(opened.rulesNow),
  rules_after: presentRules(opened.after.rules),
  trace: opened.trace,
})

export function presentImpact({ revision, sessions: { judged, ending, limitsChanged }, share, texts }: WordedImpact): Impact {
  return {
    target: revision,
    texts: { ...texts },
    sessions_judged: judged,
    sessions: ending.map(({ session, person, device, denials }) => ({
      id: session.id,
      person: nameOf(person),
      machine: nameOf(device),
      state: session.state,
      since_ms: (session.approvedAt ?? session.requestedAt) * 1000,
      services: [...(session.approval?.services ?? session.request.services)],
      codes: [...new Set(denials.map(({ code }) => code))],
      reasons: [...denials],
    })),
    limits_changed: limitsChanged.map(({ session, person, device, service, before, after }) => ({
      id: session.id,
      person: nameOf(person),
      machine: nameOf(device),
      service,
      before,
      after,
    })),
    decisions_last_day: { allowed: share.allowed, would_be_denied: share.wouldBeDenied, percent: share.percent },
  }
}
