import { beforeEach, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import type { HoldReason } from '../wire/agent-api.ts'
import type { LiveSession } from './approval-state.ts'
import { createHoldDesk, longestTypingMs, toldAfterMs } from './hold-desk.ts'
import type { HoldDesk } from './hold-desk.ts'

let clock: FakeClock
let live: LiveSession | null
let enabled: boolean
let held: string[]
let told: (HoldReason | null)[]
let desk: HoldDesk

beforeEach(() => {
  clock = new FakeClock()
  live = { id: 'ses_1', services: ['shell'], held: null } as unknown as LiveSession
  enabled = true
  held = []
  told = []
  desk = createHoldDesk({
    clock,
    live: () => live,
    actsOnMachine: (service) => service !== 'log',
    isHeld: (service) => service === 'crane' && !enabled,
    hold: (session, on) => void held.push(`${session} ${on}`),
    tell: (why) => {
      told.push(why)
      live = live === null ? null : { ...live, held: why }
    },
  })
})

it('holds while a PIN is typed, and tells the technician only when that lasts', () => {
  desk.typing(true, 'one')
  clock.advance(toldAfterMs - 1)
  desk.typing(false, 'one')
  clock.advance(toldAfterMs)
  expect([held, told]).toEqual([['ses_1 true', 'ses_1 false'], []])
  desk.typing(true, 'one')
  clock.advance(toldAfterMs)
  desk.typing(false, 'one')
  expect([held.length, told]).toEqual([4, ['pin', null]])
})

it('lets go by itself after a minute, however often it is said again', () => {
  desk.typing(true, 'one')
  clock.advance(longestTypingMs - 1)
  desk.typing(true, 'one')
  expect(held).toEqual(['ses_1 true'])
  clock.advance(1)
  expect([held, told]).toEqual([
    ['ses_1 true', 'ses_1 false'],
    ['pin', null],
  ])
})

it('holds no session that cannot act on the machine, nor one that is over', () => {
  live = { ...live!, services: ['log'] }
  desk.typing(true, 'one')
  live = { ...live, services: ['log', 'shell'] }
  desk.typing(true, 'one')
  live = null
  desk.follow()
  clock.advance(longestTypingMs)
  expect([held, told]).toEqual([['ses_1 true'], []])
})

it('begins anew with the session that comes next', () => {
  desk.typing(true, 'one')
  live = { ...live!, id: 'ses_2' }
  desk.follow()
  desk.typing(true, 'one')
  desk.typing(false, 'one')
  expect(held).toEqual(['ses_1 true', 'ses_2 true', 'ses_2 false'])
})

it('holds whoever comes in while a PIN is typed already', () => {
  const next = live
  live = null
  desk.typing(true, 'one')
  live = next
  desk.follow()
  desk.typing(false, 'one')
  expect(held).toEqual(['ses_1 true', 'ses_1 false'])
})

it('holds until the last of several fields is closed', () => {
  desk.typing(true, 'one')
  desk.typing(true, 'two')
  desk.typing(false, 'two')
  expect(held).toEqual(['ses_1 true'])
  desk.typing(false, 'one')
  expect(held).toEqual(['ses_1 true', 'ses_1 false'])
})

it('tells of an enabling input that nobody holds, and of the PIN before it', () => {
  live = { ...live!, services: ['crane'] }
  enabled = false
  desk.follow()
  clock.advance(toldAfterMs)
  desk.typing(true, 'one')
  clock.advance(toldAfterMs)
  desk.typing(false, 'one')
  clock.advance(toldAfterMs)
  enabled = true
  desk.follow()
  enabled = false
  desk.follow()
  clock.advance(toldAfterMs - 1)
  enabled = true
  desk.follow()
  clock.advance(toldAfterMs)
  expect(told).toEqual(['enabling', 'pin', 'enabling', null])
})
