import { wholeInstallation } from '../basics/scope.ts'
import type { Device } from '../devices/device.ts'
import type { Asker } from './decision-facts.ts'
import type { SessionRoom } from './session-room.ts'
import { visibleOf } from './visible-devices.ts'

/** More than these nobody looks through; so many rows are read at once as well. */
const mostCalls = 200

/** The machines where somebody calls for help, as far as policy action `view` lets this person see them, longest waiting first. */
export async function callingDevices(room: SessionRoom, asker: Asker): Promise<readonly Device[]> {
  const waiting = [...room.calls].toSorted(([, one], [, other]) => one.called_at - other.called_at).map(([id]) => id)
  const visible: Device[] = []
  for (let at = 0; at < waiting.length && visible.length < mostCalls; at += mostCalls) {
    const ids = waiting.slice(at, at + mostCalls)
    const found = await room.ports.devices.findMany(wholeInstallation, ids)
    const seen = new Map((await visibleOf(room, asker, found)).map((device) => [device.id, device]))
    visible.push(...ids.flatMap((id) => seen.get(id) ?? []))
  }
  return visible.slice(0, mostCalls)
}
