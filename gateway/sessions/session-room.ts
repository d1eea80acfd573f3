import type { HelpCall } from '../../agent/wire/help-call.ts'
import type { Clock } from '../basics/clock.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { DeviceId, OrganisationId, SessionId } from '../basics/ids.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { DecisionEngine } from '../decisions/decision-engine.ts'
import type { DeviceLinks } from '../devices/device-link.ts'
import type { DeviceStore } from '../devices/device-store.ts'
import type { PeopleStore } from '../people/people-store.ts'
import type { Person } from '../people/person.ts'
import type { DeviceChanges } from '../devices/device-changes.ts'
import { LiveSession } from './live-session.ts'
import { createPace, type Pace } from './pace.ts'
import { PersonCounts, tooManySessions, tooManyStreams } from './person-counts.ts'
import type { Session } from './session.ts'
import type { SessionStore } from './session-store.ts'
import type { Transition } from './transitions.ts'

/** The photo that the operator is shown, from the identity provider: a JPEG of at most 64 KiB, or null. */
export interface PhotoSource {
  photoOf(person: Person): Promise<Buffer | null>
}

export interface SessionSettings {
  readonly trustDomain: string
  /** How long a session survives without its tunnel, seconds (design.md, section 6). */
  readonly gracePeriodS: number
  /** How long the operator has for an answer, seconds; the agent may say less. */
  readonly requestTimeoutS: number
  /** Sessions of one person that are asked for or live. */
  readonly sessionsPerPerson: number
  /** Streams of one person, over all his sessions. */
  readonly streamsPerPerson: number
}

export interface SessionPorts {
  readonly store: SessionStore
  readonly devices: DeviceStore
  readonly deviceChanges: DeviceChanges
  readonly people: PeopleStore
  readonly links: DeviceLinks
  readonly decisions: DecisionEngine
  readonly photos: PhotoSource
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly settings: SessionSettings
}

export type SessionListener = (session: Session, previous: Session | null) => void

/** What every use case of sessions is handed: the ports, and the live sessions in memory. */
export class SessionRoom {
  readonly ports: SessionPorts
  /** The gateway is being told to end: what cannot be decided any more is decided anew after the restart. */
  stopping = false
  readonly #live = new Map<SessionId, LiveSession>()
  readonly #listeners = new Set<SessionListener>()
  readonly #organisationNames = new Map<OrganisationId, string>()
  readonly #clockOffsets = new Map<DeviceId, number>()
  readonly #paces = new Map<DeviceId, Pace>()
  /** Open calls for help, as the machines say: kept at the machine, so that a restart of the gateway loses none. */
  readonly calls = new Map<DeviceId, HelpCall>()
  /** Whether an operator's panel is connected to a machine, as it said last. */
  readonly panels = new Map<DeviceId, boolean>()
  /** Devices for which a request is being made: one at a time, so that two cannot both find the machine free. */
  readonly asking = new Set<DeviceId>()
  /** What each person is asking for in this moment, and the streams that he has open. */
  readonly askers: PersonCounts
  readonly streams: PersonCounts

  constructor(ports: SessionPorts) {
    this.ports = ports
    const { sessionsPerPerson, streamsPerPerson } = ports.settings
    this.askers = new PersonCounts(sessionsPerPerson, tooManySessions)
    this.streams = new PersonCounts(streamsPerPerson, tooManyStreams)
  }

  get(id: SessionId): LiveSession | undefined {
    return this.#live.get(id)
  }

  list(): LiveSession[] {
    return [...this.#live.values()]
  }

  ofDevice(id: DeviceId): LiveSession[] {
    return this.list().filter((live) => live.session.deviceId === id)
  }

  /** A live session, or the error that says that there is none. */
  demand(id: SessionId): LiveSession {
    const live = this.#live.get(id)
    if (live !== undefined) return live
    throw new CodedError({ code: 'session_over', message: 'This session is over or never was. Ask for access anew.', remedy: 'gone' })
  }

  /** Takes a session into memory, as it is after a start or a request; nothing is stored. */
  adopt(session: Session): LiveSession {
    const live = new LiveSession(session)
    this.#live.set(session.id, live)
    return live
  }

  /** Stores the first version of a session, then takes it in. */
  async add({ session, events }: Transition): Promise<LiveSession> {
    await this.ports.store.insert(session, events)
    const live = this.adopt(session)
    this.#tell(session, null)
    return live
  }

  /**
   * One change at a time for each session: `decide` sees the newest version and gives the transition, or undefined for none. The change is
   * durable before anybody hears of it.
   */
  change(id: SessionId, decide: (session: Session) => Transition | undefined | Promise<Transition | undefined>): Promise<Session> {
    const live = this.demand(id)
    return live.serially(async () => {
      const before = live.session
      const transition = await decide(before)
      if (transition === undefined) return before
      await this.ports.store.update(transition.session, transition.events)
      live.session = transition.session
      if (transition.session.state === 'ended') this.#live.delete(id)
      this.#tell(transition.session, before)
      return transition.session
    })
  }

  /** What is not stored has changed, such as the conduct. */
  tell(session: Session): void {
    this.#tell(session, session)
  }

  onChange(listener: SessionListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async personOf(session: Session): Promise<{ person: Person; organisationName: string }> {
    const person = await this.ports.people.find(wholeInstallation, session.personId)
    if (person === undefined)
      throw new CodedError({ code: 'person_unknown', message: 'The account of this session is gone.', remedy: 'gone' })
    return { person, organisationName: await this.organisationName(person.organisationId) }
  }

  /** Asked for with every decision, so it is kept: the name of an organisation does not change. Empty for one that is unknown. */
  async organisationName(id: OrganisationId): Promise<string> {
    const known = this.#organisationNames.get(id)
    if (known !== undefined) return known
    const found = await this.ports.people.findOrganisation(wholeInstallation, id)
    if (found !== undefined) this.#organisationNames.set(id, found.name)
    return found?.name ?? ''
  }

  /** How far the machine's clock was ahead of ours when it was last asked, seconds; 0 when it never was. */
  clockOffsetS(id: DeviceId): number {
    return this.#clockOffsets.get(id) ?? 0
  }

  /** Gives back what it was before. */
  setClockOffset(id: DeviceId, offsetS: number): number {
    const before = this.clockOffsetS(id)
    this.#clockOffsets.set(id, offsetS)
    return before
  }

  /** How fast the events of one device are carried out, over all its tunnels: a hostile one must not fill the store. */
  eventPace(id: DeviceId): Pace {
    let pace = this.#paces.get(id)
    if (pace === undefined) {
      pace = createPace({ clock: this.ports.clock, burst: 500, perSecond: 20 })
      this.#paces.set(id, pace)
    }
    return pace
  }

  #tell(session: Session, previous: Session | null): void {
    for (const listener of this.#listeners) {
      try {
        listener(session, previous)
      } catch (error) {
        this.ports.logger.error({ err: error, session: session.id }, 'a listener of session changes failed')
      }
    }
  }
}
