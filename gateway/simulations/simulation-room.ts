import type { Clock } from '../basics/clock.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import type { CompiledPolicy } from '../decisions/compiled-policy.ts'
import type { DecisionInput } from '../decisions/decision-input.ts'
import type { DecisionLogReader } from '../decisions/decision-log.ts'
import type { SessionRoom } from '../sessions/session-room.ts'
import type { BackgroundJobs } from './background-jobs.ts'
import type { MatrixCount } from './count-matrix.ts'
import type { ReplayJob } from './replay-job.ts'
import type { ReplayLog } from './replay-log.ts'
import type { SimulationThreads, TriedPolicies } from './threads/create-simulation-threads.ts'

/** Which policy is tried: a draft as it is saved now, or a revision. */
export type PolicyTarget = { readonly draft: string } | { readonly revision: string }

/** Policies that can be tried; whoever keeps drafts and revisions implements it. */
export interface PolicyTargets {
  /** The one that decides. @throws CodedError where none does */
  active(): Promise<CompiledPolicy>
  /** @throws CodedError `revision_unknown`, `draft_unknown`, `policy_does_not_compile` */
  policyOf(target: PolicyTarget): Promise<CompiledPolicy>
  /** Step by step how the rules of a target come to their decision. Null: there is no compiler here, or there are no sources. */
  trace(target: PolicyTarget, input: DecisionInput): Promise<DecisionTrace | null>
}

export interface DecisionTrace {
  readonly text: string
  readonly truncated: boolean
}

export interface SimulationPorts {
  readonly sessions: SessionRoom
  readonly policies: PolicyTargets
  readonly replayLog: ReplayLog
  readonly decisionLog: DecisionLogReader
  readonly threads: SimulationThreads
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** What every use case here is handed. */
export interface SimulationRoom {
  readonly ports: SimulationPorts
  readonly replays: BackgroundJobs<ReplayJob>
  readonly counts: BackgroundJobs<MatrixCount>
}

/** The policies of one question; without a target it is asked of the active one. */
export async function triedPolicies({ ports }: SimulationRoom, target: PolicyTarget | null): Promise<TriedPolicies> {
  const active = await ports.policies.active()
  return { active, target: target === null ? active : await ports.policies.policyOf(target) }
}

export const unknownHere = (code: string, what: string): CodedError =>
  new CodedError({ code, message: `There is no such ${what}.`, remedy: 'not_found' })
