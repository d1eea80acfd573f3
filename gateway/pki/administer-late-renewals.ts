import type { Clock } from '../basics/clock.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { DeviceId } from '../basics/ids.ts'
import type { NewEvent } from '../ledger/event.ts'
import type { LateRenewal } from './late-renewal-store.ts'
import type { LateRenewals } from './renew-late.ts'
import type { WaitingRenewal } from './waiting-renewals.ts'

/** What the portal shows of a device whose certificate had ended. */
export interface LateRenewalView {
  /** It asks now. */
  readonly waiting: WaitingRenewal | null
  /** The last that was decided, also about a certificate of before. */
  readonly decided: LateRenewal | null
}

/** How administrators see and decide about machines whose certificate ended while they were away. */
export interface LateRenewalAdministration {
  views(deviceIds: readonly DeviceId[]): Promise<ReadonlyMap<DeviceId, LateRenewalView>>
  /**
   * About the key that asks now, and no other.
   *
   * @throws CodedError `no_such_renewal`
   */
  decide(deviceId: DeviceId, publicKeyFingerprint: string, standing: 'confirmed' | 'refused', actor: NewEvent['actor']): Promise<void>
}

export function createLateRenewalAdministration(late: Pick<LateRenewals, 'store' | 'waiting'>, clock: Clock): LateRenewalAdministration {
  return {
    async views(deviceIds) {
      const decided = await late.store.findMany(deviceIds)
      return new Map(deviceIds.map((id) => [id, { waiting: late.waiting.find(id) ?? null, decided: decided.get(id) ?? null }]))
    },
    async decide(deviceId, publicKeyFingerprint, standing, actor) {
      const asks = late.waiting.find(deviceId)
      if (asks === undefined || asks.publicKeyFingerprint !== publicKeyFingerprint)
        throw new CodedError({
          code: 'no_such_renewal',
          message: 'The machine does not ask with this key now. Look at it again.',
          remedy: 'conflict',
        })
      const { certificate, endedAt } = asks
      const detail = { certificate, ended_at: Math.floor(endedAt / 1000), public_key: publicKeyFingerprint }
      await late.store.decide(
        { deviceId, certificate, publicKeyFingerprint, standing, byPerson: true, endedAt, decidedAt: clock.nowMs() },
        [{ log: { kind: 'g', device: deviceId }, type: `renewal.${standing}`, session: null, actor, detail }],
      )
      if (standing === 'confirmed') late.waiting.drop(deviceId)
      // Who was refused can still be confirmed while nobody else asks; he keeps no other out.
      else if (late.waiting.find(deviceId)?.publicKeyFingerprint === publicKeyFingerprint) late.waiting.refuse(deviceId)
    },
  }
}
