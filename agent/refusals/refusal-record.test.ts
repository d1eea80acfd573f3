import { beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { createRefusalRecord, longestSubject, mostRefusals, mostSubjects } from './refusal-record.ts'
import type { RefusalRecord, Refused, RefusedWhat, RefusedWhy } from './refusal-record.ts'

let clock: FakeClock
let told: number
let record: RefusalRecord
beforeEach(() => {
  clock = new FakeClock()
  told = 0
  record = createRefusalRecord({ clock, onChange: () => (told += 1) })
})

const stream = (subject: string | null, why: RefusedWhy = 'no_approval'): Refused => ({ what: 'stream', why, subject })

describe('the record of refusals', () => {
  it('counts equal ones, and says when they were first and last', () => {
    record.note(stream('hmi'))
    const firstAtMs = clock.nowMs()
    clock.advance(5_000)
    record.note(stream('plc'))
    record.note(stream('hmi'))
    expect(record.newest(10)).toEqual([
      { ...stream('hmi'), firstAtMs, lastAtMs: firstAtMs + 5_000, count: 2 },
      { ...stream('plc'), firstAtMs: firstAtMs + 5_000, lastAtMs: firstAtMs + 5_000, count: 1 },
    ])
    expect(told).toBe(3)
  })

  it('lets a million made-up names push out nothing', () => {
    record.note(stream('hmi', 'expired'))
    for (let at = 0; at < 5_000; at += 1) record.note(stream(`made-up-${at}`, 'unknown_service'))
    const all = record.newest(1_000)
    expect(all.filter(({ why }) => why === 'unknown_service')).toHaveLength(mostSubjects + 1)
    expect(all[0]).toMatchObject({ subject: null, count: 5_000 - mostSubjects })
    expect(all.find(({ why }) => why === 'expired')).toMatchObject({ subject: 'hmi', count: 1 })
  })

  it('keeps a bounded number of all kinds together, the newest', () => {
    const whats: RefusedWhat[] = ['stream', 'request', 'question', 'bytes', 'flood']
    const whys: RefusedWhy[] = ['no_approval', 'expired', 'switch_off', 'view_only', 'bad_request', 'too_often']
    for (const what of whats) for (const why of whys) for (let at = 0; at < 30; at += 1) record.note({ what, why, subject: `s${at}` })
    expect(record.newest(10_000)).toHaveLength(mostRefusals)
    expect(record.newest(1)).toMatchObject([{ what: 'flood', why: 'too_often' }])
  })

  it('shows nothing of what the gateway wrote but what can be shown', () => {
    record.note(stream(`a\u0000\u202eb\ud800${'c'.repeat(1_000)}`))
    const subject = record.newest(1)[0]?.subject ?? ''
    expect(subject.startsWith('ab')).toBe(true)
    expect(subject).not.toMatch(/[\u0000\u202e]/u)
    expect(subject.isWellFormed()).toBe(true)
    expect(subject).toHaveLength(longestSubject)
  })
})
