import fc from 'fast-check'
import type { Device } from '../../devices/device.ts'
import type { Person } from '../../people/person.ts'
import type { Storage } from '../../storage/create-storage.ts'
import { exampleDevice, examplePerson, organisationId } from '../../storage/testing/example-records.ts'

const permissions = ['remote_access', 'service_http', 'service_ssh', 'file_transfer']
const nowS = 1_795_500_000

const personFacts = fc.record({
  status: fc.constantFrom('active', 'active', 'active', 'disabled'),
  regions: fc.constantFrom(['north', 'south'], ['north'], ['south'], []),
  permissions: fc.oneof(fc.constant(permissions), fc.subarray(permissions)),
  trainings: fc.oneof(
    fc.constant(['press', 'platesetter'].map((productLine) => ({ productLine, level: 3, validUntil: nowS + 90_000 }))),
    fc.array(
      fc.record({
        productLine: fc.constantFrom('press', 'platesetter'),
        level: fc.integer({ min: 0, max: 3 }),
        validUntil: fc.integer({ min: nowS - 5_000, max: nowS + 90_000 }),
      }),
      { maxLength: 3 },
    ),
  ),
  undertaking: fc.constantFrom(
    { version: '2026-11', acceptedAt: 1 },
    { version: '2026-11', acceptedAt: 1 },
    { version: 'old', acceptedAt: 1 },
    null,
  ),
}) as fc.Arbitrary<Partial<Person>>

const deviceFacts = fc.record({
  region: fc.constantFrom('north', 'south'),
  productLine: fc.constantFrom('press', 'platesetter'),
  organisationId: fc.constantFrom(organisationId('north'), organisationId('south')),
  timeZone: fc.constantFrom('Europe/Berlin', 'Asia/Kolkata'),
  contract: fc.constantFrom('active', 'active', 'active', 'ended'),
  status: fc.constantFrom('active', 'active', 'active', 'active', 'registered', 'suspended', 'revoked'),
  remoteAllowed: fc.constantFrom(true, true, true, false),
  services: fc.subarray(
    [
      { name: 'hmi', kind: 'http', title: 'Operating panel', enabled: true },
      { name: 'shell', kind: 'ssh', title: 'Shell', enabled: true },
      { name: 'plc', kind: 'tcp', title: 'Control', enabled: false },
    ],
    { minLength: 1 },
  ),
  switches: fc.record({ hmi: fc.constantFrom(true, true, false), shell: fc.constantFrom(true, true, false) }, { requiredKeys: [] }),
  recording: fc.record({ hmi: fc.constantFrom('off', 'mask_all') }, { requiredKeys: [] }),
}) as fc.Arbitrary<Partial<Device>>

/** For tests: people and machines of many kinds, the same for the same seed; stored beside those that are there. */
export async function storePopulation(
  storage: Storage,
  { people, machines, seed }: { readonly people: number; readonly machines: number; readonly seed: number },
): Promise<{ readonly people: readonly Person[]; readonly machines: readonly Device[] }> {
  const made = {
    people: fc.sample(personFacts, { numRuns: people, seed }).map((facts, index) => examplePerson(`p-${index}`, facts)),
    machines: fc
      .sample(deviceFacts, { numRuns: machines, seed })
      .map((facts, index) => exampleDevice(`m-${index}`, { ...facts, site: 'Plant' })),
  }
  for (const person of made.people) await storage.people.insert(person, [])
  for (const machine of made.machines) await storage.devices.insert(machine, [])
  return made
}
