import { enrolmentStoreContract } from '../../gateway/pki/enrolment-store.contract.ts'
import { memoryEnrolmentStore } from './memory-enrolment-store.ts'

enrolmentStoreContract(() => {
  const store = memoryEnrolmentStore()
  return Promise.resolve({
    store,
    admission: store,
    open: (id, hash) => Promise.resolve(store.open(id, hash)),
    confirmKey: (id, key) => Promise.resolve(store.confirmKey(id, key)),
    close: () => Promise.resolve(),
  })
})
