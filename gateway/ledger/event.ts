import type { DeviceId, OrganisationId, PersonId, SessionId } from '../basics/ids.ts'

/**
 * The closed, versioned list of what is recorded (design.md, section 7). Each state change appends one event in its own transaction;
 * the ledger will hash and sign these rows, so `detail` holds canonical JSON values only (no floats, names `[a-z][a-z0-9_]*`).
 * What names a person goes through {@link sealed}: the row keeps a salted hash, the value lies beside it and can be erased.
 */
export const eventTypes = [
  'device.created',
  'device.changed',
  'device.suspended',
  'device.resumed',
  'device.revoked',
  'enrolment.opened',
  'enrolment.confirmed',
  'enrolment.completed',
  'enrolment.locked',
  'certificate.renewed',
  'certificate.renewed_late',
  'bundle.issued',
  'renewal.waiting',
  'renewal.confirmed',
  'renewal.refused',
  'tunnel.connected',
  'tunnel.closed',
  'switch.changed',
  'remote.changed',
  'recording.changed',
  'mode.limited',
  'mode.changed',
  'window.changed',
  'pin.paused',
  'update.changed',
  'entry.unknown',
  'help.called',
  'help.withdrawn',
  'help.done',
  'session.requested',
  'decision.made',
  'decisions.unmasked',
  'decisions.exported',
  'notice.shown',
  'approval.given',
  'request.refused',
  'session.opened',
  'session.extended',
  'session.conduct',
  'chat.said',
  'session.ended',
  'organisation.created',
  'account.created',
  'account.changed',
  'facts.changed',
  'undertaking.accepted',
  'grant.requested',
  'grant.answered',
  'sign_in.completed',
  'sign_in.ended',
  'policy.draft_created',
  'policy.draft_deleted',
  'policy.submitted',
  'policy.reviewed',
  'policy.commented',
  'policy.tested',
  'policy.activated',
  'policy.step_asked',
  'policy.settings_changed',
  'policy.four_eyes_changed',
  'policy.canary_changed',
  'policy.alarm',
  'recovery_key.registered',
  'process.started',
] as const

export type EventType = (typeof eventTypes)[number]

export type ActorKind = 'technician' | 'operator' | 'administrator' | 'device' | 'gateway' | 'idp'

/** A value that names a person: hashed with a salt in the entry, kept beside it (ledger.md, section 2). */
export interface Sealed {
  readonly sealedValue: string
}

export const sealed = (value: string): Sealed => ({ sealedValue: value })

export type EventValue = string | number | boolean | null | Sealed | readonly EventValue[] | { readonly [name: string]: EventValue }

export interface NewEvent {
  /** Which log: the gateway's log of one device (`g`), or the organisation's (`o`). */
  readonly log: { readonly kind: 'g'; readonly device: DeviceId } | { readonly kind: 'o'; readonly organisation: OrganisationId }
  readonly type: EventType
  readonly session: SessionId | null
  /** A person's id or name is sealed when it is stored; ids of devices and of the gateway are not. */
  readonly actor: { readonly kind: ActorKind; readonly id: string | null }
  readonly detail: Readonly<Record<string, EventValue>>
}

/** An event as it was kept. `actorId` and values are null after erasing. */
export interface RecordedEvent {
  readonly log: NewEvent['log']
  /** Leaf index of the log, from 0, without gaps. */
  readonly seq: number
  /** Unix milliseconds. */
  readonly time: number
  readonly type: EventType
  readonly session: SessionId | null
  readonly actor: { readonly kind: ActorKind; readonly id: string | null }
  /** Sealed members opened where their value is still kept, else null. */
  readonly detail: Readonly<Record<string, unknown>>
}

export const administrator = (id: PersonId): NewEvent['actor'] => ({ kind: 'administrator', id })
export const technician = (id: PersonId): NewEvent['actor'] => ({ kind: 'technician', id })
export const gatewayActor: NewEvent['actor'] = { kind: 'gateway', id: 'gateway' }
export const deviceActor = (id: DeviceId): NewEvent['actor'] => ({ kind: 'device', id })
