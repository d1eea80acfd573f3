import { describe, expect, it } from 'vitest'
import type { OrganisationId, ServiceName } from '../basics/ids.ts'
import { scopeOf, wholeInstallation } from '../basics/scope.ts'
import type { GrantRequest } from '../grants/grant-request.ts'
import type { Role } from '../people/person.ts'
import { deviceId, exampleGrantRequest as example, organisationEvent, organisationId, personId } from './testing/example-records.ts'
import type { StorageUnderTest } from './testing/temporary-storage.ts'
import { underStorage } from './testing/under-storage.ts'

const about = { deviceId: deviceId('press-1'), service: 'hmi' as ServiceName, code: 'switch_off' }
const ended = (n: number, change: Partial<GrantRequest> = {}): GrantRequest =>
  example(n, { state: 'declined', answer: { at: 1_790_000_500, by: personId('Ada'), text: 'Not now' }, ...change })
const page = { limit: 10, after: null }

/** Every implementation of `GrantRequestStore` passes this. */
export function grantRequestStoreContract(create: () => Promise<StorageUnderTest>): void {
  const withStorage = underStorage(create)

  describe('a store of requests for a grant', () => {
    it(
      'gives back what it was given, with its event in the same unit',
      withStorage(async ({ grantRequests, events }) => {
        const general = example(2, { about: null, note: 'I start in Spain on Monday' })
        await grantRequests.insert(example(1), [organisationEvent('north', 'grant.requested')])
        await grantRequests.insert(general, [])
        expect(await grantRequests.find(wholeInstallation, example(1).id)).toEqual(example(1))
        expect(await grantRequests.find(wholeInstallation, general.id)).toEqual(general)
        expect(await grantRequests.find(scopeOf(organisationId('south')), example(1).id)).toBeUndefined()
        const recorded = await events.list(wholeInstallation, { organisation: organisationId('north') }, page)
        expect(recorded.items.map(({ type }) => type)).toContain('grant.requested')
      }),
    )

    it(
      'has the same thing of the same person open once, and again after it ended',
      withStorage(async ({ grantRequests }) => {
        await grantRequests.insert(example(1), [])
        await expect(grantRequests.insert(example(2), [])).rejects.toMatchObject({ code: 'grant_request_exists' })
        await grantRequests.end(wholeInstallation, ended(1), [])
        await expect(grantRequests.end(wholeInstallation, ended(1), [])).rejects.toMatchObject({ code: 'stale_version' })
        await grantRequests.insert(example(2), [])
        expect(await grantRequests.find(wholeInstallation, example(1).id)).toEqual(ended(1))
      }),
    )

    it(
      'lists and counts by person, machine, list and whether it is open, newest first, page by page',
      withStorage(async ({ grantRequests }) => {
        const all = [
          example(1),
          example(2, { about: { ...about, code: 'contract_ended' } }),
          example(3, { about: { ...about, code: 'mine_alone' }, answeredByRole: 'security_team' }),
          example(4, { about: null }),
        ]
        for (const request of all) await grantRequests.insert(request, [])
        await grantRequests.end(wholeInstallation, ended(2, { about: { ...about, code: 'contract_ended' } }), [])
        const ids = async (filter: Parameters<typeof grantRequests.list>[1]) =>
          (await grantRequests.list(wholeInstallation, filter, page)).items.map(({ askedAt }) => askedAt - 1_790_000_000)
        expect(await ids({})).toEqual([4, 3, 2, 1])
        const north = organisationId('north')
        const onList = (...roles: Role[]) => ({ list: { roles, organisation: north } })
        expect(await ids({ open: true, ...onList('service_administrator', 'auditor') })).toEqual([4, 1])
        expect(await ids(onList())).toEqual([])
        expect(await ids({ device: deviceId('press-1'), open: false })).toEqual([2])
        expect(await ids({ person: personId('nobody') })).toEqual([])
        expect(await grantRequests.count(wholeInstallation, { open: true, ...onList('service_administrator') })).toBe(2)
        expect(await grantRequests.count(wholeInstallation, { person: personId('Ada'), sinceS: 1_790_000_003 })).toBe(2)
        const first = await grantRequests.list(wholeInstallation, {}, { limit: 3, after: null })
        const second = await grantRequests.list(wholeInstallation, {}, { limit: 3, after: first.next })
        expect([first.items.length, second.items.map(({ askedAt }) => askedAt - 1_790_000_000), second.next]).toEqual([3, [1], null])
      }),
    )

    it(
      'keeps what one customer decides off the list of every other',
      withStorage(async ({ grantRequests }) => {
        const north = organisationId('north')
        const request = example(1, { answeredByRole: 'customer_administrator', answeredByOrganisation: north })
        await grantRequests.insert(request, [])
        const onList = async (organisation: OrganisationId) =>
          (await grantRequests.list(wholeInstallation, { list: { roles: ['customer_administrator'], organisation } }, page)).items
        expect(await onList(north)).toEqual([request])
        expect(await onList(organisationId('south'))).toEqual([])
      }),
    )
  })
}
