import { X509Certificate } from 'node:crypto'
import type { DeviceId } from '../basics/ids.ts'
import type { Random } from '../basics/random.ts'
import type { NewEvent } from '../ledger/event.ts'
import { newEnrolmentPassword } from './enrolment-password.ts'
import type { EnrolmentState, EnrolmentStore } from './enrolment-store.ts'

/** Keeps the hash of a new one-time password, and voids what was before it. */
export interface EnrolmentOpener {
  open(deviceId: DeviceId, passwordHash: string, events: readonly NewEvent[]): Promise<void>
}

/** Opening a machine's enrolment, and what became of it. */
export interface EnrolmentAdministration {
  /** Makes a new one-time password and voids the one before; it is given back here and kept as a hash. */
  open(deviceId: DeviceId, events: readonly NewEvent[]): Promise<string>
  /** `certificateExpiresAt`: Unix seconds. */
  state(deviceId: DeviceId): Promise<{ readonly state: EnrolmentState | 'none'; readonly certificateExpiresAt: number | null }>
}

export function createEnrolmentAdministration(
  store: Pick<EnrolmentStore, 'find'> & EnrolmentOpener,
  random: Random,
): EnrolmentAdministration {
  return {
    async open(deviceId, events) {
      const { password, passwordHash } = newEnrolmentPassword(random)
      await store.open(deviceId, passwordHash, events)
      return password
    },
    async state(deviceId) {
      const record = await store.find(deviceId)
      if (record === undefined) return { state: 'none', certificateExpiresAt: null }
      const notAfterMs = record.certificatePem === null ? null : new X509Certificate(record.certificatePem).validToDate.getTime()
      return { state: record.state, certificateExpiresAt: notAfterMs === null ? null : Math.floor(notAfterMs / 1000) }
    },
  }
}
