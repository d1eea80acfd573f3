import { CodedError } from '../basics/coded-error.ts'
import type { DeviceId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { Device } from '../devices/device.ts'
import { askPolicy } from './ask-policy.ts'
import type { Asker } from './decision-facts.ts'
import type { SessionRoom } from './session-room.ts'

/** The device, if policy lets this person see it; a device outside his responsibility does not exist for him. */
export async function visibleDevice(room: SessionRoom, asker: Asker, id: DeviceId): Promise<Device> {
  const found = await room.ports.devices.find(wholeInstallation, id)
  // Policy is asked about one that is not there too: else the time of the answer would tell which machines exist.
  const device = found ?? nobodysDevice(id, asker)
  const [decision] = await askPolicy(room, { action: 'view', asker, device, services: [null], session: null })
  if (found !== undefined && decision?.result.allow === true) return found
  throw new CodedError({
    code: 'machine_unknown',
    message: 'There is no such machine for you. Look at the list of your machines.',
    remedy: 'not_found',
  })
}

/** Of no region and no product line, so that no rule of the shipped policy shows it. */
const nobodysDevice = (id: DeviceId, asker: Asker): Device => ({
  id,
  organisationId: asker.person.organisationId,
  name: '',
  site: '',
  region: '',
  country: '',
  timeZone: 'UTC',
  productLine: '',
  model: '',
  contract: 'ended',
  status: 'registered',
  services: [],
  switches: {},
  recording: {},
  attendedOnly: [],
  agentVersion: null,
  boot: null,
  lastEvent: 0,
  lastSeenAt: null,
  remoteOffAt: null,
  remoteAllowed: true,
  createdAt: 0,
  version: 0,
})
