import type { DecisionLog } from './decision-log.ts'
import type { DecisionEngineLimits } from './decision-engine-limits.ts'
import type { Random } from '../basics/random.ts'
import type { Logger } from '../basics/logger.ts'
import type { Clock } from '../basics/clock.ts'
import type { CompiledPolicy } from './compiled-policy.ts'
import type { Decision, DecisionRecord } from './decision.ts'
import type { DecisionInput } from './decision-input.ts'
import type { PolicyReasons } from './policy-reasons.ts'

/** The policy decision point (NIST SP 800-207). Never throws for a bad policy: what cannot be decided is denied with `policy_error`. */
export interface DecisionEngine {
  decide(input: DecisionInput): Promise<Decision>
  /** In the order of the inputs; logged in one batch. */
  decideMany(inputs: readonly DecisionInput[]): Promise<readonly Decision[]>
  /**
   * For what is open already: an answer that allows it still changes nothing and is told to nobody, so its row may follow, when many of these have been evaluated. An answer that
   * denies is durable before it is given, like every other.
   */
  decideAnew(inputs: readonly DecisionInput[], options?: DecideAnewOptions): Promise<DecidedAnew>
  /** Digest of the active revision; empty while there is none, and everything is denied with `policy_error`. */
  readonly revision: string
  /** Its texts: they change in the same moment. */
  readonly reasons: PolicyReasons
  readonly statistics: DecisionStatistics
  /** Which revision each thread here decides by at this moment. */
  serving(): readonly ServingPoint[]
  /**
   * Swaps the policy once a worker with the new one is warm; listeners hear of it afterwards. Nothing is open for re-evaluation before.
   * @throws CodedError `policy_not_loadable`: the old revision stays active
   */
  activate(policy: CompiledPolicy): Promise<void>
  /**
   * The first half of {@link activate}: workers with the policy that have answered already. What has to be durable first comes in between.
   * @throws CodedError `policy_not_loadable`: nothing has changed
   */
  prepare(policy: CompiledPolicy): Promise<PreparedPolicy>
  /** Returns the function that takes the listener away. */
  onActivated(listener: ActivationListener): () => void
  /** Takes no new question; what was asked is answered. */
  drain(): Promise<void>
  close(): Promise<void>
}

export interface DecideAnewOptions {
  /** Nobody looks on while it waits: questions of people go first, but for a quarter of what is evaluated together. */
  readonly patient?: boolean
}

export interface DecidedAnew {
  /** In the order of the inputs. No {@link Decision}: with these nothing can be opened that is not open yet. */
  readonly records: readonly DecisionRecord[]
  /** The same, once they are durable. Never rejects: an allowance that could not be recorded is a denial here, and what it was about ends. */
  readonly logged: Promise<readonly Decision[]>
}

/** What it does about the new policy may take its time, and then it gives a promise: {@link PreparedPolicy.use} says when all are done. */
export type ActivationListener = (revision: string) => unknown

export interface PreparedPolicy {
  readonly revision: string
  /** The second half: from the next turn on nothing is decided by another policy. Never throws. `settled`: all listeners have done what they do about it. */
  use(): Promise<{ readonly settled: Promise<void> }>
  /** Ends its workers; it was not wanted after all. */
  discard(): Promise<void>
}

/** A thread that decides (a policy enforcement point of NIST SP 800-207 asks it). */
export interface ServingPoint {
  /** `main`: the event loop, which answers from the cache; `worker`: one that evaluates, or is warm to take over. */
  readonly kind: 'main' | 'worker'
  /** `main`; `worker-7`: number of the thread. */
  readonly name: string
  /** Null: it denies everything. */
  readonly revision: string | null
  /** Unix milliseconds. */
  readonly since: number
}

export interface DecisionStatistics {
  readonly evaluations: number
  readonly cacheHits: number
  readonly timeouts: number
  readonly policyErrors: number
  readonly refusedByQueue: number
  readonly workerRestarts: number
}

export interface DecisionEngineOptions {
  /** Null: there is none that can be trusted. Everything is denied until one is activated. */
  readonly policy: CompiledPolicy | null
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly log: DecisionLog
  readonly limits?: Partial<DecisionEngineLimits>
}
