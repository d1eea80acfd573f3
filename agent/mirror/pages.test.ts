import { describe, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import type { LiveSession } from '../approvals/approval-state.ts'
import { createPages } from './pages.ts'
import { readBatch } from './read-batch.ts'

const megabyte = 1024 * 1024
const batch = (events: readonly object[]) => readBatch(Buffer.from(JSON.stringify({ events })))
const snapshot = (bytes = 10) => batch([{ type: 2, data: 'x'.repeat(bytes) }])
const change = (bytes = 10) => batch([{ type: 3, data: { source: 0, filling: 'x'.repeat(bytes) } }])

function start() {
  const clock = new FakeClock()
  const pages = createPages({
    wanted: true,
    isMirrored: () => true,
    live: () => ({ id: 'ses', services: ['hmi'], paused: false }) as unknown as LiveSession,
    clock,
    onAct: () => {},
  })
  const open = (id: string) => {
    const orders: string[] = []
    const intake = pages.open('ses', { id, service: 'hmi' }, { order: ({ order }) => void orders.push(order), end: () => {} })
    if (typeof intake === 'string') throw new Error(intake)
    const hole = () => pages.list().find((page) => page.id === id)?.hole
    return { ...intake, orders, hole, kept: () => pages.list().find((page) => page.id === id)?.kept.length ?? -1 }
  }
  return { clock, open }
}

describe('what is kept of mirrored pages', () => {
  it('is the newest snapshot and what followed', () => {
    const { open } = start()
    const page = open('a')
    for (const one of [snapshot(), change(), change(), snapshot(), change()]) page.take(one)
    expect([page.kept(), page.orders]).toEqual([2, []])
  })

  it('is bounded for each page: a snapshot is asked for, not too often, and what is far too much is forgotten', () => {
    const { clock, open } = start()
    const page = open('a')
    page.take(snapshot())
    for (let n = 0; n < 4; n += 1) page.take(change(megabyte))
    expect([page.kept(), page.orders]).toEqual([5, ['snapshot']])
    for (let n = 0; n < 4; n += 1) page.take(change(megabyte))
    expect([page.kept(), page.orders]).toEqual([9, ['snapshot']])
    clock.advance(2_000)
    for (let n = 0; n < 4; n += 1) page.take(change(megabyte))
    expect([page.kept(), page.orders]).toEqual([0, ['snapshot', 'snapshot']])
    page.take(snapshot())
    expect(page.kept()).toBe(1)
  })

  it('is bounded for all of them: what was silent the longest goes', () => {
    const { clock, open } = start()
    const all = ['a', 'b', 'c', 'd', 'e'].map((id) => {
      const page = open(id)
      page.take(snapshot(7 * megabyte))
      clock.advance(1_000)
      return page
    })
    expect(all.map((page) => page.kept())).toEqual([0, 1, 1, 1, 1])
    all[1]!.take(change(100))
    all[0]!.take(snapshot(7 * megabyte))
    expect(all.map((page) => page.kept())).toEqual([1, 2, 0, 1, 1])
  })
})

describe('a page that lacks something', () => {
  const custom = (tag: string, payload: object) => ({ type: 5, timestamp: 1, data: { tag, payload } })

  it('is named, and not asked for what nobody records', () => {
    const { open } = start()
    const page = open('a')
    page.take(batch([custom('sallyport.unrecorded', { reason: 'sandboxed' })]))
    expect([page.hole(), page.kept(), page.orders]).toEqual(['sandboxed', 0, []])
  })

  it('is named until a whole snapshot comes', () => {
    const { open } = start()
    const page = open('a')
    page.take(snapshot())
    page.take(batch([custom('sallyport.too_large', { bytes: 9e6 })]))
    expect([page.hole(), page.kept()]).toEqual(['too_large', 2])
    page.take(change())
    expect(page.hole()).toBe('too_large')
    page.take(snapshot())
    expect([page.hole(), page.kept()]).toEqual([null, 1])
    page.take(batch([custom('sallyport.unrecorded', { reason: '<b>' }), custom('other', {})]))
    expect(page.hole()).toBeNull()
  })
})

describe('a batch', () => {
  it('begins with its last snapshot and the size before it', () => {
    const meta = { type: 4, data: {} }
    const read = batch([{ type: 3, data: { source: 2, type: 2 } }, { type: 2 }, meta, { type: 2, data: 2 }, { type: 3 }])
    expect(JSON.parse(read.bytes.toString())).toEqual({ events: [meta, { type: 2, data: 2 }, { type: 3 }] })
    expect(read).toMatchObject({ startsFresh: true, acts: true, page: null })
  })

  it('tells acts from movements, and has no line breaks', () => {
    const acts = (data: object): boolean => batch([{ type: 3, data }]).acts
    expect([acts({ source: 5 }), acts({ source: 2, type: 2 }), acts({ source: 2, type: 7 })]).toEqual([true, true, true])
    expect([acts({ source: 1 }), acts({ source: 2, type: 6 }), acts({ source: 3 }), acts({ source: 0 })]).toEqual([
      false,
      false,
      false,
      false,
    ])
    expect(readBatch(Buffer.from('{"events":\r[]}')).bytes.toString()).toBe('{"events": []}')
  })
})
