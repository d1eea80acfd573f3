import { newOrganisationId, type DeviceId, type OrganisationId } from '../../gateway/basics/ids.ts'
import type { Random } from '../../gateway/basics/random.ts'
import { wholeInstallation } from '../../gateway/basics/scope.ts'
import { createDevice } from '../../gateway/devices/administer-device.ts'
import { DeviceChanges } from '../../gateway/devices/device-changes.ts'
import { gatewayActor } from '../../gateway/ledger/event.ts'
import { createPerson } from '../../gateway/people/create-person.ts'
import type { Gateway } from '../../gateway/start-gateway.ts'
import { systemClock } from '../../gateway/basics/clock.ts'
import { demoMachines } from './demo-machines.ts'
import { demoPeople } from './demo-people.ts'
import { demoPhoto } from './demo-photo.ts'

/** What the demo remembers of its first start: there is no other place where these passwords could be read again. */
export interface DemoSecrets {
  readonly passwords: Readonly<Record<string, string>>
  readonly enrolments: Readonly<Record<string, string>>
}

/** People with passwords, photos, customers and machines. Runs once for a data folder. */
export async function seedDemo(gateway: Gateway, random: Random): Promise<DemoSecrets> {
  const passwords = await seedPeople(gateway, random)
  const enrolments = await seedMachines(gateway, random)
  return { passwords, enrolments }
}

async function seedPeople(gateway: Gateway, random: Random): Promise<Record<string, string>> {
  const passwords: Record<string, string> = {}
  const nowS = systemClock.nowS()
  await Promise.all(
    demoPeople.map(async (person) => {
      const password = readablePassword(random)
      passwords[person.username] = password
      const facts = { ...person, trainings: person.trainings(nowS), initialPassword: password }
      const created = await createPerson(gateway.people, gateway.serviceOrganisation, facts, gatewayActor)
      const photo = await demoPhoto(person.username)
      if (photo !== null) await gateway.people.provider.putPhoto(created.person.subject, photo)
    }),
  )
  return passwords
}

async function seedMachines(gateway: Gateway, random: Random): Promise<Record<string, string>> {
  const customers = new Map<string, OrganisationId>()
  for (const { name, id } of await gateway.storage.people.listOrganisations(wholeInstallation)) customers.set(name, id)
  for (const name of new Set(demoMachines.map((machine) => machine.customer))) {
    if (customers.has(name)) continue
    const id = newOrganisationId(random)
    await gateway.storage.people.insertOrganisation({ id, name, kind: 'customer' }, [
      { log: { kind: 'o', organisation: id }, type: 'organisation.created', session: null, actor: gatewayActor, detail: { name } },
    ])
    customers.set(name, id)
  }
  const room = { store: gateway.storage.devices, changes: new DeviceChanges(), clock: systemClock }
  const passwords: Record<string, string> = {}
  for (const machine of demoMachines) {
    const organisationId = customers.get(machine.customer)
    if (organisationId === undefined) continue
    const device = await createDevice(room, { ...machine, id: machine.id as DeviceId, organisationId }, gatewayActor)
    passwords[machine.id] = await gateway.enrolments.open(device.id, [])
  }
  return passwords
}

const consonants = 'bdfghklmnprstvz'
const vowels = 'aeiou'

/** Three made-up words and two digits: 54 bits, and it can be typed from a screen. */
function readablePassword(random: Random): string {
  const pick = (from: string): string => from.charAt(Math.floor(random.fraction() * from.length))
  const word = (): string => `${pick(consonants)}${pick(vowels)}${pick(consonants)}${pick(vowels)}${pick(consonants)}`
  return `${word()}-${word()}-${word()}-${Math.floor(10 + random.fraction() * 90)}`
}
