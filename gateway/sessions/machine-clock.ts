import type { AgentInfo } from '../../agent/wire/agent-api.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { Device } from '../devices/device.ts'
import type { DeviceLink } from '../devices/device-link.ts'
import type { SessionRoom } from './session-room.ts'
import { maxClockSkewS } from './verify-approval.ts'

/** Past this many seconds apart, the clocks of machine and gateway are worth a line in the log. */
const reportedClockSkewS = 60

/** Remembers how far the machine's clock is ahead of ours (negative: behind), and says so where it is too much. */
export function noteMachineClock(room: SessionRoom, link: DeviceLink, info: AgentInfo): number {
  const offsetS = info.clock - room.ports.clock.nowS()
  const before = room.setClockOffset(link.deviceId, offsetS)
  if (Math.abs(offsetS) > reportedClockSkewS && Math.abs(before) <= reportedClockSkewS) {
    room.ports.logger.warn({ device: link.deviceId, clock_offset_s: offsetS }, 'the clock of a machine is wrong')
  }
  return offsetS
}

/**
 * No new session with a machine whose clock is off by more than {@link maxClockSkewS} (security.md, R12): what it signs could not be told
 * from what is old. The clock is asked for anew each time.
 *
 * @throws CodedError `machine_clock_wrong`
 */
export async function checkMachineClock(room: SessionRoom, device: Device, link: DeviceLink): Promise<void> {
  const offsetS = noteMachineClock(room, link, await link.info())
  if (Math.abs(offsetS) <= maxClockSkewS) return
  const minutes = Math.round(Math.abs(offsetS) / 60)
  throw new CodedError({
    code: 'machine_clock_wrong',
    message: `The clock of ${device.name} is ${minutes} minutes ${offsetS > 0 ? 'ahead' : 'behind'}. Ask the site to set it right, then try again.`,
    remedy: 'conflict',
    details: { offsetS },
  })
}
