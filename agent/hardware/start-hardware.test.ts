import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LiveSession } from '../approvals/approval-state.ts'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { createOperatorList } from '../operators/operator-list.ts'
import { createStandInGpio } from '../testing/stand-in-gpio.ts'
import type { StandInGpio } from '../testing/stand-in-gpio.ts'
import { startHardware } from './start-hardware.ts'
import type { Hardware } from './start-hardware.ts'

describe.skipIf(process.platform !== 'linux').each([1, 2] as const)('lines of GPIO, by libgpiod %i', (version) => {
  let chip: StandInGpio
  let hardware: Hardware
  let clock: FakeClock
  let ended: unknown[]
  beforeEach(() => {
    chip = createStandInGpio(version)
    clock = new FakeClock()
    ended = []
  })
  afterEach(() => {
    hardware.close()
    chip.remove()
  })
  const start = (wired: 'button' | 'enabling', activeLow = false): void => {
    const input = { gpio: { chip: 'gpiochip0', line: 4, activeLow } }
    hardware = startHardware({
      settings: { button: null, lamp: null, enabling: null, operator: 'Button', whenLive: 'end', [wired]: input },
      desk: { pending: null, live: { id: 'ses_1' } as LiveSession, approve: () => {}, endByOperator: (by) => void ended.push(by) },
      operators: createOperatorList([], silentLogger),
      remote: () => true,
      clock,
      random: systemRandom,
      logger: silentLogger,
      onChange: () => {},
      onEnabling: () => {},
    })
  }
  const enabling = () => hardware.state.enabling
  const isWatched = () => chip.runs().includes('watching 4')

  it('enable while the line is active', async () => {
    start('enabling')
    await expect.poll(isWatched).toBe(true)
    expect(hardware.isEnabled).toBe(false)
    await chip.put(4, 1)
    await expect.poll(() => hardware.isEnabled).toBe(true)
    await chip.put(4, 0)
    await expect.poll(() => hardware.isEnabled).toBe(false)
  })

  it('enable where a low level is the active one', async () => {
    await chip.put(4, 1)
    start('enabling', true)
    await expect.poll(isWatched).toBe(true)
    await chip.put(4, 0)
    await expect.poll(() => hardware.isEnabled).toBe(true)
  })

  it('enable nothing by what was held before anybody looked, and say so until it was let go', async () => {
    await chip.put(4, 1)
    start('enabling')
    await expect.poll(enabling).toMatchObject({ held: false, letGoFirst: true })
    await expect.poll(isWatched).toBe(true)
    await chip.put(4, 0)
    await expect.poll(enabling).toMatchObject({ held: false, letGoFirst: false })
    await chip.put(4, 1)
    await expect.poll(enabling).toMatchObject({ held: true, letGoFirst: false })
  })

  it('press once at each rising edge, and the program ends with the agent', async () => {
    start('button')
    await expect.poll(isWatched).toBe(true)
    clock.advance(2_000)
    await chip.put(4, 1)
    await expect.poll(() => ended).toMatchObject([{ name: 'Button' }])
    clock.advance(2_000)
    await chip.put(4, 0)
    await chip.put(4, 1)
    await expect.poll(() => ended).toMatchObject([{ name: 'Button' }, { name: 'Button' }])
    hardware.close()
    await expect.poll(() => chip.isBusy(4)).toBe(false)
  })
})
