import { expect, test } from 'vitest'
import { expressionOf } from './editor-commands.ts'

test.each([
  [' input.device.region ', 'satisfied if x', 'input.device.region'],
  ['', '\tcount(x) > 0 # all', 'count(x) > 0'],
  ['', 'satisfied if {', 'satisfied'],
  ['', 'satisfied if count(x) > 0', 'count(x) > 0'],
  ['  ', '# only a comment', ''],
])('of the selection %j in the line %j is evaluated: %j', (selected, line, expression) => {
  expect(expressionOf(selected, line)).toBe(expression)
})
