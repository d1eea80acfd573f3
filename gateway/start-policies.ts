import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Clock } from './basics/clock.ts'
import type { OrganisationId } from './basics/ids.ts'
import type { Logger } from './basics/logger.ts'
import type { Page } from './basics/page.ts'
import type { Random } from './basics/random.ts'
import { wholeInstallation } from './basics/scope.ts'
import { createDecisionEngine } from './decisions/create-decision-engine.ts'
import type { DecisionEngine } from './decisions/decision-engine.ts'
import type { DecisionLog } from './decisions/decision-log.ts'
import type { DecisionRecord } from './decisions/decision.ts'
import { startShadow } from './decisions/shadow-decisions.ts'
import type { CompiledPolicy } from './decisions/compiled-policy.ts'
import type { Undertaking } from './http-api/contract/me.ts'
import { undertakingText } from './http-api/undertaking-text.ts'
import type { PolicyPorts, PolicyRoom, TeamMember } from './policies-admin/activation/policy-room.ts'
import type { TeamSettingsStore } from './policies-admin/activation/policy-settings.ts'
import { createCanary, type Canary } from './policies-admin/activation/canary.ts'
import { recordFourEyes } from './policies-admin/activation/record-four-eyes.ts'
import { startPolicy } from './policies-admin/activation/start-policy.ts'
import { confineOpa, findProgram } from './policies-admin/compiler/confine-opa.ts'
import { createPolicyTools } from './policies-admin/analysis/policy-tools.ts'
import type { ConfinedOpa } from './policies-admin/compiler/confined-opa.ts'
import { findOpa, opaVersion } from './policies-admin/find-opa.ts'
import { loadShippedPolicy } from './policies-admin/load-shipped-policy.ts'
import { draftSources } from './policies-admin/drafts/draft-sources.ts'
import { createPolicyTrials } from './policies-admin/policy-trials.ts'
import { policySources } from './policies-admin/policy-files.ts'
import { createSourceJudge } from './policies-admin/revisions/judge-sources.ts'
import { compareResults } from './simulations/questions/compare-results.ts'
import type { SessionRoom } from './sessions/session-room.ts'
import type { GatewaySettings } from './settings/gateway-settings.ts'
import type { Storage } from './storage/create-storage.ts'

export interface Policies {
  readonly room: PolicyRoom
  readonly canary: Canary
  readonly decisions: DecisionEngine
  /** Its version is that of the active policy, whichever that is when it is read. */
  readonly undertaking: Undertaking
  /** From then on it can be said how many sessions an activation ended. */
  followSessions(sessions: Pick<SessionRoom, 'onChange'>): void
  /** From then on it can be said what an activation would deny. */
  followSimulations(simulated: Pick<PolicyPorts, 'deniedShare' | 'sessionsImpact'>): void
  /** Null: no compiler is on this machine. */
  readonly compiler: (() => Promise<ConfinedOpa>) | null
  /** Path of the linter `regal`; null: it is not on this machine. */
  readonly regal: string | null
  drain(): Promise<void>
  close(): Promise<void>
}

export interface StartPoliciesOptions {
  readonly settings: Pick<GatewaySettings, 'dataDir' | 'policiesDir' | 'policy' | 'demo'>
  readonly storage: Storage
  readonly organisation: OrganisationId
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly environment: NodeJS.ProcessEnv
}

