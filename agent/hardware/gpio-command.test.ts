import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { levelCommand, pressCommand, setCommand } from './gpio-command.ts'

const wired = { chip: 'gpiochip0', line: 17, activeLow: true }
const [first, second] = ['gpiomon (libgpiod) v1.6.3\nCopyright', 'gpioset (libgpiod) v2.2.1']

describe('the programs of libgpiod', () => {
  it('of 1.6 and of 2 are told in their own words', () => {
    expect(pressCommand(wired, first).args.slice(3)).toEqual(['--rising-edge --line-buffered --active-low gpiochip0 17'])
    expect(levelCommand(wired, first).args.slice(3)).toEqual([
      '--active-low gpiochip0 17',
      '--line-buffered --format=%e --active-low gpiochip0 17',
    ])
    expect(setCommand(wired, true, first).args.slice(3)).toEqual([
      '--mode=signal --active-low gpiochip0 17=1',
      '--mode=exit --active-low gpiochip0 17=0',
    ])
    const high = { ...wired, activeLow: false }
    for (const version of [second, '']) {
      expect(pressCommand(high, version).args.slice(3)).toEqual(['--edges=rising --chip=gpiochip0 17'])
      expect(levelCommand(high, version).args.slice(3)).toEqual([
        '--numeric --chip=gpiochip0 17',
        '--edges=both --debounce-period=5ms --format=%e --chip=gpiochip0 17',
      ])
      expect(setCommand(high, false, version).args.slice(3)).toEqual(['--chip=gpiochip0 17=0', '--toggle=0 --chip=gpiochip0 17=0'])
    }
  })

  const installed = spawnSync('/bin/sh', ['-c', 'gpioset --version'], { encoding: 'utf8' }).stdout

  it.skipIf(installed === '')('that are installed here understand every word, and miss the chip alone', async () => {
    const nowhere = { chip: 'gpiochip4095', line: 17, activeLow: true }
    for (const command of [pressCommand, levelCommand, (line: typeof nowhere, version: string) => setCommand(line, true, version)]) {
      const { program, args } = command(nowhere, installed)
      const run = spawn(program, args)
      let said = ''
      run.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
      const [status] = (await once(run, 'close')) as [number | null]
      expect([status, said]).toEqual([1, expect.stringMatching(/No such file|cannot find GPIO chip/u)])
      expect(said).not.toMatch(/option|--help/u)
    }
  })
})
