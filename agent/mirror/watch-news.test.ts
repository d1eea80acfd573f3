import { describe, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { createWatchNews, goneAfterMs } from './watch-news.ts'

function start() {
  const clock = new FakeClock()
  const told: [string, boolean][] = []
  let session: string | null = 'one'
  const news = createWatchNews({ clock, liveSession: () => session, tell: (id, watched) => void told.push([id, watched]) })
  const turnTo = (id: string | null): void => {
    session = id
    news.sessionChanged()
  }
  return { clock, news, told, turnTo }
}

describe('that somebody watches', () => {
  it('is told when the first panel draws the picture, and when the last one is gone for a while', () => {
    const { clock, news, told } = start()
    for (const count of [1, 2, 1, 0]) news.readers(count)
    clock.advance(goneAfterMs - 1)
    news.readers(1)
    clock.advance(goneAfterMs)
    expect([told, news.watched]).toEqual([[['one', true]], true])
    news.readers(0)
    clock.advance(goneAfterMs)
    expect([told, news.watched]).toEqual([
      [
        ['one', true],
        ['one', false],
      ],
      false,
    ])
  })

  it('is told of each session anew, and not of one that is over', () => {
    const { news, told, turnTo } = start()
    turnTo(null)
    news.readers(1)
    expect([told, news.watched]).toEqual([[], false])
    turnTo('two')
    turnTo(null)
    turnTo('three')
    expect(told).toEqual([
      ['two', true],
      ['three', true],
    ])
  })
})
