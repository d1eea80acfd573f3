import type { Device } from '../../devices/device.ts'
import type { Person } from '../../people/person.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import type { MachineSummary } from '../contract/machines.ts'

/** A device as a technician sees it. Who else is in session there is not for him to know, only that somebody is. */
export async function presentMachine(ports: HttpApiPorts, device: Device, viewer: Person): Promise<MachineSummary> {
  const live = ports.sessions.ofDevice(device.id)[0]?.session
  return {
    id: device.id,
    name: device.name,
    organisation: await ports.sessions.organisationName(device.organisationId),
    site: device.site,
    region: device.region,
    country: device.country,
    product_line: device.productLine,
    model: device.model,
    online: ports.sessions.ports.links.get(device.id) !== undefined,
    last_seen_at: device.lastSeenAt,
    remote_off_at: device.remoteOffAt,
    session:
      live === undefined ? null : { id: live.personId === viewer.id ? live.id : '', state: live.state, mine: live.personId === viewer.id },
  }
}
