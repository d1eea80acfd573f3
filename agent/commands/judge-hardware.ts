import type { FieldProblem } from '../basics/agent-error.ts'
import { gpioDevice } from '../hardware/hardware-settings.ts'
import type { HardwareSettings } from '../hardware/hardware-settings.ts'
import { programFault } from '../hardware/program-fault.ts'
import { hidden } from './hidden-folders.ts'
import type { UnitHardware } from './systemd-unit.ts'

export interface HardwareHost {
  /** A device node, links followed; a text: an error code. */
  look(path: string): Promise<DeviceNode | string>
  /** Whether the service finds this program on its path. */
  hasProgram(name: string): Promise<boolean>
}

export interface DeviceNode {
  readonly isDevice: boolean
  readonly mode: number
  /** Its group, by name where it has one; null: root's. */
  readonly group: string | null
}

interface Wanted {
  /** In `agent.json`. */
  readonly where: string
  readonly path: string
  readonly access: 'r' | 'rw'
}

type Part = 'button' | 'lamp' | 'enabling'
const parts: readonly Part[] = ['button', 'lamp', 'enabling']

/** What of the machine the service must be let to for its hardware, and what would keep it from using that. */
export async function judgeHardware(
  hardware: HardwareSettings,
  host: HardwareHost,
): Promise<{ readonly wired: UnitHardware; readonly problems: readonly FieldProblem[] }> {
  const wanted = parts.flatMap((part) => devicesOf(part, hardware))
  const looks = await Promise.all(wanted.map((one) => judgeDevice(one, host)))
  const problems = [
    ...looks.flatMap((look) => ('message' in look ? [look] : [])),
    ...(await missingPrograms(hardware, host)),
    ...(await Promise.all(parts.map((part) => commandProblem(part, hardware)))).flat(),
  ]
  const devices = [...new Map(wanted.map(({ path, access }) => [path, { path, access }])).values()]
  return { wired: { devices, groups: [...new Set(looks.flatMap((look) => ('group' in look ? look.group : [])))] }, problems }
}

function devicesOf(part: Part, hardware: HardwareSettings): readonly Wanted[] {
  const wired = hardware[part]
  if (wired === null || 'command' in wired) return []
  return 'gpio' in wired
    ? [{ where: `hardware.${part}.gpio.chip`, path: gpioDevice(wired.gpio), access: 'rw' }]
    : [{ where: `hardware.${part}.inputEvent`, path: wired.inputEvent, access: 'r' }]
}

async function judgeDevice(
  { where, path, access }: Wanted,
  host: HardwareHost,
): Promise<FieldProblem | { readonly group: readonly string[] }> {
  const problem = (message: string): FieldProblem => ({ path: where, message: `${path}: ${message}` })
  if (!/^\/dev\/[\w/:.@+-]+$/u.test(path)) return problem('a device lies below /dev, and systemd takes letters, digits and /:.@+-_')
  const node = await host.look(path)
  if (typeof node === 'string') return problem(`cannot be looked at (${node}); connect the device, and name it as it is named there`)
  if (!node.isDevice) return problem('is no device')
  const needed = access === 'rw' ? 0o6 : 0o4
  if ((node.mode & needed) === needed) return { group: [] }
  if (node.group !== null && ((node.mode >> 3) & needed) === needed) return { group: [node.group] }
  const group = path.startsWith('/dev/input/') ? 'input' : 'gpio'
  const rule = `SUBSYSTEM=="${group}", GROUP="${group}", MODE="0660"`
  return problem(`only root may use it; give it to a group by a rule of udev, like ${rule}, and say: udevadm trigger`)
}

/** In the package of libgpiod. */
async function missingPrograms(hardware: HardwareSettings, host: HardwareHost): Promise<readonly FieldProblem[]> {
  const needed: Record<Part, readonly string[]> = { button: ['gpiomon'], lamp: ['gpioset'], enabling: ['gpioget', 'gpiomon'] }
  const named = parts.flatMap((part) => {
    const wired = hardware[part]
    return wired === null || !('gpio' in wired) ? [] : needed[part].map((program) => ({ part, program }))
  })
  const found = await Promise.all(named.map(({ program }) => host.hasProgram(program)))
  return named
    .filter((_, at) => found[at] === false)
    .map(({ part, program }) => ({ path: `hardware.${part}.gpio`, message: `needs ${program} of libgpiod: apt install gpiod` }))
}

async function commandProblem(part: Part, hardware: HardwareSettings): Promise<readonly FieldProblem[]> {
  const wired = hardware[part]
  if (wired === null || !('command' in wired)) return []
  const { program } = wired.command
  const message = hidden.test(program) ? 'the service cannot see it there: put it into /usr/local/bin or /opt' : await programFault(program)
  return message === null ? [] : [{ path: `hardware.${part}.command`, message: `${program}: ${message}` }]
}
