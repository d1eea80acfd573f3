import type { Device } from '../../devices/device.ts'
import type { Person } from '../../people/person.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import type { HelpCall, MachineSummary } from '../contract/machines.ts'

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
    help: callAt(ports, device),
    session:
      live === undefined ? null : { id: live.personId === viewer.id ? live.id : '', state: live.state, mine: live.personId === viewer.id },
  }
}

function callAt({ sessions }: HttpApiPorts, device: Device): HelpCall | null {
  const call = sessions.calls.get(device.id)
  if (call === undefined) return null
  const titleOf = (name: string): string => device.services.find((service) => service.name === name)?.title ?? name
  return {
    id: call.id,
    what: call.what,
    ticket: call.ticket,
    services: call.services.map((name) => ({ name, title: titleOf(name) })),
    by: call.by,
    called_at: Math.floor(call.called_at / 1000),
    lets_in_until: call.lets_in_until === null ? null : Math.floor(call.lets_in_until / 1000),
  }
}
