import { describe, expect, test } from 'vitest'
import { importsOf, packageOf, referenceAt, wholePath } from './reference-at.ts'

const module = `package sallyport.rules.region

import data.sallyport.rules
import data.sallyport.access as gate

satisfied if input.device.region in input.technician.regions
`

describe('a reference', () => {
  const line = '\tinput.device.region in input.technician["regions"] # input.comment'

  test('is taken up to the step that is pointed at', () => {
    expect(referenceAt(line, line.indexOf('device') + 2)?.path).toEqual(['input', 'device'])
    expect(referenceAt(line, line.indexOf('region') + 1)?.path).toEqual(['input', 'device', 'region'])
    expect(referenceAt(line, line.indexOf('"regions"') + 3)?.path).toEqual(['input', 'technician', 'regions'])
  })

  test('is none in a comment, in a string or where nothing stands', () => {
    expect(referenceAt(line, line.indexOf('comment'))).toBeNull()
    expect(referenceAt('"input.device"', 4)).toBeNull()
    expect(referenceAt('  ', 1)).toBeNull()
  })

  test('is made whole by the imports and the package of its module', () => {
    expect(wholePath(['rules', 'training', 'satisfied'], module).join('.')).toBe('data.sallyport.rules.training.satisfied')
    expect(wholePath(['gate', 'allow'], module).join('.')).toBe('data.sallyport.access.allow')
    expect(wholePath(['satisfied'], module).join('.')).toBe('data.sallyport.rules.region.satisfied')
    expect(wholePath(['input', 'device'], module).join('.')).toBe('input.device')
  })
})

test('the package and the imports of a module are read, and none where there are none', () => {
  expect(packageOf(module).join('.')).toBe('data.sallyport.rules.region')
  expect([...importsOf(module).keys()]).toEqual(['rules', 'gate'])
  expect(packageOf('# nothing yet')).toEqual([])
})
