import { expect, it } from 'vitest'
import { systemRandom } from './basics/random.ts'
import { wholeInstallation } from './basics/scope.ts'
import { serviceOrganisationOf } from './first-start.ts'
import { temporaryStorage } from './storage/testing/temporary-storage.ts'

it('makes the service organisation once', async () => {
  await using temporary = await temporaryStorage()
  const { storage } = temporary
  const id = await serviceOrganisationOf(storage, 'Acme', systemRandom)
  expect(await serviceOrganisationOf(storage, 'Acme', systemRandom)).toBe(id)
  expect(await storage.people.listOrganisations(wholeInstallation)).toEqual([{ id, name: 'Acme', kind: 'service' }])
})

it('takes up the organisation that a crash left without its fact', async () => {
  await using temporary = await temporaryStorage()
  const { storage } = temporary
  const made = { id: `org_${'a'.repeat(32)}` as never, name: 'Acme', kind: 'service' as const }
  await storage.people.insertOrganisation(made, [])
  expect(await serviceOrganisationOf(storage, 'Acme', systemRandom)).toBe(made.id)
  expect(await storage.people.listOrganisations(wholeInstallation)).toHaveLength(1)
})
