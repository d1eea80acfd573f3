import { enrolmentCode } from '../../agent/wire/enrolment-code.ts'
import type { Clock } from '../basics/clock.ts'
import type { DeviceId } from '../basics/ids.ts'

/** A machine asks again at least so often; one that does not is not there. */
const askedForMs = 10 * 60_000
const mostWaiting = 10_000
/** RFC 7030, section 4.2.3. With many that wait each asks less often: all of them together some twenty times a second. */
const soonestRetryS = 10
const latestRetryS = 300
const asksPerSecond = 20

/** A machine whose certificate has ended, and that may not renew it by itself. */
export interface WaitingRenewal {
  readonly deviceId: DeviceId
  /** Of the certificate that has ended, as in `CertificateRecord`. */
  readonly certificate: string
  /** Of the key for which the new one is asked. */
  readonly publicKeyFingerprint: string
  /** It is the key of that certificate: what the machine itself asks with. */
  readonly isOwnKey: boolean
  /** Unix milliseconds: the end of the certificate. */
  readonly endedAt: number
  readonly remoteAddress: string
  /** Unix milliseconds. */
  readonly sinceMs: number
  /** What the machine's panel shows. */
  readonly code: string
}

export type Ask = Omit<WaitingRenewal, 'sinceMs' | 'code'>

/** Who waits for a person, one for each device. What they ask is forgotten with the process: they ask again. */
export interface WaitingRenewals {
  /**
   * `new`: nobody waited for this device, or one whom a person has refused. `other`: another key does, and stays. A waiting renewal: that one had to
   * give way. Who has a copy of the machine's key could have any number of keys of his own wait, and so keep the machine out for good, were he
   * only quick enough: so the key of the certificate that ended goes before every other one.
   *
   * @param isRefused - a person has refused this key for this certificate: it is kept, for whoever changes his mind, until another one asks
   */
  put(ask: Ask, isRefused?: boolean): 'new' | 'known' | 'other' | WaitingRenewal
  find(deviceId: DeviceId): WaitingRenewal | undefined
  drop(deviceId: DeviceId): void
  /** Who waits for this device gives way to any other key from now on. */
  refuse(deviceId: DeviceId): void
  /** Seconds after which those that wait ask again. */
  readonly retryS: number
}

export function createWaitingRenewals(
  clock: Clock,
  { most = mostWaiting, soonestS = soonestRetryS }: { readonly most?: number; readonly soonestS?: number } = {},
): WaitingRenewals {
  const asked = new Map<DeviceId, { readonly waiting: WaitingRenewal; readonly atMs: number; isRefused: boolean }>()
  const there = (deviceId: DeviceId): WaitingRenewal | undefined => {
    const found = asked.get(deviceId)
    if (found !== undefined && clock.monotonicMs() - found.atMs <= askedForMs) return found.waiting
    asked.delete(deviceId)
    return undefined
  }
  return {
    put: (ask, isRefused = false) => {
      const found = there(ask.deviceId)
      const isSame = found?.publicKeyFingerprint === ask.publicKeyFingerprint && found.certificate === ask.certificate
      const wasRefused = asked.get(ask.deviceId)?.isRefused ?? false
      const givesWay = !isRefused && (wasRefused || (ask.isOwnKey && found?.isOwnKey === false))
      if (found !== undefined && !isSame && !givesWay) return 'other'
      const before = isSame ? found : undefined
      const waiting = { ...ask, sinceMs: before?.sinceMs ?? clock.nowMs(), code: enrolmentCode(ask.publicKeyFingerprint) }
      // At the end of the row: who has been silent for longest goes first.
      asked.delete(ask.deviceId)
      asked.set(ask.deviceId, { waiting, atMs: clock.monotonicMs(), isRefused: isRefused || (isSame && wasRefused) })
      if (asked.size > most) asked.delete(asked.keys().next().value as DeviceId)
      if (found !== undefined && !isSame && !wasRefused) return found
      return before === undefined ? 'new' : 'known'
    },
    find: there,
    drop: (deviceId) => void asked.delete(deviceId),
    refuse: (deviceId) => {
      const found = asked.get(deviceId)
      if (found !== undefined) found.isRefused = true
    },
    get retryS() {
      return Math.min(latestRetryS, Math.max(soonestS, Math.ceil(asked.size / asksPerSecond)))
    },
  }
}
