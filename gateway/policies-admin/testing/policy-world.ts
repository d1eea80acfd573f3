import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FakeClock } from '../../basics/fake-clock.ts'
import { silentLogger } from '../../basics/logger.ts'
import { systemRandom } from '../../basics/random.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import { inlineDecisionEngine, type InlineDecisionEngine } from '../../decisions/testing/inline-decision-engine.ts'
import type { Storage } from '../../storage/create-storage.ts'
import { examplePerson, organisationId, personId, storeExamples } from '../../storage/testing/example-records.ts'
import { temporaryStorage } from '../../storage/testing/temporary-storage.ts'
import type { PolicyPorts, PolicyRoom } from '../activation/policy-room.ts'
import { startPolicy } from '../activation/start-policy.ts'
import { loadShippedPolicy } from '../load-shipped-policy.ts'
import { policySources, revisionOf, type PolicySources } from '../policy-files.ts'
import { createRevision, type RevisionOrder } from '../revisions/create-revision.ts'
import type { Judgement, SourceJudge } from '../revisions/judge-sources.ts'

const policiesDir = fileURLToPath(new URL('../../../policies', import.meta.url))

/** Of the security team. */
export const [ada, ben, cleo] = ['ada-security', 'ben-security', 'cleo-security'].map((name) => personId(name)) as [
  ReturnType<typeof personId>,
  ReturnType<typeof personId>,
  ReturnType<typeof personId>,
]

export interface PolicyWorld extends AsyncDisposable {
  readonly storage: Storage
  readonly clock: FakeClock
  readonly dataDir: string
  /** The file of the database, for who changes it behind everybody's back. */
  readonly databaseFile: string
  readonly shipped: { readonly policy: CompiledPolicy; readonly sources: PolicySources }
  readonly engine: InlineDecisionEngine
  /** What a judge says of sources; stands for the compiler, which `judge-sources.test.ts` has. */
  judgement: (sources: PolicySources) => Judgement
  room: PolicyRoom
  /** As after a restart of the gateway. */
  start(change?: StartChange): Promise<PolicyRoom>
  /** A revision that differs from the shipped one in nothing but a comment. */
  submit(remark: string, change?: Partial<RevisionOrder>): Promise<string>
  activeRevision(): string | undefined
  eventTypes(): Promise<readonly string[]>
}

export interface StartChange {
  readonly ports?: Partial<PolicyPorts>
  readonly shipped?: () => Promise<PolicyWorld['shipped']>
}

export async function policyWorld(change: StartChange = {}): Promise<PolicyWorld> {
  const temporary = await temporaryStorage()
  const { storage, clock } = temporary
  await storeExamples(storage)
  for (const name of ['ada-security', 'ben-security', 'cleo-security'])
    await storage.people.insert(examplePerson(name, { roles: ['security_team'] }), [])
  const dataDir = await mkdtemp(join(tmpdir(), 'policy-world-'))
  const policy = await loadShippedPolicy(policiesDir)
  const shipped = { policy, sources: policySources(policiesDir) }
  const judge: SourceJudge = {
    version: '1.0.0',
    judge: async (sources) => world.judgement(sources),
    test: async (sources) => world.judgement(sources).results,
  }

  const start = async ({ ports = {}, shipped: release = async () => shipped }: StartChange = {}): Promise<PolicyRoom> => {
    const engine = await inlineDecisionEngine(policy)
    Object.assign(world, { engine })
    world.room = await startPolicy({
      ports: {
        store: storage.policies,
        teamSettings: {
          read: () => storage.installation.get('policy_settings'),
          write: (value, version, events) => storage.installation.put('policy_settings', value, version, events),
        },
        engine,
        judge,
        dataDir,
        organisation: organisationId('north'),
        fourEyes: true,
        team: async () =>
          (await storage.people.list(wholeInstallation, { role: 'security_team', status: 'active' }, { limit: 100, after: null })).items,
        clock,
        random: systemRandom,
        logger: silentLogger,
        serving: async () => [{ node: 'here:1', startedAt: 0, points: engine.serving() }],
        deniedShare: async () => null,
        sessionsImpact: async () => null,
        watchEndings: () => ({ count: () => 0, stop: () => {} }),
        record: (events) => storage.events.append(events),
        ...ports,
      },
      shipped: release,
    })
    return world.room
  }
  const world: PolicyWorld = {
    storage,
    clock,
    dataDir,
    databaseFile: temporary.file,
    shipped,
    engine: await inlineDecisionEngine(policy),
    judgement: (sources) => goodJudgement({ ...policy, revision: revisionOf(sources) }),
    room: null as never,
    start,
    async submit(remark, order = {}) {
      const sources = { ...shipped.sources, 'rules/remark.rego': `package sallyport.remarks\n\n# ${remark}\nremark := true\n` }
      const parent = world.room.active?.revision ?? null
      const facts = { author: ada, contributors: [], comment: remark, parent, origin: 'git' } as const
      return (await createRevision(world.room, { sources, ...facts, ...order })).revision
    },
    activeRevision: () => world.room.active?.revision,
    async eventTypes() {
      const { items } = await storage.events.list(
        { kind: 'installation' },
        { organisation: organisationId('north') },
        { limit: 200, after: null },
      )
      return items.map(({ type }) => type).toReversed()
    },
    async [Symbol.asyncDispose]() {
      await temporary.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
  await start(change)
  return world
}

export const goodJudgement = (policy: CompiledPolicy, tests: { passed?: number; failed?: number; covered?: number } = {}): Judgement => ({
  policy,
  results: {
    check: { ok: true, output: '' },
    tests: { passed: tests.passed ?? 12, failed: tests.failed ?? 0, failures: [], output: '' },
    coverage: { percent: tests.covered ?? 95, decision_percent: tests.covered ?? 95, files: {} },
    took_ms: 1,
  },
})
