import type { DeviceLink } from '../devices/device-link.ts'
import type { SessionRoom } from './session-room.ts'

/** An operator's panel came to this machine, or is gone: whoever works in it is told that somebody can watch him. */
export function panelIs(room: SessionRoom, link: DeviceLink, connected: boolean): void {
  if (room.panels.get(link.deviceId) === connected) return
  room.panels.set(link.deviceId, connected)
  for (const live of room.ofDevice(link.deviceId)) if (!live.ending) room.tell(live.session)
}
