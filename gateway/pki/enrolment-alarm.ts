import type { DeviceId } from '../basics/ids.ts'

/** What an administrator must see at once: somebody else may be holding a machine's password. */
export interface EnrolmentAlarm {
  /** `other_key`: the right password came again with another key, and the enrolment is locked now. `guessing`: many wrong passwords. `other_key_late`: a
   * certificate that has ended came with two keys while a person was asked about one of them. */
  readonly kind: 'other_key' | 'guessing' | 'other_key_late'
  readonly deviceId: DeviceId
  readonly remoteAddress: string
}
