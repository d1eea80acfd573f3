import type { AgentService } from '../../agent/wire/agent-api.ts'
import type { RecordingMode } from '../../agent/wire/mirror.ts'
import type { DeviceId, OrganisationId } from '../basics/ids.ts'

/** `registered`: created, not enrolled yet; `suspended` can be resumed; `revoked` is for good. */
export type DeviceStatus = 'registered' | 'active' | 'suspended' | 'revoked'

export interface Device {
  readonly id: DeviceId
  /** The customer that owns the machine. */
  readonly organisationId: OrganisationId
  readonly name: string
  readonly site: string
  readonly region: string
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  /** IANA zone of the site: policy reads local time from it. */
  readonly timeZone: string
  readonly productLine: string
  readonly model: string
  readonly contract: 'active' | 'ended'
  readonly status: DeviceStatus
  /** As the agent reported them last, its own switches included. */
  readonly services: readonly AgentService[]
  /** The customer's switches kept at the gateway: false is off. A service without a member is on. */
  readonly switches: Readonly<Record<string, boolean>>
  /** The same for remote service as a whole. */
  readonly remoteAllowed: boolean
  /** How the customer lets the pages of each service be recorded. A service without a member is recorded with every field masked. */
  readonly recording: Readonly<Record<string, RecordingMode>>
  /** Services that the customer lets nobody enter without a press at the machine, whatever was chosen there. */
  readonly attendedOnly: readonly string[]
  readonly agentVersion: string | null
  /** `boot` of the agent that reported last, and the number of its last event that was carried out. */
  readonly boot: string | null
  readonly lastEvent: number
  /** Unix seconds of the last contact. */
  readonly lastSeenAt: number | null
  /** Unix seconds when remote service as a whole was switched off at the machine, from which on it is silent; null: it is on, or was never connected. */
  readonly remoteOffAt: number | null
  readonly createdAt: number
  readonly version: number
}
