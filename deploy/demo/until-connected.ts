import type { Clock } from '../../gateway/basics/clock.ts'
import type { DeviceId } from '../../gateway/basics/ids.ts'
import type { DeviceLinks } from '../../gateway/devices/device-link.ts'

/** One that was revoked or suspended in an earlier run of the demo never comes. */
const longestMs = 5_000

/** Resolves when each of these machines has its tunnel, or will not get it soon. */
export function untilConnected(links: Pick<DeviceLinks, 'get' | 'onConnected'>, ids: readonly DeviceId[], clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel()
      unsubscribe()
      resolve()
    }
    const look = (): void => {
      if (ids.every((id) => links.get(id) !== undefined)) done()
    }
    const unsubscribe = links.onConnected(look)
    const timer = clock.after(longestMs, done)
    look()
  })
}
