import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { RecordedEntry } from '../../../agent/panel/panel-api.ts'
import type { ToMirror } from '../../mirror/messages.ts'
import { createRecordingIndex, mostAssetChars } from './recording-index.ts'
import { createRecordingParts } from './recording-parts.ts'
import type { LoadedPart } from './recording-parts.ts'
import { createReplayPlayer } from './replay-player.ts'
import type { ReplayPlayer } from './replay-player.ts'

const startAt = 1_000_000
const technician = { id: 'per_1', name: 'Mia', organisation: 'Acme' }
const begin: RecordedEntry = { at: startAt, kind: 'begin', v: 1, session: 's', technician, purpose: '', ticket: null }
const told = { url: 'http://m/', title: 'Start', width: 1, height: 1 }
const pages = (at: number, ...ids: string[]): RecordedEntry => ({
  at: startAt + at,
  kind: 'pages',
  pages: ids.map((id, n) => ({ id, service: 'hmi', opened_at: startAt + n, told, hole: null })),
})
const picture = (name: string) => ({ type: 2, data: { node: {}, name } })
const change = (name: string) => ({ type: 3, data: { source: 0, name } })
const move = (name: string) => ({ type: 3, data: { source: 1, name } })
let n = 0
const batch = (at: number, page: string, fresh: boolean, ...events: object[]): RecordedEntry => {
  n += 1
  return { at: startAt + at, kind: 'batch', page, n, fresh, batch: { events } }
}
const end = (at: number): RecordedEntry => ({ at: startAt + at, kind: 'end' })

let drawn: string[]
let player: ReplayPlayer
let index: ReturnType<typeof createRecordingIndex>
beforeEach(() => {
  drawn = []
})
const sink = (message: ToMirror): void => {
  if (message.kind === 'clear') return void drawn.push('clear')
  if (message.kind !== 'events') return
  const names = message.events.map((event) => (event as { data: { name: string } }).data.name)
  drawn.push(`${message.fresh ? 'new ' : ''}${names.join(' ')}`)
}
/** Each list is a part. */
const play = async (...lists: readonly RecordedEntry[][]) => {
  index = createRecordingIndex()
  const parts = createRecordingParts((part) =>
    Promise.resolve({ body: { entries: lists[part] ?? [], next: part + 1 < lists.length ? part + 1 : null, port: 1 }, size: 1 }),
  )
  await parts.readAll((part, body) => index.read(part, body.entries))
  player = createReplayPlayer({ index, parts, isRead: () => true })
  player.drawOn(sink)
  drawn = []
}

describe('a recording that is played', () => {
  test('is drawn as it happened, as fast as it is wanted, and stands at its end', async () => {
    await play([
      begin,
      pages(1, 'a'),
      batch(1_000, 'a', true, picture('one')),
      batch(2_000, 'a', false, move('m1')),
      batch(3_000, 'a', false, change('c')),
      end(4_000),
    ])
    player.skipIdle(false)
    player.play(true)
    player.tick(999)
    expect([drawn, player.hasPicture]).toEqual([[], false])
    player.tick(1)
    player.tick(1_000)
    expect([drawn, player.hasPicture, player.at]).toEqual([['new one', 'm1'], true, startAt + 2_000])
    player.play(false)
    player.tick(5_000)
    expect(player.at).toBe(startAt + 2_000)
    player.play(true)
    player.setSpeed(4)
    player.tick(500)
    expect([drawn.at(-1), player.playing, player.at]).toEqual(['c', false, startAt + 4_000])
    player.play(true)
    expect([player.at, player.playing]).toEqual([startAt, true])
  })

  test('stands at any moment at once, from the last whole picture before it', async () => {
    await play([
      begin,
      pages(1, 'a'),
      batch(1_000, 'a', true, picture('one')),
      batch(1_500, 'a', false, change('1')),
      batch(2_000, 'a', true, picture('two')),
      batch(3_000, 'a', false, change('3')),
      batch(4_000, 'a', false, change('4')),
      end(9_000),
    ])
    player.seek(startAt + 3_500)
    player.seek(startAt + 1_600)
    player.seek(startAt)
    player.seek(startAt + 99_000)
    expect(drawn).toEqual(['new two 3', 'new one 1', 'clear', 'new two 3 4'])
    expect(player.at).toBe(startAt + 9_000)
  })

  test('shows the page that was opened last, and goes back when that is gone', async () => {
    await play([
      begin,
      pages(1, 'a'),
      batch(10, 'a', true, picture('a1')),
      pages(20, 'a', 'b'),
      batch(30, 'a', false, change('a2')),
      batch(40, 'b', true, picture('b1')),
      batch(50, 'a', false, change('a3')),
      batch(60, 'b', false, change('b2')),
      pages(70, 'a'),
      pages(80),
      batch(85, 'a', false, change('a4')),
      end(90),
    ])
    player.skipIdle(false)
    player.play(true)
    for (let ticks = 0; ticks < 9; ticks += 1) player.tick(10)
    expect(drawn).toEqual(['new a1', 'a2', 'new b1', 'b2', 'new a1 a2 a3'])
    player.seek(startAt + 45)
    expect(drawn.at(-1)).toBe('new b1')
  })

  test('leaves out the time in which nobody did anything, but not what happened in it', async () => {
    await play([
      begin,
      pages(1, 'a'),
      batch(1_000, 'a', true, { type: 4, data: { name: 'opened', href: 'http://m/' } }, picture('one')),
      batch(30_000, 'a', false, change('by itself')),
      batch(60_000, 'a', false, move('again')),
      end(61_000),
    ])
    player.play(true)
    player.tick(1_000)
    expect(player.at).toBe(startAt + 1_000)
    player.tick(1_100)
    expect(player.at).toBe(startAt + 59_000)
    expect(drawn).toEqual(['new opened one', 'by itself'])
    player.skipIdle(false)
    player.seek(startAt + 3_000)
    player.tick(1_000)
    expect(player.at).toBe(startAt + 4_000)
  })

  test('waits for what has to be read again, and goes on when it is there', async () => {
    index = createRecordingIndex()
    const lists = [
      [begin, pages(1, 'a'), batch(10, 'a', true, picture('one'))],
      [batch(20, 'a', false, change('two')), end(1_000)],
    ]
    const load = vi.fn((part: number): Promise<LoadedPart> =>
      Promise.resolve({ body: { entries: lists[part] ?? [], next: part === 0 ? 1 : null, port: 1 }, size: 10 }),
    )
    const parts = createRecordingParts(load, 15)
    await parts.readAll((part, body) => index.read(part, body.entries))
    expect(load).toHaveBeenCalledTimes(2)
    player = createReplayPlayer({ index, parts, isRead: () => true })
    player.drawOn(sink)
    drawn = []
    player.seek(startAt + 30)
    player.play(true)
    player.tick(10)
    expect([drawn, player.at]).toEqual([[], startAt + 30])
    await expect.poll(() => load.mock.calls.length, { interval: 2 }).toBeGreaterThan(2)
    await expect.poll(() => drawn.at(-1), { interval: 2 }).toBe('new one two')
    player.tick(10)
    expect(player.at).toBe(startAt + 40)
  })
})

