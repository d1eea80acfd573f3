import { expect, it } from 'vitest'
import { gpioCommand } from './gpio-command.ts'

it('asks gpiomon of libgpiod 1 and of libgpiod 2, each in its own words, for a line at each press', () => {
  const wired = { chip: 'gpiochip0', line: 17, activeLow: true }
  expect(gpioCommand(wired, 'gpiomon (libgpiod) v1.6.3\nCopyright')).toEqual({
    program: 'gpiomon',
    args: ['--rising-edge', '--line-buffered', '--active-low', 'gpiochip0', '17'],
  })
  for (const version of ['gpiomon (libgpiod) v2.1', ''])
    expect(gpioCommand({ ...wired, activeLow: false }, version).args).toEqual(['--edges=rising', '--chip=gpiochip0', '17'])
})
