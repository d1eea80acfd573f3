import type { DeviceId } from '../basics/ids.ts'
import type { DeviceLink, DeviceLinks } from '../devices/device-link.ts'

export interface LinkRegistry extends DeviceLinks {
  readonly size: number
  /** The newest link of a device wins: it takes over, listeners hear of it, and only then the older one is closed. */
  add(link: DeviceLink): void
}

/** One live link for each device. `onListenerError`: a listener that throws must not take a tunnel with it. */
export function linkRegistry(onListenerError: (error: unknown) => void): LinkRegistry {
  const links = new Map<DeviceId, DeviceLink>()
  const connected = new Set<(link: DeviceLink) => void>()
  const disconnected = new Set<(link: DeviceLink, reason: string) => void>()

  function tell<Arguments extends unknown[]>(listeners: ReadonlySet<(...args: Arguments) => void>, ...args: Arguments): void {
    for (const listener of listeners) {
      try {
        listener(...args)
      } catch (error) {
        onListenerError(error)
      }
    }
  }

  function listen<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  return {
    get size() {
      return links.size
    },
    get: (id) => links.get(id),
    list: () => [...links.values()],
    onConnected: (listener) => listen(connected, listener),
    onDisconnected: (listener) => listen(disconnected, listener),
    add(link) {
      const older = links.get(link.deviceId)
      links.set(link.deviceId, link)
      void link.closed.then((reason) => {
        if (links.get(link.deviceId) === link) links.delete(link.deviceId)
        tell(disconnected, link, reason)
      })
      tell(connected, link)
      older?.close('replaced')
    },
  }
}
