import { expect, it } from 'vitest'
import { FakeClock } from '../../basics/fake-clock.ts'
import { createFramedPages, followsWithinMs } from './framed-pages.ts'

it('each way into a frame leads to one page of that label, in time', () => {
  const clock = new FakeClock()
  const pages = createFramedPages(clock)
  pages.expect('a')
  expect([pages.take('b'), pages.take('a'), pages.take('a')]).toEqual([false, true, false])
  pages.expect('a')
  clock.advance(1)
  pages.expect('a')
  clock.advance(followsWithinMs - 1)
  expect([pages.take('a'), pages.take('a')]).toEqual([true, false])
  pages.expect('a')
  clock.advance(followsWithinMs - 1)
  expect(pages.take('a')).toBe(true)
})

it('sixteen are expected at once', () => {
  const pages = createFramedPages(new FakeClock())
  for (let way = 0; way < 17; way += 1) pages.expect('a')
  expect(Array.from({ length: 17 }, () => pages.take('a')).filter(Boolean)).toHaveLength(16)
})
