import { stat } from 'node:fs/promises'
import { errorCode } from '../../basics/agent-error.ts'
import { gpioDevice } from '../../hardware/hardware-settings.ts'
import type { HardwareSettings } from '../../hardware/hardware-settings.ts'
import { programFault } from '../../hardware/program-fault.ts'
import { failed, ok } from './finding.ts'
import type { Finding } from './finding.ts'

const names = { button: 'button', lamp: 'lamp', enabling: 'enabling input' } as const

/** What is wired to the machine is there, and nobody else can put himself in its place. Nothing is said where nothing is wired. */
export async function checkHardware(hardware: HardwareSettings): Promise<readonly Finding[]> {
  const named = (['button', 'lamp', 'enabling'] as const).flatMap((part) => {
    const wired = hardware[part]
    return wired === null ? [] : [{ part, wired }]
  })
  if (named.length === 0) return []
  const faults = await Promise.all(named.map(async ({ part, wired }) => ({ part, fault: await faultOf(wired) })))
  const found = faults.flatMap(({ part, fault }) =>
    fault === null
      ? []
      : [
          failed(
            'hardware',
            `The ${names[part]} of this machine: ${fault}.`,
            `Mend it, or hardware.${part} in agent.json; then: service install.`,
          ),
        ],
  )
  return found.length > 0 ? found : [ok('hardware', 'What is wired to this machine is there.')]
}

async function faultOf(wired: NonNullable<HardwareSettings['button' | 'lamp']>): Promise<string | null> {
  if ('command' in wired) {
    const fault = await programFault(wired.command.program)
    return fault === null ? null : `${wired.command.program} ${fault}`
  }
  const device = 'gpio' in wired ? gpioDevice(wired.gpio) : wired.inputEvent
  return stat(device).then(
    () => null,
    (error: unknown) => `${device} cannot be looked at (${errorCode(error)})`,
  )
}
