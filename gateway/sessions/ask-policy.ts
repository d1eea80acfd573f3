import type { RecordingMode } from '../../agent/wire/mirror.ts'
import { CodedError } from '../basics/coded-error.ts'
import { isServiceName, type DeviceId, type PersonId, type ServiceName } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { Decision, DecisionRecord } from '../decisions/decision.ts'
import type { AccessAction, DecisionInput } from '../decisions/decision-input.ts'
import type { Denial } from '../decisions/decision-result.ts'
import type { Device } from '../devices/device.ts'
import type { Person } from '../people/person.ts'
import { decisionInput, type Asker } from './decision-facts.ts'
import type { Session } from './session.ts'
import type { SessionRoom } from './session-room.ts'
import type { DecisionNote } from './transitions.ts'

export interface SessionQuestion {
  readonly action: AccessAction
  readonly asker: Asker
  readonly device: Device
  readonly services: readonly (ServiceName | null)[]
  readonly session: Session | null
  readonly durationS?: number
  readonly purpose?: string
  readonly ticket?: string | null
}

/** Asks policy once for each service, in one batch. */
export async function askPolicy(room: SessionRoom, question: SessionQuestion): Promise<readonly Decision[]> {
  return room.ports.decisions.decideMany(await inputsOf(room, question))
}

async function inputsOf(room: SessionRoom, question: SessionQuestion): Promise<readonly DecisionInput[]> {
  const nowS = room.ports.clock.nowS()
  const deviceOrganisationName = await room.organisationName(question.device.organisationId)
  const { services, ...rest } = question
  return services.map((service) => decisionInput({ ...rest, service, deviceOrganisationName, nowS }))
}

/** The same for a session that lives: its person and device are read anew. */
export async function askAboutSession(
  room: SessionRoom,
  session: Session,
  action: AccessAction,
  services: readonly ServiceName[],
  durationS?: number,
): Promise<readonly Decision[]> {
  const facts = await factsOf(room, [session])
  return room.ports.decisions.decideMany(await inputsAboutSession(room, facts, { session, action, services, durationS }))
}

/** Machines and people as they are stored now. */
export interface SessionFacts {
  readonly devices: ReadonlyMap<DeviceId, Device>
  readonly people: ReadonlyMap<PersonId, Person>
}

export async function factsOf({ ports }: SessionRoom, sessions: readonly Session[]): Promise<SessionFacts> {
  const devices = await ports.devices.findMany(wholeInstallation, [...new Set(sessions.map(({ deviceId }) => deviceId))])
  const people = await ports.people.findMany(wholeInstallation, [...new Set(sessions.map(({ personId }) => personId))])
  return { devices: new Map(devices.map((device) => [device.id, device])), people: new Map(people.map((person) => [person.id, person])) }
}

/** What policy is asked about a live session when something that it depends on changes. */
export const questionAbout = (session: Session): { readonly action: AccessAction; readonly services: readonly ServiceName[] } => ({
  action: session.approval === null ? 'request' : 'use',
  services: session.approval?.services ?? session.request.services.filter(isServiceName),
})

/** What `askAboutSession` asks, so that several sessions can be asked about at once. */
export async function inputsAboutSession(
  room: SessionRoom,
  facts: SessionFacts,
  { session, ...question }: Pick<SessionQuestion, 'action' | 'services' | 'durationS'> & { readonly session: Session },
): Promise<readonly DecisionInput[]> {
  const device = facts.devices.get(session.deviceId)
  if (device === undefined)
    throw new CodedError({ code: 'device_unknown', message: 'The machine of this session is gone.', remedy: 'gone' })
  const person = facts.people.get(session.personId)
  if (person === undefined)
    throw new CodedError({ code: 'person_unknown', message: 'The account of this session is gone.', remedy: 'gone' })
  const organisationName = await room.organisationName(person.organisationId)
  const asker: Asker = { person, organisationName, authentication: session.authentication, address: session.address }
  return inputsOf(room, { ...question, asker, device, session })
}

export const noteOf = (decision: Decision): DecisionNote => ({
  id: decision.id,
  action: decision.input.action,
  allow: decision.result.allow,
  revision: decision.revision,
  codes: decision.result.denials.map((denial) => denial.code),
})

/** What a decision demands of what is done under it, to be compared. */
export function rulesOf(decision: DecisionRecord | undefined): string {
  if (decision === undefined) return ''
  const { request_rules: rules, record, on_unexplained: onUnexplained } = decision.result.limits
  return JSON.stringify([rules, record, onUnexplained, recordingIn(decision)])
}

/** How the pages of the service are recorded, as the customer has set it. */
export const recordingIn = ({ input: { device, service } }: DecisionRecord): RecordingMode => device.recording[service?.name ?? ''] ?? 'off'

/** Every reason of every service, each once. */
export function allDenials(decisions: readonly DecisionRecord[]): readonly Denial[] {
  const seen = new Map<string, Denial>()
  for (const decision of decisions) {
    for (const denial of decision.result.denials) seen.set(`${denial.code}\n${denial.message}`, denial)
  }
  return [...seen.values()]
}

/** What the parties can still supply. */
const allMissing = (decisions: readonly Decision[]): readonly string[] => [
  ...new Set(decisions.flatMap((decision) => decision.result.missing)),
]

/** The refusal that a technician reads: every reason at once, and what would remove it. */
export function deniedByPolicy(decisions: readonly Decision[]): CodedError {
  const denials = allDenials(decisions)
  return new CodedError({
    code: 'denied_by_policy',
    message: `Policy does not allow this. ${denials.map((denial) => denial.message).join(' ') || 'No rule allows it.'}`,
    remedy: 'forbidden',
    details: { denials, missing: allMissing(decisions) },
  })
}
