import { describe, expect, it } from 'vitest'
import { organisationEvent, organisationId } from './testing/example-records.ts'
import type { StorageUnderTest } from './testing/temporary-storage.ts'
import { underStorage } from './testing/under-storage.ts'

/** Every implementation of `InstallationStore` passes this. */
export function installationStoreContract(create: () => Promise<StorageUnderTest>): void {
  const withStorage = underStorage(create)

  describe('an installation store', () => {
    it(
      'keeps single facts with their version',
      withStorage(async ({ installation }) => {
        expect(await installation.get('service_organisation')).toBeUndefined()
        await installation.put('service_organisation', organisationId('north'), 0, [])
        expect(await installation.get('service_organisation')).toEqual({ value: organisationId('north'), version: 1 })
        await installation.put('active_policy', { revision: 'sha256:a', activatedAt: 1 }, 0, [])
        await installation.put('active_policy', { revision: 'sha256:b', activatedAt: 2 }, 1, [
          organisationEvent('north', 'policy.activated'),
        ])
        expect(await installation.get('active_policy')).toEqual({ value: { revision: 'sha256:b', activatedAt: 2 }, version: 2 })
      }),
    )

    it(
      'lets one of two changes win',
      withStorage(async ({ installation }) => {
        const put = (tokenHash: string, version: number) =>
          installation.put('first_administrator', { tokenHash, expiresAt: 1, completedAt: null }, version, [])
        for (const version of [0, 1]) {
          const outcomes = await Promise.allSettled([put('a', version), put('b', version)])
          expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected'])
          expect((outcomes[1] as PromiseRejectedResult).reason).toMatchObject({ code: 'stale_version' })
        }
        await expect(put('c', 9)).rejects.toMatchObject({ code: 'stale_version' })
      }),
    )
  })
}
