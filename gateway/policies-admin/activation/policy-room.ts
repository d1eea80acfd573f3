import type { Clock } from '../../basics/clock.ts'
import { CodedError } from '../../basics/coded-error.ts'
import type { OrganisationId, PersonId } from '../../basics/ids.ts'
import type { Logger } from '../../basics/logger.ts'
import type { Random } from '../../basics/random.ts'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import type { DecisionEngine, ServingPoint } from '../../decisions/decision-engine.ts'
import type { SourceJudge } from '../revisions/judge-sources.ts'
import type { PolicyStore } from '../revisions/revision-store.ts'
import type { SessionsImpact } from './activation-impact.ts'
import type { PolicyAlarm } from './policy-alarm.ts'
import type { TeamSettingsStore } from './policy-settings.ts'
import type { PolicySigner } from './policy-signer.ts'

/** What decides now. */
export interface ActivePolicy {
  readonly sequence: number
  readonly revision: string
  readonly previous: string | null
  /** Unix milliseconds. */
  readonly since: number
  readonly by: PersonId | null
  readonly comment: string
  readonly policy: CompiledPolicy
}

/** How much of what was allowed in the last day a policy would deny; null: nothing was allowed, or it cannot be told. */
export interface DeniedShare {
  readonly percent: number
  readonly allowed: number
  readonly denied: number
}

export interface TeamMember {
  readonly id: PersonId
  readonly name: string
}

/** A process that decides. Today there is one, the gateway; agents hold no policy, but their own approvals and switches. */
export interface ServingNode {
  /** Host and process: `gw-1:4711`. */
  readonly node: string
  /** Unix milliseconds. */
  readonly startedAt: number
  readonly points: readonly ServingPoint[]
}

export interface PolicyPorts {
  readonly store: PolicyStore
  readonly teamSettings: TeamSettingsStore
  readonly engine: Pick<DecisionEngine, 'prepare' | 'revision'>
  /** Every node that decides, with what it decides by. */
  readonly serving: () => Promise<readonly ServingNode[]>
  /** Null: there is no compiler on this machine. */
  readonly judge: SourceJudge | null
  readonly dataDir: string
  readonly organisation: OrganisationId
  readonly fourEyes: boolean
  /** Whoever may approve now: active, with the role. Read anew for each step. */
  readonly team: () => Promise<readonly TeamMember[]>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly deniedShare: (policy: CompiledPolicy) => Promise<DeniedShare | null>
  /** What becomes of the sessions that are open; null: it cannot be told. */
  readonly sessionsImpact: (policy: CompiledPolicy) => Promise<SessionsImpact | null>
  /** Begins to count the sessions that policy ends. */
  readonly watchEndings: () => { count(): number; stop(): void }
}

/** What changed, for the pages to read again. */
export interface PolicyNews {
  readonly what: 'activated' | 'submitted' | 'reviewed' | 'commented' | 'tested' | 'settings' | 'waiting' | 'canary' | 'alarm'
  readonly revision?: string
  readonly by?: PersonId
}

/** Everything around the policy that decides. Of its state only `carryOutActivation` changes what is active. */
export interface PolicyRoom {
  readonly ports: PolicyPorts
  /** Null: what is signed from now on would not be trusted at the next start; nothing can be activated. */
  readonly signer: PolicySigner | null
  active: ActivePolicy | null
  /** Newest number of the database, and the newest that was ever seen here. */
  stored: number
  highest: number
  alarms: readonly PolicyAlarm[]
  /** One step at a time. */
  inTurn<Result>(step: () => Promise<Result>): Promise<Result>
  onNews(listener: (news: PolicyNews) => void): () => void
  tell(news: PolicyNews): void
}

export function createPolicyRoom(options: Pick<PolicyRoom, 'ports' | 'signer' | 'active' | 'stored' | 'highest' | 'alarms'>): PolicyRoom {
  const listeners = new Set<(news: PolicyNews) => void>()
  let last: Promise<unknown> = Promise.resolve()
  return {
    ...options,
    inTurn(step) {
      const turn = last.then(step)
      last = turn.catch(() => {})
      return turn
    },
    onNews(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    tell(news) {
      for (const listener of listeners) listener(news)
    },
  }
}

/** What was decided on another page than the one that is true now is decided again. */
export function demandActive(room: PolicyRoom, expected: string | null): void {
  if ((room.active?.revision ?? null) === expected) return
  throw new CodedError({
    code: 'stale_version',
    message: 'Another policy has become active in the meantime. Look at it again, then decide.',
    remedy: 'conflict',
  })
}
