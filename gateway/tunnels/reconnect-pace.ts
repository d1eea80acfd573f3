import type { Clock } from '../basics/clock.ts'
import type { DeviceId } from '../basics/ids.ts'
import type { TunnelLimits } from './tunnel-limits.ts'

export interface ReconnectPace {
  /** Whether this device may have another tunnel now. */
  take(deviceId: DeviceId): boolean
}

/**
 * Each tunnel leaves entries in the device's log and takes its share of the handshakes, so a device that comes back without end, or two
 * that share one key and push each other out, must wait. Only for devices that our records let in: there are as many entries here.
 */
export function createReconnectPace(options: {
  readonly clock: Clock
  readonly limits: Pick<TunnelLimits, 'reconnectBurst' | 'reconnectRefillMs'>
}): ReconnectPace {
  const { clock, limits } = options
  const buckets = new Map<DeviceId, { left: number; filledAtMs: number }>()
  return {
    take(deviceId) {
      const nowMs = clock.monotonicMs()
      const bucket = buckets.get(deviceId) ?? { left: limits.reconnectBurst, filledAtMs: nowMs }
      const left = Math.min(limits.reconnectBurst, bucket.left + (nowMs - bucket.filledAtMs) / limits.reconnectRefillMs)
      const allowed = left >= 1
      buckets.set(deviceId, { left: allowed ? left - 1 : left, filledAtMs: nowMs })
      return allowed
    },
  }
}
