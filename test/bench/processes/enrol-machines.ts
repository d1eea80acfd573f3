import { dirname, join } from 'node:path'
import { systemClock } from '../../../gateway/basics/clock.ts'
import { newOrganisationId, type DeviceId } from '../../../gateway/basics/ids.ts'
import { systemRandom } from '../../../gateway/basics/random.ts'
import { createDevice } from '../../../gateway/devices/administer-device.ts'
import { DeviceChanges } from '../../../gateway/devices/device-changes.ts'
import { gatewayActor } from '../../../gateway/ledger/event.ts'
import { openCertificateAuthority } from '../../../gateway/pki/certificate-authority.ts'
import type { Gateway } from '../../../gateway/start-gateway.ts'
import { enrolTestDevice, type TestCredentials } from '../../support/test-credentials.ts'
import type { OpenedDoor } from './tunnel-door-entry.ts'

/** So many machines of another customer in the records of a real gateway, with certificates, as after their enrolment. */
export async function enrolMachines(
  gateway: Gateway,
  options: { readonly trustDomain: string; readonly machines: number },
): Promise<OpenedDoor> {
  const { trustDomain, machines } = options
  // The gateway keeps its authority beside the file that agents pin.
  const directory = join(dirname(gateway.caFile), 'pki')
  const authority = await openCertificateAuthority({ directory, trustDomain, clock: systemClock, random: systemRandom })
  const { devices, enrolments, people } = gateway.storage
  const organisationId = newOrganisationId(systemRandom)
  await people.insertOrganisation({ id: organisationId, name: 'Storm Customer', kind: 'customer' }, [])
  const room = { store: devices, changes: new DeviceChanges(), clock: systemClock }
  const place = { site: 'Storm', region: 'europe', country: 'DE', timeZone: 'Europe/Berlin', productLine: 'press', model: 'B 1' }
  const credentials: TestCredentials[] = []
  for (let index = 0; index < machines; index += 1) {
    const deviceId = `storm-${index}` as DeviceId
    await createDevice(room, { ...place, id: deviceId, organisationId, name: `Machine ${index}` }, gatewayActor)
    await gateway.enrolments.open(deviceId, [])
    credentials.push(await enrolTestDevice({ authority, store: enrolments, deviceId }))
  }
  return { port: gateway.tunnelPort, caPem: authority.bundlePem, names: 'storm-', credentials }
}
