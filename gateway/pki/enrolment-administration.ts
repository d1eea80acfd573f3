import type { DeviceId } from '../basics/ids.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { Random } from '../basics/random.ts'
import type { NewEvent } from '../ledger/event.ts'
import { newEnrolmentPassword } from './enrolment-password.ts'
import type { EnrolmentState } from './enrolment-store.ts'
import type { PendingEnrolments } from './pending-enrolments.ts'

export interface EnrolmentSummary {
  readonly state: EnrolmentState
  /** Unix seconds: the end of the newest certificate that counts, a renewed one too; null before the first. */
  readonly certificateExpiresAt: number | null
}

/** Keeps the hash of a new one-time password, and voids what was before it. */
export interface EnrolmentOpener {
  open(deviceId: DeviceId, passwordHash: string, events: readonly NewEvent[]): Promise<void>
  /** One question for a whole page of devices; without an enrolment a device is not in the answer. */
  summaries(deviceIds: readonly DeviceId[]): Promise<ReadonlyMap<DeviceId, EnrolmentSummary>>
  confirmKey(deviceId: DeviceId, publicKeyFingerprint: string, events: readonly NewEvent[]): Promise<void>
}

/** Opening a machine's enrolment, and what became of it. */
export interface EnrolmentAdministration {
  /** Makes a new one-time password and voids the one before; it is given back here and kept as a hash. */
  open(deviceId: DeviceId, events: readonly NewEvent[]): Promise<string>
  summaries(deviceIds: readonly DeviceId[]): Promise<ReadonlyMap<DeviceId, EnrolmentSummary>>
  /** What the panel of a machine that waits shows; null for one that does not. */
  code(deviceId: DeviceId): string | null
  /** The person saw the same code at the machine. @throws CodedError `no_such_code`, `enrolment_not_open` */
  confirm(deviceId: DeviceId, code: string, events: readonly NewEvent[]): Promise<void>
}

export function createEnrolmentAdministration(
  store: EnrolmentOpener,
  random: Random,
  pending: PendingEnrolments | null = null,
): EnrolmentAdministration {
  return {
    async open(deviceId, events) {
      const { password, passwordHash } = newEnrolmentPassword(random)
      await store.open(deviceId, passwordHash, events)
      return password
    },
    summaries: (deviceIds) => store.summaries(deviceIds),
    code: (deviceId) => pending?.find(deviceId)?.code ?? null,
    async confirm(deviceId, code, events) {
      const asks = pending?.find(deviceId)
      if (asks === undefined || asks.code !== code)
        throw new CodedError({
          code: 'no_such_code',
          message: 'The machine does not ask with this code now. Look at its panel again.',
          remedy: 'conflict',
        })
      await store.confirmKey(deviceId, asks.publicKeyFingerprint, events)
      pending?.drop(deviceId)
    },
  }
}
