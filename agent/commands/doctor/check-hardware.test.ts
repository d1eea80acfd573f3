import { expect, it } from 'vitest'
import { checkHardware } from './check-hardware.ts'

const nothing = { button: null, lamp: null, enabling: null, operator: 'Button', whenLive: 'end' } as const

it('says nothing where nothing is wired, and that all of it is there where it is', async () => {
  expect(await checkHardware(nothing)).toEqual([])
  const wired = { button: { command: { program: '/usr/bin/env', args: [] } }, enabling: { inputEvent: '/dev/null', code: 28 } }
  expect(await checkHardware({ ...nothing, ...wired })).toMatchObject([{ check: 'hardware', state: 'ok' }])
})

it('names each part that is not', async () => {
  const found = await checkHardware({
    button: { command: { program: '/nowhere/button', args: [] } },
    lamp: { gpio: { chip: '4095', line: 1, activeLow: false }, lit: ['live'] },
    enabling: { inputEvent: '/dev/input/nothing', code: 28 },
    operator: 'Button',
    whenLive: 'end',
  })
  expect(found.map(({ state, what }) => `${state} ${what}`)).toEqual([
    'failed The button of this machine: /nowhere/button cannot be found (ENOENT).',
    'failed The lamp of this machine: /dev/gpiochip4095 cannot be looked at (ENOENT).',
    'failed The enabling input of this machine: /dev/input/nothing cannot be looked at (ENOENT).',
  ])
})
