import type { DeviceId } from '../basics/ids.ts'

/** What an administrator must see at once: somebody else may be holding a machine's password. */
export interface EnrolmentAlarm {
  /** `other_key`: the right password came again with another key, and the enrolment is locked now. `guessing`: many wrong passwords. */
  readonly kind: 'other_key' | 'guessing'
  readonly deviceId: DeviceId
  readonly remoteAddress: string
}
