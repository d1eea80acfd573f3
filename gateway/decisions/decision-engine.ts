import type { CompiledPolicy } from './compiled-policy.ts'
import type { Decision } from './decision.ts'
import type { DecisionInput } from './decision-input.ts'

/** The policy decision point (NIST SP 800-207). Never throws for a bad policy: what cannot be decided is denied with `policy_error`. */
export interface DecisionEngine {
  decide(input: DecisionInput): Promise<Decision>
  /** In the order of the inputs; logged in one batch. For lists (`view`) and re-evaluation. */
  decideMany(inputs: readonly DecisionInput[]): Promise<readonly Decision[]>
  /** Digest of the active revision. */
  readonly revision: string
  readonly statistics: DecisionStatistics
  /**
   * Swaps the policy once a worker with the new one is warm; listeners hear of it afterwards. Nothing is open for re-evaluation before.
   * @throws CodedError `policy_not_loadable`: the old revision stays active
   */
  activate(policy: CompiledPolicy): Promise<void>
  /** Returns the function that takes the listener away. */
  onActivated(listener: (revision: string) => void): () => void
  /** Takes no new question; what was asked is answered. */
  drain(): Promise<void>
  close(): Promise<void>
}

export interface DecisionStatistics {
  readonly evaluations: number
  readonly cacheHits: number
  readonly timeouts: number
  readonly policyErrors: number
  readonly refusedByQueue: number
  readonly workerRestarts: number
}
