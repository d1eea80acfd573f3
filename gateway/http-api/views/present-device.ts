import type { Device } from '../../devices/device.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import type { Device as DeviceView } from '../contract/administration.ts'

export async function presentDevice(ports: HttpApiPorts, device: Device): Promise<DeviceView> {
  const enrolment = await ports.enrolments.state(device.id)
  return {
    id: device.id,
    name: device.name,
    organisation: { id: device.organisationId, name: await ports.sessions.organisationName(device.organisationId) },
    site: device.site,
    region: device.region,
    country: device.country,
    time_zone: device.timeZone,
    product_line: device.productLine,
    model: device.model,
    contract: device.contract,
    status: device.status,
    enrolment: enrolment.state,
    online: ports.sessions.ports.links.get(device.id) !== undefined,
    last_seen_at: device.lastSeenAt,
    agent_version: device.agentVersion,
    services: device.services.map(({ name, title, kind, enabled }) => ({
      name,
      title,
      kind,
      enabled_at_machine: enabled,
      enabled: device.switches[name] !== false,
    })),
    certificate_expires_at: enrolment.certificateExpiresAt,
    created_at: device.createdAt,
    version: device.version,
  }
}
