import { expect, it } from 'vitest'
import { interleave } from './interleave.ts'

it('measures in turn, does not count the first time, and gives the medians', async () => {
  const order: string[] = []
  const contestant = (name: string, values: number[]) => ({
    name,
    async measure() {
      order.push(name)
      return { rate: values.shift() ?? Number.NaN }
    },
  })
  const figures = await interleave([contestant('ours', [1_000, 7, 5, 6]), contestant('peer', [1_000, 1, 30, 2])], 3)
  expect(order).toEqual(['ours', 'peer', 'ours', 'peer', 'ours', 'peer', 'ours', 'peer'])
  expect(Object.fromEntries(figures)).toEqual({ ours: { rate: 6 }, peer: { rate: 2 } })
})

it('takes the mean of the two in the middle where there is no middle', async () => {
  const values = [0, 1, 4]
  const figures = await interleave([{ name: 'ours', measure: async () => ({ rate: values.shift() ?? Number.NaN }) }], 2)
  expect(figures.get('ours')).toEqual({ rate: 2.5 })
})