/** The engine that decides, and everything around the policy that it decides by. */
export async function startPolicies(options: StartPoliciesOptions): Promise<Policies> {
  const { settings, storage, organisation, clock, random, logger } = options
  let canary: Canary | null = null
  const log = watchedLog(storage.decisionLog, (records) => canary?.offer(records))
  const decisions = await createDecisionEngine({ policy: null, clock, random, logger, log })
  const opa = compilerOf(options)
  const contractDir = settings.policiesDir
  let sessions: Pick<SessionRoom, 'onChange'> | null = null
  let simulated: Pick<PolicyPorts, 'deniedShare' | 'sessionsImpact'> = { deniedShare: async () => null, sessionsImpact: async () => null }
  const node = { node: `${hostname()}:${process.pid}`, startedAt: clock.nowMs() }
  const teamSettings: TeamSettingsStore = {
    read: () => storage.installation.get('policy_settings'),
    write: (value, version, events) => storage.installation.put('policy_settings', value, version, events),
  }
  const fourEyes = settings.policy.fourEyes ?? !settings.demo
  try {
    const room = await startPolicy({
      ports: {
        store: storage.policies,
        teamSettings,
        engine: decisions,
        judge:
          opa === null
            ? null
            : createSourceJudge({
                opa,
                version: opaVersion,
                contractDir,
                analyse: createPolicyTools({ opa, contractDir, regal: null, clock }).analyse,
              }),
        dataDir: settings.dataDir,
        organisation,
        fourEyes,
        team: () => securityTeam(storage.people),
        clock,
        random,
        logger: logger.child({ room: 'policies-admin' }),
        serving: async () => [{ ...node, points: decisions.serving() }],
        deniedShare: (policy) => simulated.deniedShare(policy),
        sessionsImpact: (policy) => simulated.sessionsImpact(policy),
        watchEndings: () => watchEndings(sessions),
        record: (events) => storage.events.append(events),
      },
      shipped: async () => ({ policy: await loadShippedPolicy(settings.policiesDir), sources: policySources(settings.policiesDir) }),
    })
    await recordFourEyes(
      {
        read: () => storage.installation.get('policy_four_eyes'),
        write: (value, version, events) => storage.installation.put('policy_four_eyes', value, version, events),
      },
      { on: fourEyes, organisation },
    )
    const trials = createPolicyTrials({ opa, contractDir })
    canary = createCanary({
      room,
      startShadow: (policy) => startShadow({ policy, compare: compareResults, logger: logger.child({ room: 'decisions' }) }),
      draftPolicy: async (draft) => trials.compile(await draftSources(storage.drafts, draft)),
      record: (events) => storage.events.append(events),
    })
    const { close: endCanary } = canary
    return {
      room,
      canary,
      decisions,
      undertaking: {
        get version() {
          return undertakingVersionOf(room.active?.policy.data ?? {})
        },
        text: undertakingText,
      },
      followSessions: (started) => void (sessions = started),
      followSimulations: (started) => void (simulated = started),
      compiler: opa,
      regal: findProgram('regal', options.environment['PATH'] ?? ''),
      drain: () => decisions.drain(),
      close: async () => {
        await endCanary()
        await decisions.close()
      },
    }
  } catch (error) {
    await decisions.close()
    throw error
  }
}

/** Read in pages: a role that was taken away a moment ago counts as taken away. */
async function securityTeam(people: Storage['people']): Promise<readonly TeamMember[]> {
  const team: TeamMember[] = []
  let after: string | null = null
  do {
    const page: Page<TeamMember> = await people.list(wholeInstallation, { role: 'security_team', status: 'active' }, { limit: 200, after })
    team.push(...page.items)
    after = page.next
  } while (after !== null)
  return team
}

/** Null: no compiler is on this machine. What is compiled already is decided by all the same. */
function compilerOf({ environment, logger }: StartPoliciesOptions): (() => Promise<ConfinedOpa>) | null {
  try {
    const opa = findOpa({ environment, projectDir: fileURLToPath(new URL('..', import.meta.url)) })
    let confined: Promise<ConfinedOpa> | undefined
    // What confines it is tried when it is first needed: a start does not wait for it.
    return () => (confined ??= confineOpa({ opa, environment }))
  } catch (error) {
    logger.info({ err: error }, 'no Rego compiler is here: policies can be reviewed and activated, and none can be submitted')
    return null
  }
}

/** The log, and somebody who looks at what was logged. */
function watchedLog(log: DecisionLog, look: (records: readonly DecisionRecord[]) => void): DecisionLog {
  return {
    async append(decision, input) {
      await log.append(decision, input)
      look([decision])
    },
    async appendMany(decisions, inputs) {
      await log.appendMany(decisions, inputs)
      look(decisions)
    },
  }
}

function watchEndings(sessions: Pick<SessionRoom, 'onChange'> | null): { count(): number; stop(): void } {
  let ended = 0
  const stop = sessions?.onChange((session, before) => {
    if (session.state === 'ended' && session.endReason === 'policy' && before?.state !== 'ended') ended += 1
  })
  return { count: () => ended, stop: () => stop?.() }
}

function undertakingVersionOf(data: CompiledPolicy['data']): string {
  const undertaking = data['undertaking']
  const version = typeof undertaking === 'object' && undertaking !== null && 'version' in undertaking ? undertaking.version : undefined
  return typeof version === 'string' ? version : '1'
}
