import type { DecisionLogReader } from '../decisions/decision-log.ts'
import type { Clock } from '../basics/clock.ts'
import type { DeviceId, OrganisationId, ServiceName, SessionId } from '../basics/ids.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import type { EventLog } from '../ledger/event-log.ts'
import type { NewEvent } from '../ledger/event.ts'
import type { PeopleRoom } from '../people/people-room.ts'
import type { Person } from '../people/person.ts'
import type { EnrolmentState } from '../pki/enrolment-store.ts'
import type { SessionRoom } from '../sessions/session-room.ts'
import type { SignInRoom } from '../sign-in/sign-in-room.ts'
import type { Demo } from './contract/walk-through.ts'
import type { Undertaking } from './contract/me.ts'

/** Opening a machine's enrolment, and what became of it. */
export interface EnrolmentAdministration {
  /** Makes a new one-time password and voids the one before; the password is given back here and kept as a hash. */
  open(deviceId: DeviceId, events: readonly NewEvent[]): Promise<string>
  state(deviceId: DeviceId): Promise<{ readonly state: EnrolmentState | 'none'; readonly certificateExpiresAt: number | null }>
}

/** The one-time address of a service's own origin. */
export interface AccessEntry {
  mint(sessionId: SessionId, service: ServiceName): Promise<URL>
}

/** Ends a device's live tunnel at once. */
export interface TunnelCutter {
  disconnect(deviceId: DeviceId, reason: 'revoked' | 'suspended'): void
}

export interface PhotoCache {
  photoOf(person: Person): Promise<Buffer | null>
}

export interface HttpApiPorts {
  readonly sessions: SessionRoom
  readonly people: PeopleRoom
  readonly signIns: SignInRoom
  readonly photos: PhotoCache
  readonly enrolments: EnrolmentAdministration
  readonly access: AccessEntry
  readonly tunnels: TunnelCutter
  readonly decisionLog: DecisionLogReader
  readonly events: EventLog
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly settings: HttpApiSettings
}

export interface HttpApiSettings {
  /** `https://sallyport.example.com`, without a slash at the end. */
  readonly portalOrigin: string
  readonly serviceOrganisation: OrganisationId
  readonly undertaking: Undertaking
  /** Folder of the built portal; null serves the API alone. */
  readonly pagesDir: string | null
  /** In the demo what the walk-through shows, else null. */
  readonly demo: (() => Demo) | null
}
