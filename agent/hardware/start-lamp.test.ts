import { spawn } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { createStandInGpio } from '../testing/stand-in-gpio.ts'
import type { StandInGpio } from '../testing/stand-in-gpio.ts'
import { setCommand } from './gpio-command.ts'
import { startLamp } from './start-lamp.ts'
import type { Lamp } from './start-lamp.ts'

describe.skipIf(process.platform !== 'linux').each([1, 2] as const)('a lamp on a GPIO line, by libgpiod %i', (version) => {
  let chip: StandInGpio
  let lamp: Lamp | undefined
  let clock: FakeClock
  const states: unknown[] = []
  beforeEach(() => {
    chip = createStandInGpio(version)
    clock = new FakeClock()
    states.length = 0
  })
  afterEach(() => {
    lamp?.close()
    chip.remove()
  })
  const start = (line: number, activeLow = false): Lamp =>
    (lamp = startLamp({
      lamp: { gpio: { chip: 'gpiochip0', line, activeLow }, lit: ['live', 'paused'] },
      clock,
      random: systemRandom,
      logger: silentLogger,
      onState: (gone) => states.push(gone),
    }))
  const level = () => chip.level(17)

  it('is lit in its states, dark in the others, and dark when the agent ends', async () => {
    const own = start(17)
    await expect.poll(level).toBe(0)
    own.show('request')
    own.show('live')
    await expect.poll(level).toBe(1)
    const runs = chip.runs().length
    own.show('paused')
    expect([level(), chip.runs().length, chip.isBusy(17)]).toEqual([1, runs, true])
    own.show('off')
    await expect.poll(level).toBe(0)
    own.show('live')
    await expect.poll(level).toBe(1)
    own.close()
    await expect.poll(() => [level(), chip.isBusy(17)]).toEqual([0, false])
    expect(states).toEqual([])
  })

  it('that is lit by a low level is dark by a high one', async () => {
    const own = start(17, true)
    await expect.poll(level).toBe(1)
    own.show('live')
    await expect.poll(level).toBe(0)
    own.close()
    await expect.poll(() => [level(), chip.isBusy(17)]).toEqual([1, false])
  })

  it('says what is so now, however fast that changes', async () => {
    const own = start(17)
    for (let turn = 0; turn < 5; turn++) for (const state of ['live', 'idle'] as const) own.show(state)
    own.show('live')
    await expect.poll(level).toBe(1)
    for (const state of ['idle', 'live', 'idle'] as const) own.show(state)
    await expect.poll(() => [level(), chip.isBusy(17), chip.runs().at(-1)?.endsWith('17=0')]).toEqual([0, true, true])
  })

  it('says why it is not there, and comes back by itself in the state of then', async () => {
    const other = spawn('/bin/sh', ['-c', `exec gpioset ${version === 1 ? '--mode=signal gpiochip0' : '--chip=gpiochip0'} 17=0`])
    await expect.poll(() => chip.isBusy(17)).toBe(true)
    const own = start(17)
    await expect.poll(() => states).toEqual(['exit_1'])
    own.show('live')
    other.kill('SIGKILL')
    await expect.poll(() => chip.isBusy(17)).toBe(false)
    expect(level()).toBe(0)
    clock.advance(2_000)
    await expect.poll(level).toBe(1)
    clock.advance(2_000)
    await expect.poll(() => states).toEqual(['exit_1', null])
  })

  it('says that gpioset is not there, and finds it later', async () => {
    const path = process.env['PATH']
    process.env['PATH'] = '/nowhere'
    start(17)
    await expect.poll(() => states).toEqual(['ENOENT'])
    process.env['PATH'] = path
    clock.advance(30_000)
    await expect.poll(level).toBe(0)
  })

  it('goes off with an agent that is killed', async () => {
    const { args } = setCommand({ chip: 'gpiochip0', line: 17, activeLow: false }, true, version === 1 ? 'v1.6.3' : 'v2.2.1')
    const agent =
      "require('node:child_process').spawn('/bin/sh', JSON.parse(process.argv[1]), { stdio: 'pipe' }); setInterval(() => {}, 1000)"
    const process_ = spawn(process.execPath, ['-e', agent, JSON.stringify(args)])
    await expect.poll(level, { timeout: 5_000 }).toBe(1)
    process_.kill('SIGKILL')
    await expect.poll(() => [level(), chip.isBusy(17)], { timeout: 5_000 }).toEqual([0, false])
  })
})
