import { expect, it } from 'vitest'
import { tableOf } from './print-table.ts'
import type { Row } from './row.ts'

const row: Row = {
  workload: 'bulk',
  metric: 'down',
  unit: 'MB/s',
  ours: 300,
  peer: 'relay',
  theirs: 400,
  ratio: 0.75,
  runs: 3,
  better: 'higher',
  goal: { of: 'ratio', at: 'least', value: 0.9 },
}

it('prints ratios and goals, and neither where there is none', () => {
  const alone: Row = { ...row, metric: 'CPU', unit: 'us', ours: 12.34, peer: null, theirs: null, ratio: null, better: 'lower' }
  const { goal: _goal, ...without } = alone
  const lines = tableOf([row, without, { ...alone, goal: { of: 'ours', at: 'most', value: 13 } }]).split('\n')
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
    ['workload', 'metric', 'unit', 'ours', 'peer', 'theirs', 'ours/theirs', 'better is', 'goal'],
    ['bulk', 'down', 'MB/s', '300', 'relay', '400', '0.75x', 'higher', 'not met: >= 0.9x'],
    ['bulk', 'CPU', 'us', '12.3', '-', 'lower'],
    ['bulk', 'CPU', 'us', '12.3', '-', 'lower', 'met: <= 13 us'],
  ])
})
