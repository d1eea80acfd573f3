import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../../gateway/basics/clock.ts'
import type { ServiceName } from '../../../gateway/basics/ids.ts'
import { silentLogger } from '../../../gateway/basics/logger.ts'
import { systemRandom } from '../../../gateway/basics/random.ts'
import { openDatabase } from '../../../gateway/database/open-database.ts'
import type { CompiledPolicy } from '../../../gateway/decisions/compiled-policy.ts'
import { createDecisionEngine } from '../../../gateway/decisions/create-decision-engine.ts'
import type { DecideAnewOptions, DecisionEngine } from '../../../gateway/decisions/decision-engine.ts'
import { isAllowed, type Decision } from '../../../gateway/decisions/decision.ts'
import type { DecisionInput } from '../../../gateway/decisions/decision-input.ts'
import { createPolicyInstance } from '../../../gateway/decisions/policy-instance.ts'
import { compileWasm } from '../../../gateway/decisions/wasm-module.ts'
import { DeviceChanges } from '../../../gateway/devices/device-changes.ts'
import { PeopleChanges } from '../../../gateway/people/people-changes.ts'
import { loadShippedPolicy } from '../../../gateway/policies-admin/load-shipped-policy.ts'
import { startSessions, type RunningSessions } from '../../../gateway/sessions/start-sessions.ts'
import { createStorage } from '../../../gateway/storage/create-storage.ts'
import { migrations } from '../../../gateway/storage/migrations.ts'
import type { Schema } from '../../../gateway/storage/schema.ts'
import {
  deviceId,
  exampleApproval,
  exampleDevice,
  exampleOrganisation,
  examplePerson,
  exampleSession,
  personId,
} from '../../../gateway/storage/testing/example-records.ts'
import { linkRegistry } from '../../../gateway/tunnels/link-registry.ts'
import { answerParent } from './answer-parent.ts'

/** Sessions over the real stores, SQLite as `serve` opens it, and the real decision engine with its worker and its durable log. No tunnel. */
const directory = await mkdtemp(join(tmpdir(), 'sallyport-re-evaluation-'))
const shipped = await loadShippedPolicy(fileURLToPath(new URL('../../../policies', import.meta.url)))
/** Each machine is of one of these; nobody is trained for them, and nobody needs to be until a policy says so. */
const lines = Array.from({ length: 10 }, (_, index) => `line-${index}`)
const policy = policyFor([])
const shared = { clock: systemClock, random: systemRandom, logger: silentLogger }
const database = await openDatabase<Schema>({
  file: join(directory, 'gateway.sqlite'),
  migrations,
  clock: systemClock,
  logger: silentLogger,
})
const storage = createStorage({ database, ...shared, boot: systemRandom.hex(16) })
const engine = await createDecisionEngine({ ...shared, policy, log: storage.decisionLog })
const people = 500
const hmi = 'hmi' as ServiceName

let decided = 0
let inputs: DecisionInput[] = []
let logs: Promise<readonly Decision[]>[] = []
const counted: DecisionEngine = Object.assign(Object.create(engine) as DecisionEngine, {
  async decideAnew(questions: readonly DecisionInput[], options?: DecideAnewOptions) {
    const anew = await engine.decideAnew(questions, options)
    decided += questions.length
    inputs.push(...questions)
    logs.push(anew.logged)
    return anew
  },
  activate: (policy: CompiledPolicy) => engine.activate(policy),
  onActivated: (listener: (revision: string) => void) => engine.onActivated(listener),
})

let running: RunningSessions | undefined

/** So many sessions, each of a machine of its own, of 500 technicians: all approved and allowed by the shipped policy. */
async function open({ sessions }: { readonly sessions: number }): Promise<{ live: number }> {
  await storage.people.insertOrganisation(exampleOrganisation('north'), [])
  const undertaking = { version: '2026-11', acceptedAt: 1 }
  const permissions = ['remote_access', 'service_http']
  const nowS = systemClock.nowS()
  await Promise.all(
    Array.from({ length: people }, (_, index) => storage.people.insert(examplePerson(`Tom ${index}`, { permissions, undertaking }), [])),
  )
  const one = async (index: number): Promise<void> => {
    const device = `press-${index}`
    await storage.devices.insert(exampleDevice(device, { productLine: lines[index % lines.length] ?? '' }), [])
    const session = exampleSession(`${index}`, {
      deviceId: deviceId(device),
      personId: personId(`Tom ${index % people}`),
      state: 'approved',
      approval: {
        ...exampleApproval,
        jti: index.toString(16).padStart(32, '0'),
        services: [hmi],
        grantedAt: nowS,
        expiresAt: nowS + 3_600 + index,
      },
      requestedAt: nowS,
      approvedAt: nowS,
      expiresAt: nowS + 3_600 + index,
    })
    await storage.sessions.insert(session, [])
  }
  for (let from = 0; from < sessions; from += 500)
    await Promise.all(Array.from({ length: Math.min(500, sessions - from) }, (_, index) => one(from + index)))
  running = await startSessions({
    store: storage.sessions,
    devices: storage.devices,
    people: storage.people,
    deviceChanges: new DeviceChanges(),
    peopleChanges: new PeopleChanges(),
    links: linkRegistry(() => {}),
    decisions: counted,
    photos: { photoOf: async () => null },
    ...shared,
    settings: {
      trustDomain: 'bench.sallyport.localhost',
      gracePeriodS: 3_600,
      requestTimeoutS: 60,
      sessionsPerPerson: sessions,
      streamsPerPerson: sessions,
    },
  })
  await all(() => decided >= sessions)
  return { live: running.room.list().length }
}

