import type { Clock } from './basics/clock.ts'
import { CodedError } from './basics/coded-error.ts'
import type { Logger } from './basics/logger.ts'
import type { Random } from './basics/random.ts'
import { policyClosed } from './policies-admin/activation/policy-alarm.ts'
import { draftSources } from './policies-admin/drafts/draft-sources.ts'
import { createPolicyTrials } from './policies-admin/policy-trials.ts'
import type { RevisionBundle } from './policies-admin/revisions/revision.ts'
import type { SessionRoom } from './sessions/session-room.ts'
import type { GatewaySettings } from './settings/gateway-settings.ts'
import { createSimulations, type Simulations } from './simulations/create-simulations.ts'
import type { PolicyTargets } from './simulations/simulation-room.ts'
import { createSimulationThreads } from './simulations/threads/create-simulation-threads.ts'
import type { Policies } from './start-policies.ts'
import type { Storage } from './storage/create-storage.ts'

export interface StartSimulationsOptions {
  readonly settings: Pick<GatewaySettings, 'policiesDir'>
  readonly storage: Pick<Storage, 'policies' | 'drafts' | 'replayLog' | 'decisionLog'>
  readonly policies: Pick<Policies, 'room' | 'compiler' | 'regal' | 'followSimulations'>
  readonly sessions: SessionRoom
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** Before a policy is live: drafts and revisions, tried in threads of their own. */
export function startSimulations(options: StartSimulationsOptions): Simulations {
  const { storage, sessions, policies, clock, random, logger } = options
  const simulations = createSimulations({
    sessions,
    policies: targetsOf(options),
    replayLog: storage.replayLog,
    decisionLog: storage.decisionLog,
    threads: createSimulationThreads({ clock, logger: logger.child({ room: 'simulations' }) }),
    clock,
    random,
    logger: logger.child({ room: 'simulations' }),
  })
  policies.followSimulations({
    async deniedShare(policy) {
      const { percent, allowed, wouldBeDenied } = await simulations.deniedShare(policy)
      return allowed === 0 ? null : { percent, allowed, denied: wouldBeDenied }
    },
    async sessionsImpact(policy) {
      const { judged, ending, limitsChanged } = await simulations.impactOf(policy)
      const touched = ending.map(({ session, person, device, denials }) => ({
        session: session.id,
        person: person.id,
        machine: device.id,
        codes: [...new Set(denials.map(({ code }) => code))],
      }))
      return { judged, limitsChanged: new Set(limitsChanged.map(({ session }) => session.id)).size, ending: touched }
    },
  })
  return simulations
}

function targetsOf({ settings, storage, policies }: StartSimulationsOptions): PolicyTargets {
  const trials = createPolicyTrials({ opa: policies.compiler, contractDir: settings.policiesDir })
  const bundleOf = async (revision: string): Promise<RevisionBundle> => {
    const bundle = await storage.policies.bundleOf(revision)
    if (bundle !== undefined) return bundle
    throw new CodedError({ code: 'revision_unknown', message: 'There is no such revision.', remedy: 'not_found' })
  }
  return {
    async active() {
      const { active } = policies.room
      if (active === null) throw policyClosed()
      return active.policy
    },
    async policyOf(target) {
      if ('draft' in target) return trials.compile(await draftSources(storage.drafts, target.draft))
      const { active } = policies.room
      return active?.revision === target.revision ? active.policy : (await bundleOf(target.revision)).policy
    },
    async trace(target, input) {
      const sources = 'draft' in target ? await draftSources(storage.drafts, target.draft) : (await bundleOf(target.revision)).sources
      return trials.trace(sources, input)
    },
  }
}
