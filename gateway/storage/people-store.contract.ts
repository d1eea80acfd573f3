import { describe, expect, it } from 'vitest'
import { scopeOf, wholeInstallation } from '../basics/scope.ts'
import { exampleOrganisation, examplePerson, organisationEvent, organisationId, personId } from './testing/example-records.ts'
import type { StorageUnderTest } from './testing/temporary-storage.ts'
import { underStorage } from './testing/under-storage.ts'

/** Every implementation of `PeopleStore` passes this. */
export function peopleStoreContract(create: () => Promise<StorageUnderTest>): void {
  const withStorage = underStorage(create)
  const first = { limit: 10, after: null }

  describe('a people store', () => {
    it(
      'gives back organisations and persons as they were put in',
      withStorage(async ({ people }) => {
        const person = examplePerson('Zoë', { undertaking: null, photoSha256: 'aa', trainings: [], roles: [] })
        await people.insert(person, [organisationEvent('north', 'account.created')])
        expect(await people.find(wholeInstallation, person.id)).toEqual(person)
        expect(await people.findBySubject(person.issuer, person.subject)).toEqual(person)
        expect(await people.findBySubject('https://other.example', person.subject)).toBeUndefined()
        expect(await people.findOrganisation(wholeInstallation, organisationId('north'))).toEqual(exampleOrganisation('north'))
        expect((await people.listOrganisations(wholeInstallation)).map(({ name }) => name)).toEqual(['north', 'south'])
      }),
    )

    it(
      'gives back several at once: those that exist, within the scope',
      withStorage(async ({ people }) => {
        await people.insert(examplePerson('Zoë'), [])
        const ids = ['Ada', 'Nobody', 'Zoë'].map(personId)
        const found = await people.findMany(wholeInstallation, ids)
        expect(found.map(({ name }) => name).toSorted()).toEqual(['Ada', 'Zoë'])
        expect(found.find(({ name }) => name === 'Zoë')).toEqual(examplePerson('Zoë'))
        expect(await people.findMany(scopeOf(organisationId('south')), ids)).toEqual([])
        expect(await people.findMany(wholeInstallation, [])).toEqual([])
      }),
    )

    it(
      'knows each (issuer, subject) once',
      withStorage(async ({ people }) => {
        const twin = examplePerson('Twin', { subject: 'Ada' })
        await expect(people.insert(twin, [])).rejects.toMatchObject({ code: 'person_exists', remedy: 'conflict' })
        await people.insert({ ...twin, issuer: 'https://other.example' }, [])
        await expect(people.insertOrganisation(exampleOrganisation('north'), [])).rejects.toMatchObject({ code: 'organisation_exists' })
      }),
    )

    it(
      'lets one of two changes of the same version win',
      withStorage(async ({ people }) => {
        const change = (name: string) => people.update(wholeInstallation, examplePerson('Ada', { name, version: 2 }), [])
        await change('Ada L.')
        await expect(change('Ada B.')).rejects.toMatchObject({ code: 'stale_version' })
        expect(await people.find(wholeInstallation, personId('Ada'))).toMatchObject({ name: 'Ada L.', version: 2 })
      }),
    )

    it(
      'lets nobody go who is the last of a role, also not two in the same moment',
      withStorage(async ({ people }) => {
        await people.insert(examplePerson('Cleo', { roles: ['auditor', 'technician'] }), [])
        await people.insert(examplePerson('Dora', { status: 'disabled' }), [])
        const leave = (name: string) =>
          people.update(wholeInstallation, examplePerson(name, { roles: [], version: 2 }), [], { keeps: 'technician' })
        const results = await Promise.allSettled([leave('Ada'), leave('Cleo')])
        expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
        await expect(leave('Cleo')).rejects.toMatchObject({ code: 'last_of_role', remedy: 'conflict' })
        expect(await people.find(wholeInstallation, personId('Cleo'))).toMatchObject({ roles: ['auditor', 'technician'], version: 1 })
      }),
    )

    it(
      'filters and searches',
      withStorage(async ({ people }) => {
        await people.insert(examplePerson('Cleo', { roles: ['security_team', 'auditor'], status: 'disabled', username: 'c.leo' }), [])
        const found = async (filter: Parameters<typeof people.list>[1]) =>
          (await people.list(wholeInstallation, filter, first)).items.map(({ name }) => name)
        expect(await found({})).toEqual(['Ada', 'Bea', 'Cleo'])
        expect(await found({ role: 'auditor' })).toEqual(['Cleo'])
        expect(await found({ role: 'technician' })).toEqual(['Ada', 'Bea'])
        expect(await found({ status: 'disabled' })).toEqual(['Cleo'])
        expect(await found({ search: 'C.L' })).toEqual(['Cleo'])
        expect(await found({ organisation: organisationId('south') })).toEqual(['Bea'])
      }),
    )

    it(
      'pages',
      withStorage(async ({ people }) => {
        const page = await people.list(wholeInstallation, {}, { limit: 1, after: null })
        expect(page.items.map(({ name }) => name)).toEqual(['Ada'])
        const next = await people.list(wholeInstallation, {}, { limit: 1, after: page.next })
        expect(next).toMatchObject({ items: [{ name: 'Bea' }], next: null })
      }),
    )

    it(
      'remembers how far it followed the feed of each provider',
      withStorage(async ({ people }) => {
        expect(await people.feedPosition('https://id.example')).toBe(0)
        await people.saveFeedPosition('https://id.example', 5)
        await people.saveFeedPosition('https://id.example', 9)
        expect(await people.feedPosition('https://id.example')).toBe(9)
        expect(await people.feedPosition('https://other.example')).toBe(0)
      }),
    )
  })
}
