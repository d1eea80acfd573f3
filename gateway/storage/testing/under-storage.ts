import type { StorageUnderTest } from './temporary-storage.ts'
import type { Storage } from '../create-storage.ts'
import { storeExamples } from './example-records.ts'

/** Runs a test of a contract on a fresh storage that holds the examples. */
export function underStorage(create: () => Promise<StorageUnderTest>) {
  return (run: (storage: Storage) => Promise<void>) => async (): Promise<void> => {
    const under = await create()
    try {
      await storeExamples(under.storage)
      await run(under.storage)
    } finally {
      await under.close()
    }
  }
}
