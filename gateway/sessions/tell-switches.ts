import { wholeInstallation } from '../basics/scope.ts'
import type { DeviceLink } from '../devices/device-link.ts'
import type { SessionRoom } from './session-room.ts'

/** What each tunnel was told last. */
const told = new WeakMap<DeviceLink, string>()

/** Tells a machine that is connected what the customer switched off here: its operators see it, and the agent bars it by itself. Never rejects. */
export async function tellSwitches(room: SessionRoom, link: DeviceLink, signal: AbortSignal): Promise<void> {
  const { devices, logger } = room.ports
  try {
    const device = await devices.find(wholeInstallation, link.deviceId)
    if (device === undefined) return
    const unrecorded = Object.entries(device.recording).flatMap(([service, mode]) => (mode === 'off' ? [service] : []))
    const switches = {
      remote: device.remoteAllowed,
      services: device.switches,
      ...(unrecorded.length === 0 ? {} : { unrecorded }),
      ...(device.attendedOnly.length === 0 ? {} : { attended_only: device.attendedOnly }),
    }
    const text = JSON.stringify(switches)
    if (told.get(link) === text) return
    told.set(link, text)
    await link.setSwitches(switches, signal)
  } catch (error) {
    told.delete(link)
    if (!signal.aborted) logger.warn({ err: error, device: link.deviceId }, 'a machine could not be told of its switches')
  }
}
