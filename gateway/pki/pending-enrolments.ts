import { enrolmentCode } from '../../agent/wire/enrolment-code.ts'
import type { Clock } from '../basics/clock.ts'
import type { DeviceId } from '../basics/ids.ts'

/** A machine asks again each minute; one that does not is not there. */
const askedForMs = 5 * 60_000
const mostPending = 10_000

/** Machines with the right password whose key nobody has compared yet. What they ask is forgotten with the process: they ask again. */
export interface PendingEnrolments {
  put(deviceId: DeviceId, publicKeyFingerprint: string): void
  /** The key that asks now, and its code. */
  find(deviceId: DeviceId): { readonly publicKeyFingerprint: string; readonly code: string } | undefined
  drop(deviceId: DeviceId): void
}

export function createPendingEnrolments(clock: Clock, onChange: (deviceId: DeviceId) => void): PendingEnrolments {
  const asked = new Map<DeviceId, { readonly publicKeyFingerprint: string; readonly atMs: number }>()
  return {
    put: (deviceId, publicKeyFingerprint) => {
      const before = asked.get(deviceId)
      asked.delete(deviceId)
      asked.set(deviceId, { publicKeyFingerprint, atMs: clock.monotonicMs() })
      if (asked.size > mostPending) asked.delete(asked.keys().next().value as DeviceId)
      if (before?.publicKeyFingerprint !== publicKeyFingerprint) onChange(deviceId)
    },
    find: (deviceId) => {
      const found = asked.get(deviceId)
      if (found === undefined || clock.monotonicMs() - found.atMs > askedForMs) return undefined
      return { publicKeyFingerprint: found.publicKeyFingerprint, code: enrolmentCode(found.publicKeyFingerprint) }
    },
    drop: (deviceId) => void asked.delete(deviceId),
  }
}
