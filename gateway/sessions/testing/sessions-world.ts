import { setImmediate, setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { deviceSigner, type DeviceSigner } from '../../../test/support/device-signer.ts'
import type { FakeClock } from '../../basics/fake-clock.ts'
import type { ServiceName, SessionId } from '../../basics/ids.ts'
import { silentLogger } from '../../basics/logger.ts'
import { systemRandom } from '../../basics/random.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import type { MemoryDatabase } from '../../database/testing/memory-database.ts'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import { inlineDecisionEngine, type InlineDecisionEngine } from '../../decisions/testing/inline-decision-engine.ts'
import { DeviceChanges } from '../../devices/device-changes.ts'
import type { Device } from '../../devices/device.ts'
import { PeopleChanges } from '../../people/people-changes.ts'
import type { Person } from '../../people/person.ts'
import { loadShippedPolicy } from '../../policies-admin/load-shipped-policy.ts'
import type { Storage } from '../../storage/create-storage.ts'
import type { Schema } from '../../storage/schema.ts'
import { deviceId, exampleDevice, examplePerson, personId, storeExamples } from '../../storage/testing/example-records.ts'
import { memoryStorage } from '../../storage/testing/memory-storage.ts'
import { linkRegistry, type LinkRegistry } from '../../tunnels/link-registry.ts'
import { requestSession, type AskForSession } from '../request-session.ts'
import type { Asker } from '../decision-facts.ts'
import type { Session } from '../session.ts'
import type { SessionRoom, SessionSettings } from '../session-room.ts'
import { startSessions, type RunningSessions } from '../start-sessions.ts'
import { FakeMachine, type FakeLink } from './fake-machine.ts'

export const hmi = 'hmi' as ServiceName
export const files = 'files' as ServiceName
export const gracePeriodS = 60
export const requestTimeoutS = 60
type PersonLimits = Pick<SessionSettings, 'sessionsPerPerson' | 'streamsPerPerson'>
const personLimits: PersonLimits = { sessionsPerPerson: 32, streamsPerPerson: 1_024 }

let policy: CompiledPolicy | undefined
let signer: DeviceSigner | undefined

/** The room over real stores and the shipped policy, with one machine, one technician, and a clock that the test moves. */
export async function sessionsWorld(
  options: { readonly connected?: boolean; readonly limits?: Partial<PersonLimits> } = {},
): Promise<SessionsWorld> {
  policy ??= await loadShippedPolicy(fileURLToPath(new URL('../../../policies', import.meta.url)))
  signer ??= await deviceSigner()
  const { storage, database, clock, close } = await memoryStorage()
  await storeExamples(storage)
  const machine = new FakeMachine({ id: deviceId('machine'), signer, clock })
  await storage.devices.insert(exampleDevice('machine', { switches: {}, services: machine.services }), [])
  await storage.people.insert(
    examplePerson('Tom', { permissions: ['remote_access', 'service_http'], undertaking: { version: '2026-11', acceptedAt: 1 } }),
    [],
  )
  const decisions = await inlineDecisionEngine(policy)
  const world = new SessionsWorld({ storage, database, clock, machine, decisions, policy, close, limits: options.limits ?? {} })
  await world.start()
  if (options.connected !== false) {
    world.connect()
    await world.settle()
  }
  return world
}

interface WorldParts {
  readonly storage: Storage
  readonly database: MemoryDatabase<Schema>
  readonly clock: FakeClock
  readonly machine: FakeMachine
  readonly decisions: InlineDecisionEngine
  readonly policy: CompiledPolicy
  readonly limits: Partial<PersonLimits>
  readonly close: () => Promise<void>
}

export class SessionsWorld implements AsyncDisposable {
  readonly storage: Storage
  readonly database: MemoryDatabase<Schema>
  readonly clock: FakeClock
  readonly machine: FakeMachine
  readonly decisions: InlineDecisionEngine
  readonly policy: CompiledPolicy
  readonly deviceChanges = new DeviceChanges()
  readonly peopleChanges = new PeopleChanges()
  links: LinkRegistry = newRegistry()
  link: FakeLink | null = null
  photo: () => Promise<Buffer | null> = async () => null
  /** What was said in the log as a warning, oldest first. */
  readonly warnings: string[] = []
  readonly #close: () => Promise<void>
  readonly #limits: Partial<PersonLimits>
  readonly #made: FakeLink[] = []
  #running: RunningSessions | null = null

  constructor(parts: WorldParts) {
    this.storage = parts.storage
    this.database = parts.database
    this.clock = parts.clock
    this.machine = parts.machine
    this.decisions = parts.decisions
    this.policy = parts.policy
    this.#limits = parts.limits
    this.#close = parts.close
  }

  get room(): SessionRoom {
    if (this.#running === null) throw new Error('the gateway does not run')
    return this.#running.room
  }

  async start(): Promise<void> {
    const { storage, deviceChanges, peopleChanges, links, decisions, clock } = this
    this.#running = await startSessions({
      store: storage.sessions,
      devices: storage.devices,
      people: storage.people,
      deviceChanges,
      peopleChanges,
      links,
      decisions,
      photos: { photoOf: () => this.photo() },
      clock,
      random: systemRandom,
      logger: { ...silentLogger, warn: (_fields, message) => void this.warnings.push(message) },
      settings: { trustDomain: 'sallyport.example', gracePeriodS, requestTimeoutS, ...personLimits, ...this.#limits },
    })
  }

  /** The gateway is told to end, and its parts still run. */
  async drain(): Promise<void> {
    await this.#running?.drain()
  }

  /** The gateway's process ends. What the machine does meanwhile nobody hears. */
  async stop(): Promise<void> {
    await this.#running?.close()
    this.link?.lose('shutdown')
    await this.settle()
    this.link = null
    this.links = newRegistry()
  }

  async restart(downMs = 0): Promise<void> {
    await this.stop()
    this.clock.advance(downMs)
    await this.start()
    await this.settle()
  }

  /** The machine dials; a tunnel that was there before is replaced. */
  connect(): FakeLink {
    this.link = this.machine.connect()
    this.#made.push(this.link)
    this.links.add(this.link)
    return this.link
  }

  async lose(): Promise<void> {
    this.link?.lose()
    await this.settle()
  }

  /** Until nothing moves any more but by the clock: all parts but the check of a signature are done within one turn. */
  async settle(): Promise<void> {
    const giveUpAtMs = performance.now() + 10_000
    for (let quiet = 0; quiet < 3;) {
      const rests = this.#made.every((link) => link.waiting)
      quiet = rests ? quiet + 1 : 0
      // A signature is checked on another thread: this one makes room for it.
      await (rests ? setImmediate() : setTimeout(1))
      if (performance.now() > giveUpAtMs) throw new Error('the world does not come to rest')
    }
  }

  /** So many turns of the event loop, for where something is held back and the world cannot come to rest. */
  async turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn += 1) await setImmediate()
  }

  /** Time passes, in steps in which everybody can act. */
  async pass(seconds: number, stepS = seconds): Promise<void> {
    for (let left = seconds; left > 0; left -= stepS) {
      this.clock.advance(Math.min(left, stepS) * 1000)
      await this.settle()
    }
  }

  async asker(name = 'Tom'): Promise<Asker> {
    const person = await this.storage.people.find(wholeInstallation, personId(name))
    if (person === undefined) throw new Error(`nobody is called ${name}`)
    return { person, organisationName: 'north', authentication: { methods: ['pwd'], time: this.clock.nowS() }, address: '192.0.2.9' }
  }

  async ask(change: Partial<AskForSession> = {}): Promise<Session> {
    return requestSession(this.room, {
      asker: await this.asker(),
      deviceId: this.machine.id,
      services: [hmi],
      purpose: 'Ink',
      ticket: null,
      durationS: 600,
      ...change,
    })
  }

  /** Asked for, pressed, taken. */
  async approved(change: Partial<AskForSession> = {}): Promise<SessionId> {
    const { id } = await this.ask(change)
    await this.machine.press()
    await this.settle()
    expect(await this.stored(id)).toMatchObject({ state: 'approved' })
    return id
  }

  async changePerson(change: Partial<Person>): Promise<void> {
    const { person } = await this.asker()
    await this.storage.people.update(wholeInstallation, { ...person, ...change, version: person.version + 1 }, [])
    this.peopleChanges.tell(person.id, 'facts')
    await this.settle()
  }

  async changeDevice(change: Partial<Device>): Promise<void> {
    const device = await this.device()
    await this.storage.devices.update(wholeInstallation, { ...device, ...change, version: device.version + 1 }, [])
    this.deviceChanges.tell(device.id)
    await this.settle()
  }

  async device(): Promise<Device> {
    const device = await this.storage.devices.find(wholeInstallation, this.machine.id)
    if (device === undefined) throw new Error('the machine is gone')
    return device
  }

  async stored(id: SessionId): Promise<Session> {
    const session = await this.storage.sessions.find(wholeInstallation, id)
    if (session === undefined) throw new Error(`no session ${id}`)
    return session
  }

  /** Types of what was recorded of a session, oldest first. */
  async recorded(id: SessionId): Promise<string[]> {
    const { items } = await this.storage.events.list(wholeInstallation, { session: id }, { limit: 200, after: null })
    return items.map(({ type }) => type).toReversed()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await this.#close()
  }
}

const newRegistry = (): LinkRegistry =>
  linkRegistry((error) => {
    throw error
  })