let activations = 0

/**
 * Its Wasm differs in a custom section (WebAssembly Core Specification 2.0, section 5.5.3) that nothing reads: V8 knows bytes that it has compiled before, and would run a
 * new policy as fast as one that has been running for a while.
 */
function underRevision(compiled: CompiledPolicy): CompiledPolicy {
  activations += 1
  const name = Buffer.from(`revision ${activations}`)
  const wasm = Buffer.concat([compiled.wasm, Buffer.from([0, name.length + 1, name.length]), name])
  return { ...compiled, wasm, revision: `sha256:${activations.toString(16).padStart(64, '0')}` }
}

/** The shipped policy, but that these product lines need a training that nobody has, and the others none. */
function policyFor(denied: readonly string[]): CompiledPolicy {
  const { requirements, ...rest } = shipped.data as { readonly requirements: { readonly training: object } }
  const level = Object.fromEntries(lines.map((line) => [line, denied.includes(line) ? 9 : 0]))
  return { ...shipped, data: { ...rest, requirements: { ...requirements, training: { ...requirements.training, level } } } }
}

let deniedLines = 0

/**
 * Activates a policy that denies the machines of one more product line, a tenth of the sessions, while somebody asks all the time: from the call to the first decision by the
 * new revision, to the first session's end that is stored, and to the last one's.
 */
async function deny(): Promise<{ firstDecisionMs: number; firstEndMs: number; lastEndMs: number; ended: number }> {
  const [room, asked] = [running?.room, inputs[0]]
  if (room === undefined || asked === undefined || deniedLines === lines.length) throw new Error('nothing is left that could be ended')
  const line = lines[deniedLines]
  deniedLines += 1
  const next = underRevision(policyFor(lines.slice(0, deniedLines)))
  const ends: number[] = []
  const denied = inputs.filter(({ device }) => device.product_line === line).length
  decided = 0
  inputs = []
  const startedAt = performance.now()
  const off = room.onChange((session) => session.state === 'ended' && ends.push(performance.now() - startedAt))
  const activated = engine.activate(next)
  let firstDecisionMs = 0
  for (let at = 0; firstDecisionMs === 0; at += 1) {
    const { revision } = await engine.decide({ ...asked, context: { ip: `127.0.0.${at % 256}` } })
    if (revision === next.revision) firstDecisionMs = performance.now() - startedAt
  }
  await activated
  await all(() => ends.length >= denied)
  off()
  return { firstDecisionMs, firstEndMs: ends[0] ?? Number.NaN, lastEndMs: ends.at(-1) ?? Number.NaN, ended: ends.length }
}

/** Activates the shipped policy under another revision: from the moment in which it decides until every session was decided anew by it and goes on, and until that is durably logged. */
async function activate(): Promise<{ seconds: number; loggedSeconds: number; live: number; cpuSeconds: number }> {
  const live = running?.room.list().length ?? 0
  decided = 0
  inputs = []
  logs = []
  const prepared = await engine.prepare(underRevision(policy))
  const before = process.cpuUsage()
  const startedAt = performance.now()
  const { settled } = await prepared.use()
  await settled
  const seconds = (performance.now() - startedAt) / 1_000
  const logged = (await Promise.all(logs)).flat()
  const loggedSeconds = (performance.now() - startedAt) / 1_000
  const { user, system } = process.cpuUsage(before)
  const left = running?.room.list().length ?? 0
  if (left !== live) throw new Error(`${live - left} of ${live} sessions were ended by a policy that allows them`)
  if (decided !== live) throw new Error(`${decided} of ${live} sessions were decided`)
  if (logged.length !== live || !logged.every(isAllowed))
    throw new Error(`${logged.filter(isAllowed).length} of ${live} decisions were logged`)
  return { seconds, loggedSeconds, live, cpuSeconds: (user + system) / 1_000_000 }
}

/** The same questions in this process, one after the other: nothing read, nothing logged. */
async function bare(): Promise<{ seconds: number; cpuSeconds: number }> {
  const instance = await createPolicyInstance({ module: await compileWasm(policy.wasm), data: policy.data, maxMemoryPages: 512 })
  const encoder = new TextEncoder()
  const before = process.cpuUsage()
  const startedAt = performance.now()
  for (const input of inputs) {
    const evaluation = await instance.evaluate(encoder.encode(JSON.stringify(input)).buffer)
    if (!evaluation.ok || !evaluation.result.allow) throw new Error('the bare engine denied what the gateway allowed')
  }
  const seconds = (performance.now() - startedAt) / 1_000
  const { user, system } = process.cpuUsage(before)
  return { seconds, cpuSeconds: (user + system) / 1_000_000 }
}

async function all(done: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 120_000
  while (!done()) {
    if (performance.now() > giveUpAt) throw new Error(`only ${decided} sessions were decided`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

answerParent({ open, activate, deny, bare }, async () => {
  await running?.close()
  await engine.close()
  await database.close()
  await rm(directory, { recursive: true, force: true })
})
