import { expect, it } from 'vitest'
import { tableOf } from './print-table.ts'

it('prints ratios of ours through the peer, and none where there is no peer', () => {
  const lines = tableOf([
    { benchmark: 'bulk', what: 'down, MB/s', ours: 300, peer: { name: 'relay', value: 400 }, better: 'higher' },
    { benchmark: 'bulk', what: 'CPU, us', ours: 12.34, peer: null, better: 'lower' },
  ]).split('\n')
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
    ['benchmark', 'figure', 'ours', 'peer', 'ours/peer', 'better is'],
    ['bulk', 'down, MB/s', '300', 'relay', '400', '0.75x', 'higher'],
    ['bulk', 'CPU, us', '12.3', '-', 'lower'],
  ])
})
