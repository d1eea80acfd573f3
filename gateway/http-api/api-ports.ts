import type { IncomingMessage } from 'node:http'
import type { DecisionEngine } from '../decisions/decision-engine.ts'
import type { DecisionLogReader } from '../decisions/decision-log.ts'
import type { Clock } from '../basics/clock.ts'
import type { DeviceId, OrganisationId, ServiceName, SessionId } from '../basics/ids.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import type { RequestPaces } from '../basics/request-paces.ts'
import type { GrantRoom } from '../grants/grant-room.ts'
import type { EventLog } from '../ledger/event-log.ts'
import type { PeopleRoom } from '../people/people-room.ts'
import type { Person } from '../people/person.ts'
import type { RecoveryKeyStore } from '../policies-admin/recovery/recovery-keys.ts'
import type { Canary } from '../policies-admin/activation/canary.ts'
import type { PolicyRoom } from '../policies-admin/activation/policy-room.ts'
import type { Workbench } from '../policies-admin/workbench.ts'
import type { LateRenewalAdministration } from '../pki/administer-late-renewals.ts'
import type { EnrolmentAdministration } from '../pki/enrolment-administration.ts'
import type { BundleIssuer } from '../pki/issue-bundle.ts'
import type { SessionRoom } from '../sessions/session-room.ts'
import type { Simulations } from '../simulations/create-simulations.ts'
import type { SignInRoom } from '../sign-in/sign-in-room.ts'
import type { GatewayForAgents } from './contract/administration.ts'
import type { Demo } from './contract/walk-through.ts'
import type { Undertaking } from './contract/me.ts'

/** The one-time address of a service's own origin; who comes by it is in for as long as this sign-in counts. */
export interface AccessEntry {
  mint(sessionId: SessionId, service: ServiceName, signIn: string): Promise<URL>
  /** The same with the technician's bar around it. */
  mintBar(sessionId: SessionId, service: ServiceName, signIn: string): Promise<URL>
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
  readonly bundles: BundleIssuer
  readonly lateRenewals: LateRenewalAdministration
  readonly access: AccessEntry
  readonly tunnels: TunnelCutter
  readonly decisionLog: DecisionLogReader
  /** The revision that decides now, and what its denials are called. */
  readonly activePolicy: Pick<DecisionEngine, 'revision' | 'reasons'>
  readonly grants: GrantRoom
  readonly policies: PolicyRoom
  readonly canary: Canary
  readonly recoveryKeys: RecoveryKeyStore
  readonly simulations: Simulations
  readonly workbench: Workbench
  readonly events: EventLog
  readonly paces: RequestPaces
  /** Who is at the other end of a connection that is no request any more. */
  readonly addressOf: (request: IncomingMessage) => string
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly settings: HttpApiSettings
}

/** Whom to tell of a vulnerability (RFC 9116). */
export interface SecurityContact {
  readonly contacts: readonly string[]
  /** RFC 3339. */
  readonly expires: string
  readonly policy: string | null
}

/** What only the demo has. */
export interface DemoPorts {
  /** What the walk-through shows. */
  description(): Demo
  /** A fresh address that pairs the browser which opens it with a machine's panel. */
  panelOf(machine: string): Promise<string | undefined>
}

export interface HttpApiSettings {
  /** `https://sallyport.example.com`, without a slash at the end. */
  readonly portalOrigin: string
  readonly serviceOrganisation: OrganisationId
  /** Whether a connection from there may say on whose behalf it comes; null: nobody may. */
  readonly isFront: ((peer: string) => boolean) | null
  readonly undertaking: Undertaking
  /** What an administrator copies into the settings of a new machine. */
  readonly agents: GatewayForAgents
  /** How long the certificate of a device is good, unless somebody says otherwise. */
  readonly deviceCertificateDays: number
  /** Folder of the built portal; null serves the API alone. */
  readonly pagesDir: string | null
  /** For `/.well-known/security.txt`; null: there is none. */
  readonly securityContact: SecurityContact | null
  /** In the demo alone, else null. */
  readonly demo: DemoPorts | null
}
