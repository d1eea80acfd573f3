import type { Device } from '../../devices/device.ts'
import type { LateRenewalView } from '../../pki/administer-late-renewals.ts'
import type { EnrolmentSummary } from '../../pki/enrolment-administration.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import type { Device as DeviceView } from '../contract/administration.ts'

export async function presentDevice(ports: HttpApiPorts, device: Device): Promise<DeviceView> {
  const [view] = await presentDevices(ports, [device])
  return view as DeviceView
}

/** A page of devices with one question for all enrolments, and one for each customer that is on it. */
export async function presentDevices(ports: HttpApiPorts, devices: readonly Device[]): Promise<DeviceView[]> {
  const enrolments = await ports.enrolments.summaries(devices.map(({ id }) => id))
  const renewals = await ports.lateRenewals.views(devices.map(({ id }) => id))
  const owners = [...new Set(devices.map(({ organisationId }) => organisationId))]
  const names = new Map(await Promise.all(owners.map(async (id) => [id, await ports.sessions.organisationName(id)] as const)))
  return devices.map((device) => ({
    ...view(ports, device, names.get(device.organisationId) ?? '', enrolments.get(device.id)),
    late_renewal: presentLateRenewal(renewals.get(device.id)),
  }))
}

function presentLateRenewal(renewal: LateRenewalView | undefined): DeviceView['late_renewal'] {
  const { waiting = null, decided = null } = renewal ?? {}
  if (waiting === null && decided === null) return null
  return {
    waiting: waiting && {
      public_key: waiting.publicKeyFingerprint,
      own_key: waiting.isOwnKey,
      code: waiting.code,
      ended_at: seconds(waiting.endedAt),
      since: seconds(waiting.sinceMs),
      address: waiting.remoteAddress,
    },
    decided: decided && {
      standing: decided.standing,
      by_person: decided.byPerson,
      ended_at: seconds(decided.endedAt),
      decided_at: seconds(decided.decidedAt),
    },
  }
}

const seconds = (ms: number): number => Math.floor(ms / 1000)

function view(
  ports: HttpApiPorts,
  device: Device,
  organisationName: string,
  enrolment: EnrolmentSummary | undefined,
): Omit<DeviceView, 'late_renewal'> {
  return {
    id: device.id,
    name: device.name,
    organisation: { id: device.organisationId, name: organisationName },
    site: device.site,
    region: device.region,
    country: device.country,
    time_zone: device.timeZone,
    product_line: device.productLine,
    model: device.model,
    contract: device.contract,
    status: device.status,
    enrolment: enrolment?.state ?? 'none',
    enrolment_code: ports.enrolments.code(device.id),
    online: ports.sessions.ports.links.get(device.id) !== undefined,
    last_seen_at: device.lastSeenAt,
    remote_off_at: device.remoteOffAt,
    remote_allowed: device.remoteAllowed,
    agent_version: device.agentVersion,
    services: device.services.map(({ name, title, kind, enabled, recorded = true, mode = 'attended' }) => ({
      name,
      title,
      kind,
      enabled_at_machine: enabled,
      enabled: device.switches[name] !== false,
      recorded_at_machine: kind === 'http' && recorded,
      recording: device.recording[name] ?? 'mask_all',
      mode,
      attended_only: device.attendedOnly.includes(name),
    })),
    certificate_expires_at: enrolment?.certificateExpiresAt ?? null,
    created_at: device.createdAt,
    version: device.version,
  }
}
