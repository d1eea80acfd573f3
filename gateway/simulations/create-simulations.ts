import type { DecisionId } from '../basics/ids.ts'
import type { Running } from '../basics/lifecycle.ts'
import type { CompiledPolicy } from '../decisions/compiled-policy.ts'
import type { DecisionRecord } from '../decisions/decision.ts'
import {
  whatWouldAllow,
  whoCould,
  whyAllowed,
  type EncounterQuestion,
  type WhatWould,
  type Who,
  type WhoQuestion,
  type Why,
} from './answer-question.ts'
import { BackgroundJobs } from './background-jobs.ts'
import { countMatrix, type MatrixCount } from './count-matrix.ts'
import { explainCell, type ExplainedCell } from './explain-cell.ts'
import { explainLogged, type LoggedExplanation } from './explain-logged.ts'
import { judgeImpact, type Impact } from './judge-impact.ts'
import { judgeMatrix, type MatrixPage, type MatrixPageRequest, type MatrixQuestion } from './judge-matrix.ts'
import { openReplayChange, replayChanges, type ChangeFilter, type ChangePage, type OpenedChange } from './replay-changes.ts'
import { deniedShare, replayDecisions, type DeniedShare, type ReplayRequest } from './replay-decisions.ts'
import { textsOf, type DenialTexts } from './questions/texts-of.ts'
import type { ReplayJob } from './replay-job.ts'
import type { PolicyTarget, SimulationPorts, SimulationRoom } from './simulation-room.ts'

/** Everything that can be known of a policy before it is live. */
export interface Simulations extends Running {
  matrix(question: MatrixQuestion, page: MatrixPageRequest): Promise<MatrixPage>
  cell(question: Parameters<typeof explainCell>[1]): Promise<ExplainedCell>
  countMatrix(question: MatrixQuestion): Promise<MatrixCount>
  readonly counts: BackgroundJobs<MatrixCount>
  replay(request: ReplayRequest): Promise<ReplayJob>
  readonly replays: BackgroundJobs<ReplayJob>
  changes(replay: string, filter: ChangeFilter, page: { readonly limit: number; readonly after: string | null }): ChangePage
  change(replay: string, opened: { readonly decision: DecisionId; readonly personal: 'hidden' | 'shown' }): Promise<OpenedChange>
  /** The rules behind a decision of the log. */
  logged(record: DecisionRecord): Promise<LoggedExplanation>
  why(question: EncounterQuestion): Promise<Why>
  who(question: WhoQuestion): Promise<Who>
  whatWould(question: EncounterQuestion): Promise<WhatWould>
  /** Both of the below, of a target. */
  impact(target: PolicyTarget): Promise<WordedImpact>
  /** Sessions that the activation of this policy would end now, and those that would go on under other limits. */
  impactOf(policy: CompiledPolicy): Promise<Impact>
  /** Of what was allowed in the last day. The same revision is not asked again within a minute. */
  deniedShare(policy: CompiledPolicy): Promise<DeniedShare>
}

export interface WordedImpact {
  readonly revision: string
  readonly sessions: Impact
  readonly share: DeniedShare
  /** What this policy calls the denials by which sessions would end. */
  readonly texts: DenialTexts
}

const shareHoldsMs = 60_000

export function createSimulations(ports: SimulationPorts): Simulations {
  const { clock, logger } = ports
  const room: SimulationRoom = {
    ports,
    replays: new BackgroundJobs({ what: 'replay', clock, logger }),
    counts: new BackgroundJobs({ what: 'matrix_count', clock, logger }),
  }
  const close = async (): Promise<void> => {
    const ended = Promise.all([room.replays.close(), room.counts.close()])
    await ports.threads.close()
    await ended
  }
  let share: { readonly revision: string; readonly atMs: number; readonly answer: Promise<DeniedShare> } | null = null
  const shareOf = (policy: CompiledPolicy): Promise<DeniedShare> => {
    const atMs = clock.monotonicMs()
    if (share?.revision === policy.revision && atMs - share.atMs < shareHoldsMs) return share.answer
    const answer = ports.policies.active().then((active) => deniedShare(ports, policy, active))
    const asked = { revision: policy.revision, atMs, answer }
    share = asked
    answer.catch(() => {
      if (share === asked) share = null
    })
    return answer
  }
  return {
    matrix: (question, page) => judgeMatrix(room, question, page),
    cell: (question) => explainCell(room, question),
    countMatrix: (question) => countMatrix(room, question),
    counts: room.counts,
    replay: (request) => replayDecisions(room, request),
    replays: room.replays,
    changes: (replay, filter, page) => replayChanges(room.replays.get(replay), filter, page),
    change: async (replay, opened) => openReplayChange(room, room.replays.get(replay), opened),
    logged: (record) => explainLogged(room, record),
    why: (question) => whyAllowed(room, question),
    who: (question) => whoCould(room, question),
    whatWould: (question) => whatWouldAllow(room, question),
    async impact(target) {
      const policy = await ports.policies.policyOf(target)
      const sessions = await judgeImpact(ports, policy, await ports.policies.active())
      const texts = textsOf(
        policy,
        sessions.ending.flatMap(({ denials }) => denials),
      )
      return { revision: policy.revision, sessions, share: await shareOf(policy), texts }
    },
    impactOf: async (policy) => judgeImpact(ports, policy, await ports.policies.active()),
    deniedShare: shareOf,
    drain: close,
    close,
  }
}
