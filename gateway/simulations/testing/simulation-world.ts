import { CodedError } from '../../basics/coded-error.ts'
import { silentLogger } from '../../basics/logger.ts'
import { systemRandom } from '../../basics/random.ts'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import type { DecisionInput } from '../../decisions/decision-input.ts'
import { sessionsWorld, type SessionsWorld } from '../../sessions/testing/sessions-world.ts'
import { createSimulations, type Simulations } from '../create-simulations.ts'
import type { PolicyTargets } from '../simulation-room.ts'
import { createSimulationThreads } from '../threads/create-simulation-threads.ts'

export interface SimulationWorld extends AsyncDisposable {
  readonly world: SessionsWorld
  readonly simulations: Simulations
  /** Makes a policy known under its revision. */
  target(policy: CompiledPolicy): { readonly revision: string }
  /** What was traced. */
  readonly traced: DecisionInput[]
}

/** For tests: simulations in real threads over real stores, sessions and the shipped policy. */
export async function simulationWorld(): Promise<SimulationWorld> {
  const world = await sessionsWorld()
  const known = new Map<string, CompiledPolicy>([[world.policy.revision, world.policy]])
  const traced: DecisionInput[] = []
  const policyOf = async (revision: string): Promise<CompiledPolicy> => {
    const policy = known.get(revision)
    if (policy !== undefined) return policy
    throw new CodedError({ code: 'revision_unknown', message: 'There is no such revision.', remedy: 'not_found' })
  }
  const policies: PolicyTargets = {
    active: () => policyOf(world.decisions.revision),
    policyOf: (target) => policyOf('revision' in target ? target.revision : ''),
    async trace(_target, input) {
      traced.push(input)
      return { text: 'Enter data.sallyport.access.decision = _', truncated: false }
    },
  }
  const { clock, storage } = world
  const shared = { clock, logger: silentLogger }
  const simulations = createSimulations({
    ...shared,
    sessions: world.room,
    policies,
    replayLog: storage.replayLog,
    decisionLog: storage.decisionLog,
    threads: createSimulationThreads(shared),
    random: systemRandom,
  })
  return {
    world,
    simulations,
    traced,
    target(policy) {
      known.set(policy.revision, policy)
      return { revision: policy.revision }
    },
    async [Symbol.asyncDispose]() {
      await simulations.close()
      await world[Symbol.asyncDispose]()
    },
  }
}
