import type { Random } from './random.ts'

declare const brand: unique symbol
/** A string that went through its own parser: one kind of id cannot be passed for another. */
export type Branded<Name extends string> = string & { readonly [brand]: Name }

/** `org_` + 32 hex. */
export type OrganisationId = Branded<'OrganisationId'>
/** Chosen by the service administrator: `[a-z0-9]` then up to 62 of `[a-z0-9.-]`; it is the last part of the SPIFFE id and of ledger origins. */
export type DeviceId = Branded<'DeviceId'>
/** `ses_` + 32 hex; the ledger's `session` member is the 32 hex. */
export type SessionId = Branded<'SessionId'>
/** `per_` + 32 hex; stands for one (`iss`, `sub`). */
export type PersonId = Branded<'PersonId'>
/** Name of a service in the agent's own table: `[a-z][a-z0-9-]{0,31}`. */
export type ServiceName = Branded<'ServiceName'>
/** `dec_` + 32 hex: Unix milliseconds in the first 12, then randomness (as UUIDv7 does, RFC 9562, section 5.7), so that a long log keeps its newest ids beside each other. */
export type DecisionId = Branded<'DecisionId'>
/** `gnt_` + 32 hex. */
export type GrantRequestId = Branded<'GrantRequestId'>

const patterns = {
  device: /^[a-z0-9][a-z0-9.-]{0,62}$/,
  session: /^ses_[0-9a-f]{32}$/,
  service: /^[a-z][a-z0-9-]{0,31}$/,
} as const

export const isDeviceId = (text: string): text is DeviceId => patterns.device.test(text) && !text.includes('..') && !text.endsWith('.')
export const isSessionId = (text: string): text is SessionId => patterns.session.test(text)
export const isServiceName = (text: string): text is ServiceName => patterns.service.test(text)

export const newOrganisationId = (random: Random): OrganisationId => `org_${random.hex(16)}` as OrganisationId
export const newSessionId = (random: Random): SessionId => `ses_${random.hex(16)}` as SessionId
export const newPersonId = (random: Random): PersonId => `per_${random.hex(16)}` as PersonId
export const newGrantRequestId = (random: Random): GrantRequestId => `gnt_${random.hex(16)}` as GrantRequestId
export const newDecisionId = (random: Random, nowMs: number): DecisionId => newDecisionIds(random, nowMs, 1)[0] as DecisionId

/** So many at once, because asking for randomness costs more than what is got. */
export function newDecisionIds(random: Random, nowMs: number, count: number): readonly DecisionId[] {
  const prefix = `dec_${Math.max(0, nowMs).toString(16).padStart(12, '0')}`
  const hex = random.hex(10 * count)
  return Array.from({ length: count }, (_, index) => `${prefix}${hex.slice(20 * index, 20 * (index + 1))}` as DecisionId)
}
