import { serviceKinds, type ServiceKind } from '../../agent/wire/agent-api.ts'
import type { RecordingMode } from '../../agent/wire/mirror.ts'
import type { ServiceName } from '../basics/ids.ts'
import type { AccessAction, DecisionDevice, DecisionInput, DecisionTechnician, DecisionTime } from '../decisions/decision-input.ts'
import { siteTime } from '../decisions/site-time.ts'
import type { Device } from '../devices/device.ts'
import type { Person } from '../people/person.ts'
import type { Approval, Session } from './session.ts'

/** Who asks, how he signed in, and from where. */
export interface Asker {
  readonly person: Person
  readonly organisationName: string
  readonly authentication: { readonly methods: readonly string[]; readonly time: number }
  readonly address: string | null
}

/** What policy hears of a session: one that is, or one that is only thought of. */
export type JudgedSession = Pick<Session, 'id' | 'requestedAt' | 'approvedAt' | 'openedAt' | 'extensions'> & {
  readonly request: Pick<Session['request'], 'purpose' | 'ticket' | 'duration_s'>
  readonly approval: Pick<Approval, 'operator' | 'mode' | 'proof' | 'grantedAt' | 'expiresAt' | 'services'> | null
}

export interface Question {
  readonly action: AccessAction
  readonly asker: Asker
  readonly device: Device
  readonly deviceOrganisationName: string
  readonly service: ServiceName | null
  readonly session: JudgedSession | null
  /** What is asked for now, where there is no session yet or more time is asked. */
  readonly durationS?: number
  readonly purpose?: string
  readonly ticket?: string | null
  readonly nowS: number
}

/** Builds the policy input from plain facts. Pure; every member is there, what does not exist is null. */
export function decisionInput(question: Question): DecisionInput {
  const { action, asker, device, session, nowS } = question
  return {
    action,
    time: siteTime(nowS, device.timeZone) satisfies DecisionTime,
    technician: technicianFacts(asker),
    device: deviceFacts(device, question.deviceOrganisationName),
    service: serviceFacts(device, question.service),
    approval:
      session === null || session.approval === null
        ? null
        : {
            operator: session.approval.operator,
            mode: session.approval.mode,
            proof: session.approval.proof,
            granted_at: session.approval.grantedAt,
            expires_at: session.approval.expiresAt,
            services: [...session.approval.services],
          },
    session: sessionFacts(question),
    context: { ip: asker.address },
  }
}

function technicianFacts({ person, organisationName, authentication }: Asker): DecisionTechnician {
  return {
    id: person.id,
    name: person.name,
    organisation: organisationName,
    regions: [...person.regions],
    permissions: [...person.permissions],
    trainings: person.trainings.map((training) => ({
      product_line: training.productLine,
      level: training.level,
      valid_until: training.validUntil,
    })),
    undertaking: person.undertaking === null ? null : { version: person.undertaking.version, accepted_at: person.undertaking.acceptedAt },
    authentication: { methods: [...authentication.methods], time: authentication.time },
    workstation: null,
    status: person.status,
  }
}

function deviceFacts(device: Device, organisationName: string): DecisionDevice {
  return {
    id: device.id,
    organisation: organisationName,
    site: device.site,
    region: device.region,
    country: device.country,
    product_line: device.productLine,
    model: device.model,
    switches: switchesOf(device),
    recording: recordingOf(device),
    contract: device.contract === 'active' ? { id: 'service', valid_until: null } : { id: 'service', valid_until: 0 },
    status: device.status === 'registered' ? 'pending' : device.status,
  }
}

/** Only pages can be recorded, and only where both the machine's own setting and the customer's at the gateway let them be. */
export function recordingOf({ services, recording }: Device): Record<string, RecordingMode> {
  return Object.fromEntries(
    services.map(({ name, kind, recorded }) => [name, kind === 'http' && recorded !== false ? (recording[name] ?? 'mask_all') : 'off']),
  )
}

/** On only where both the machine's own switch and the customer's at the gateway are on. */
export function switchesOf(device: Device): Record<string, boolean> {
  const { services, switches, remoteAllowed } = device
  return Object.fromEntries(services.map(({ name, enabled }) => [name, remoteAllowed && enabled && switches[name] !== false]))
}

function serviceFacts(device: Device, name: ServiceName | null): DecisionInput['service'] {
  if (name === null) return null
  const kind: ServiceKind | undefined = device.services.find((service) => service.name === name)?.kind
  return { name, kind: kind !== undefined && serviceKinds.includes(kind) ? kind : 'tcp' }
}

function sessionFacts({ session, durationS, purpose, ticket, nowS }: Question): DecisionInput['session'] {
  if (session !== null) {
    return {
      id: session.id,
      requested_at: session.requestedAt,
      approved_at: session.approvedAt,
      opened_at: session.openedAt,
      extensions: session.extensions,
      purpose: session.request.purpose,
      ticket: session.request.ticket,
      duration_s: durationS ?? session.request.duration_s,
    }
  }
  if (durationS === undefined) return null
  return {
    id: 'new',
    requested_at: nowS,
    approved_at: null,
    opened_at: null,
    extensions: 0,
    purpose: purpose ?? '',
    ticket: ticket ?? null,
    duration_s: durationS,
  }
}