describe('pictures of a recording', () => {
  const told = (at: number, path: string, data: string): RecordedEntry => ({
    at: startAt + at,
    kind: 'asset',
    asset: { service: 'hmi', path, data },
  })
  const isAt = (at: number, path: string, of: number | null): RecordedEntry => ({
    at: startAt + at,
    kind: 'asset_at',
    service: 'hmi',
    path,
    of,
  })

  const given: string[] = []
  const hear = (message: ToMirror): void => {
    if (message.kind === 'asset') given.push(`${message.asset.path} ${message.asset.data.slice(0, 1)}`)
  }
  const givenAt = (at: number): string[] => {
    given.length = 0
    player.seek(startAt + at)
    return [...given]
  }

  test('stand where they stood at the moment that is drawn, and no later one does', async () => {
    await play([begin, told(10, '/a', 'A'), told(20, '/b', 'B'), isAt(30, '/a', 1), isAt(40, '/c', 0), isAt(50, '/b', null), end(90)])
    player.drawOn(hear)
    expect(givenAt(9)).toEqual([])
    expect(givenAt(20)).toEqual(['/a A', '/b B'])
    expect(givenAt(45)).toEqual(['/a B', '/c A'])
    expect(givenAt(90)).toEqual(['/b '])
    expect(givenAt(30)).toEqual(['/c ', '/b B'])
    expect(givenAt(10)).toEqual(['/b ', '/a A'])
    expect(givenAt(0)).toEqual(['/a '])
  })

  test('come as it is played', async () => {
    await play([begin, told(10, '/a', 'A'), told(20, '/a', 'B'), end(90)])
    given.length = 0
    player.drawOn(hear)
    player.play(true)
    player.skipIdle(false)
    player.tick(15)
    expect(given).toEqual(['/a A'])
    player.tick(15)
    expect(given).toEqual(['/a A', '/a B'])
  })

  test('are no more than a bound: the oldest are not known any more, and each that comes later is', async () => {
    const quarter = 'A'.repeat(mostAssetChars / 4)
    await play([begin, ...[1, 2, 3, 4].map((at) => told(at, `/${at}`, quarter)), end(90)])
    player.drawOn(hear)
    expect(givenAt(90)).toEqual(['/1 A', '/2 A', '/3 A', '/4 A'])
    await play([begin, ...[1, 2, 3, 4].map((at) => told(at, `/${at}`, quarter)), told(5, '/5', 'B'), isAt(6, '/6', 4), end(90)])
    player.drawOn(hear)
    expect(givenAt(90)).toEqual(['/1 ', '/2 A', '/3 A', '/4 A', '/5 B', '/6 B'])
  })
})

describe('what is listed of a recording', () => {
  test('is every step, request, refusal and turn at its own time, each once', async () => {
    const request = {
      n: 1,
      at: startAt + 5,
      service: 'HMI',
      method: 'POST',
      path: '/x',
      status: 200,
      bytes_up: 1,
      bytes_down: 1,
      done: true,
    }
    const refused = { what: 'stream', why: 'expired', subject: 'HMI', first_at: startAt + 7, last_at: startAt + 8 } as const
    const conduct = { kind: 'conduct', services: ['HMI'], expires_at: 9 } as const
    await play([
      begin,
      { at: startAt + 1, ...conduct, paused: false, view_only: false },
      { at: startAt + 10, kind: 'request', request: { ...request, verdict: 'explained' } },
      { at: startAt + 11, kind: 'refused', refused: { ...refused, count: 1 } },
      { at: startAt + 12, kind: 'refused', refused: { ...refused, count: 2, last_at: startAt + 12 } },
      { at: startAt + 13, ...conduct, paused: true, view_only: false },
      { at: startAt + 14, ...conduct, paused: false, view_only: false },
      { at: startAt + 15, ...conduct, paused: false, view_only: true },
      end(20),
    ])
    const listed = index.happenings().map((one) => {
      const what = 'turn' in one ? one.turn : 'request' in one ? one.request.path : 'refused' in one ? one.refused.count : 'step'
      return `${one.at - startAt} ${what}`
    })
    expect(listed).toEqual(['0 began', '5 /x', '12 2', '13 held', '14 goesOn', '15 viewOnly', '20 ended'])
  })
})
