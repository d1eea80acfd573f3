import type { DeviceId } from '../basics/ids.ts'

/** Tells everybody who depends on a device that something about it changed: facts, status, switches, connected or not. */
export class DeviceChanges {
  readonly #listeners = new Set<(id: DeviceId) => void>()

  onChange(listener: (id: DeviceId) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  tell(id: DeviceId): void {
    for (const listener of this.#listeners) listener(id)
  }
}
