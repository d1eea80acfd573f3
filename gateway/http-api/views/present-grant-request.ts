import type { DeviceId, PersonId } from '../../basics/ids.ts'
import { wholeInstallation } from '../../basics/scope.ts'
import type { Device } from '../../devices/device.ts'
import { mayAnswer } from '../../grants/answer-grant-request.ts'
import type { GrantRequest } from '../../grants/grant-request.ts'
import { askPolicy } from '../../sessions/ask-policy.ts'
import type { Asker } from '../../sessions/decision-facts.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import type { GrantRequestAnswer } from '../contract/grant-requests.ts'

export async function presentGrantRequest(ports: HttpApiPorts, viewer: Asker, request: GrantRequest): Promise<GrantRequestAnswer> {
  return present(request, await whatIsKnown(ports, viewer, [request]))
}

/** Requests as the contract shows them to one person. A machine that he may not see any more has no name for him. */
export async function presentGrantRequests(
  ports: HttpApiPorts,
  viewer: Asker,
  requests: readonly GrantRequest[],
): Promise<GrantRequestAnswer[]> {
  const known = await whatIsKnown(ports, viewer, requests)
  return requests.map((request) => present(request, known))
}

async function whatIsKnown(ports: HttpApiPorts, viewer: Asker, requests: readonly GrantRequest[]): Promise<Known> {
  const { devices, people } = ports.sessions.ports
  const deviceIds = [...new Set(requests.flatMap(({ about }) => (about === null ? [] : [about.deviceId])))]
  const personIds = [...new Set(requests.flatMap(({ personId, answer }) => [personId, answer?.by ?? null]).filter((id) => id !== null))]
  const [machines, persons] = await Promise.all([
    deviceIds.length === 0 ? [] : devices.findMany(wholeInstallation, deviceIds),
    personIds.length === 0 ? [] : people.findMany(wholeInstallation, personIds),
  ])
  const named = await seenBy(ports, viewer, machines)
  const names = new Map(persons.map(({ id, name }) => [id, name]))
  return { viewer, named, names }
}

interface Known {
  readonly viewer: Asker
  readonly named: ReadonlyMap<DeviceId, Device>
  readonly names: ReadonlyMap<PersonId, string>
}

function present(request: GrantRequest, { viewer, named, names }: Known): GrantRequestAnswer {
  const { about, answer } = request
  const machine = about === null ? undefined : named.get(about.deviceId)
  return {
    id: request.id,
    person: { id: request.personId, name: names.get(request.personId) ?? '' },
    machine: about === null ? null : { id: about.deviceId, name: machine?.name ?? about.deviceId, site: machine?.site ?? '' },
    service: about?.service ?? null,
    code: about?.code ?? null,
    note: request.note,
    answered_by_role: request.answeredByRole,
    state: request.state,
    asked_at: request.askedAt,
    answered_at: answer?.at ?? null,
    answered_by: answer === null || answer.by === null ? null : (names.get(answer.by) ?? ''),
    answer: answer?.text ?? null,
    mine: request.personId === viewer.person.id,
    can_answer: request.state === 'open' && mayAnswer(viewer.person, request),
  }
}

/** Those who keep the records of machines, or read them, see each; a customer's administrator his own; anybody else what policy shows him. */
async function seenBy({ sessions }: HttpApiPorts, viewer: Asker, machines: readonly Device[]): Promise<Map<DeviceId, Device>> {
  const readsRecords = viewer.person.roles.some(
    (role) => role === 'service_administrator' || role === 'auditor' || role === 'security_team',
  )
  if (readsRecords) return byId(machines)
  const { person } = viewer
  const isOwn = (device: Device): boolean =>
    person.roles.includes('customer_administrator') && device.organisationId === person.organisationId
  const others = machines.filter((device) => !isOwn(device))
  return byId([...machines.filter(isOwn), ...(await visibleAmong(sessions, viewer, others))])
}

const byId = (devices: readonly Device[]): Map<DeviceId, Device> => new Map(devices.map((device) => [device.id, device]))

async function visibleAmong(room: HttpApiPorts['sessions'], asker: Asker, machines: readonly Device[]): Promise<Device[]> {
  const seen: Device[] = []
  for (const device of machines) {
    const [decision] = await askPolicy(room, { action: 'view', asker, device, services: [null], session: null })
    if (decision?.result.allow === true) seen.push(device)
  }
  return seen
}
