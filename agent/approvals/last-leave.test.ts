import { beforeEach, describe, expect, it } from 'vitest'
import type { LiveSession } from './approval-state.ts'
import { createLastLeave } from './last-leave.ts'
import type { LastLeave } from './last-leave.ts'

const now = { wallMs: 1_800_000_000_000, monotonicMs: 9_000_000, bootMs: 9_500_000 }
const technician = { id: 'per_1', name: 'Mia Maier', organisation: 'Acme' }
const session = (change: Partial<LiveSession> = {}): LiveSession =>
  ({
    technician,
    services: ['hmi'],
    approvedBy: 'Olga',
    proof: 'pin',
    mode: 'attended',
    expiresAtS: 1_800_000_600,
    paused: false,
    viewOnly: false,
    ...change,
  }) as LiveSession

let leave: LastLeave
beforeEach(() => {
  leave = createLastLeave()
  leave.sessionEnded(session(), 'completed', now)
})

describe('who left by himself', () => {
  it('may come back in the words of the press that let him in', () => {
    expect(leave.left).toEqual({ technician, services: ['hmi'], by: 'Olga', proof: 'pin', expiresAtS: 1_800_000_600, leftAt: now })
    leave.sessionEnded(session({ mode: 'reconnect' }), 'device_lost', now)
    expect(leave.left).not.toBeNull()
  })

  it('may not when somebody else ended it', () => {
    for (const reason of ['ended_by_operator', 'switch_off', 'time_limit', 'panel_lost', 'clock', 'policy']) {
      leave.sessionEnded(session(), reason, now)
      expect([reason, leave.left]).toEqual([reason, null])
    }
  })

  it('may not from a session that was paused or view only: he would come back to one that is neither', () => {
    for (const narrowed of [{ paused: true }, { viewOnly: true }]) {
      leave.sessionEnded(session(narrowed), 'completed', now)
      expect([narrowed, leave.left]).toEqual([narrowed, null])
    }
  })

  it('may not by what was planned or unattended, which is taken back by itself', () => {
    for (const mode of ['planned', 'unattended'] as const) {
      leave.sessionEnded(session({ mode }), 'completed', now)
      expect([mode, leave.left]).toEqual([mode, null])
    }
  })
})

describe('a word at the machine afterwards', () => {
  it('is for him alone when it refuses a person', () => {
    leave.refused('per_2')
    expect(leave.left).not.toBeNull()
    leave.refused('per_1')
    expect(leave.left).toBeNull()
  })

  it('bars him with a service that he had', () => {
    leave.barred('plc')
    expect(leave.left).not.toBeNull()
    leave.barred('hmi')
    expect(leave.left).toBeNull()
  })

  it('holds when it wants nobody in', () => {
    leave.forget()
    expect(leave.left).toBeNull()
  })
})
