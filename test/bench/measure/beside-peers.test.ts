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

it('leaves a peer out from when it fails, says so, and goes on', async () => {
  const missing: string[] = []
  const peer = (name: string, failsAt: number) => {
    let measured = 0
    return {
      name,
      async measure() {
        if (++measured === failsAt) throw new Error(`${name} is gone\nand more`)
        return { rate: 2 }
      },
    }
  }
  const rows = await besidePeers({
    workload: 'w',
    ours: { name: 'ours', measure: async () => ({ rate: 4 }) },
    peers: [peer('never', 1), peer('later', 3), peer('whole', 99)],
    metrics: [{ figure: 'rate', metric: 'm', unit: 'u', better: 'higher' }],
    rounds: 3,
    onMissing: (name) => void missing.push(name),
  })
  expect(missing).toEqual(['never (never is gone)', 'later (later is gone)'])
  expect(rows.map((row) => [row.peer, row.ratio])).toEqual([['whole', 2]])
})

it('has no row of a figure that a peer does not give', async () => {
  const rows = await besidePeers({
    workload: 'w',
    ours: { name: 'ours', measure: async () => ({ rate: 4, cpu: 1 }) },
    peers: [
      { name: 'whole', measure: async () => ({ rate: 2, cpu: 1 }) },
      { name: 'half', measure: async () => ({ cpu: 2 }) },
    ],
    metrics: ['rate', 'cpu'].map((figure) => ({ figure, metric: figure, unit: 'u', better: 'higher' })),
    rounds: 1,
    onMissing: () => {},
  })
  expect(rows.map(({ metric, peer }) => `${metric} ${peer}`)).toEqual(['rate whole', 'cpu whole', 'cpu half'])
})
