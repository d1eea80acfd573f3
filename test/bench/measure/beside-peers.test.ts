import { expect, it } from 'vitest'
import { besidePeers } from './beside-peers.ts'

it('measures ours directly before and after each peer, and divides what stood side by side', async () => {
  const order: string[] = []
  const contestant = (name: string, values: number[]) => ({
    name,
    async measure() {
      order.push(name)
      return { rate: values.shift() ?? Number.NaN }
    },
  })
  const rows = await besidePeers({
    workload: 'w',
    ours: contestant('ours', [99, 1, 3, 5, 10, 30, 50]),
    peers: [contestant('a', [99, 1, 10]), contestant('b', [99, 2, 20])],
    metrics: [
      {
        figure: 'rate',
        metric: 'm',
        unit: 'u',
        better: 'higher',
        goal: (peer) => (peer === 'a' ? { of: 'ratio', at: 'least', value: 2 } : undefined),
      },
    ],
    rounds: 2,
    onMissing: () => {},
  })
  expect(order.join(' ')).toBe('ours a b ours a ours b ours ours a ours b ours')
  const row = { workload: 'w', metric: 'm', unit: 'u', runs: 2, better: 'higher' }
  expect(rows).toEqual([
    { ...row, ours: 11, peer: 'a', theirs: 5.5, ratio: 2, goal: { of: 'ratio', at: 'least', value: 2 } },
    { ...row, ours: 22, peer: 'b', theirs: 11, ratio: 2 },
  ])
})
