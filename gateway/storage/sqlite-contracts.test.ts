import { describe } from 'vitest'
import { enrolmentStoreContract } from '../pki/enrolment-store.contract.ts'
import { accessOriginsContract } from './access-origins.contract.ts'
import { decisionLogContract } from './decision-log.contract.ts'
import { deviceStoreContract } from './device-store.contract.ts'
import { draftStoreContract } from './draft-store.contract.ts'
import { eventLogContract } from './event-log.contract.ts'
import { exampleDevice, exampleOrganisation } from './testing/example-records.ts'
import { installationStoreContract } from './installation-store.contract.ts'
import { grantRequestStoreContract } from './grant-request-store.contract.ts'
import { peopleStoreContract } from './people-store.contract.ts'
import { retentionContract } from './retention.contract.ts'
import { sessionStoreContract } from './session-store.contract.ts'
import { signInStoreContract } from './sign-in-store.contract.ts'
import { memoryStorage } from './testing/memory-storage.ts'
import { temporaryStorage } from './testing/temporary-storage.ts'

const storages = [
  ['in a file', temporaryStorage],
  ['in memory', memoryStorage],
] as const

// Every contract, on SQLite.
for (const [where, create] of storages) {
  describe(where, () => {
    deviceStoreContract(create)
    peopleStoreContract(create)
    grantRequestStoreContract(create)
    sessionStoreContract(create)
    signInStoreContract(create)
    eventLogContract(create)
    decisionLogContract(create)
    accessOriginsContract(create)
    installationStoreContract(create)
    retentionContract(create)
    draftStoreContract(create)
  })
}

enrolmentStoreContract(async () => {
  const { storage, close } = await temporaryStorage()
  await storage.people.insertOrganisation(exampleOrganisation('north'), [])
  const registered = new Set<string>()
  return {
    store: storage.enrolments,
    admission: storage.admission,
    close,
    confirmKey: (deviceId, key) => storage.enrolments.confirmKey(deviceId, key, []),
    async open(deviceId, passwordHash) {
      if (!registered.has(deviceId)) await storage.devices.insert(exampleDevice(deviceId, { status: 'registered' }), [])
      registered.add(deviceId)
      await storage.enrolments.open(deviceId, passwordHash, [])
    },
  }
})
