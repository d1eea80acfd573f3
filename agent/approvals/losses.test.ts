import { describe, expect, it } from 'vitest'
import type { LossSettings } from '../settings/agent-settings.ts'
import type { LiveSession, Moment } from './approval-state.ts'
import { clockStepMs, judgeLosses, panelGoneMs } from './losses.ts'

const start: Moment = { wallMs: 1_800_000_000_000, monotonicMs: 50_000, bootMs: 90_000 }
const live = { clockOffsetMs: start.wallMs - start.bootMs, paused: false } as LiveSession
const delivered: LossSettings = { panel: 'end', gateway: 'wait', clock: 'end' }
const judge = (change: Partial<Parameters<typeof judgeLosses>[0]>) =>
  judgeLosses({ live, now: start, panelGoneSinceMs: null, tunnelLostAtMs: null, settings: delivered, ...change })

describe('the loss of the panel', () => {
  const gone = (ms: number) => ({ panelGoneSinceMs: start.monotonicMs - ms })
  it.each([
    ['end', { end: 'panel_lost' }],
    ['pause', { pause: true }],
    ['go_on', null],
  ] as const)('set to %s', (panel, expected) => {
    const settings = { ...delivered, panel }
    expect(judge({ settings, ...gone(panelGoneMs - 1) })).toBeNull()
    expect(judge({ settings, ...gone(panelGoneMs) })).toEqual(expected)
  })

  it('pauses once, and where no browser ever showed it there is nothing to lose', () => {
    expect(judge({ settings: { ...delivered, panel: 'pause' }, live: { ...live, paused: true }, ...gone(panelGoneMs) })).toBeNull()
    expect(judge({})).toBeNull()
  })
})

describe('the loss of the gateway', () => {
  it('waits for it, or ends at once', () => {
    expect(judge({ tunnelLostAtMs: 0 })).toBeNull()
    expect(judge({ tunnelLostAtMs: start.monotonicMs, settings: { ...delivered, gateway: 'end' } })).toEqual({ end: 'device_lost' })
  })
})

describe('a step of the wall clock', () => {
  it.each([1, -1])('by more than a minute ends the session, unless the site says that it goes on (%d)', (way) => {
    const stepped = (ms: number) => ({ now: { ...start, wallMs: start.wallMs + way * ms } })
    expect(judge(stepped(clockStepMs))).toBeNull()
    expect(judge(stepped(clockStepMs + 1))).toEqual({ end: 'clock' })
    expect(judge({ ...stepped(clockStepMs + 1), settings: { ...delivered, clock: 'go_on' } })).toBeNull()
  })

  it('is none when the computer slept: the boot clock went on with it', () => {
    expect(
      judge({ now: { wallMs: start.wallMs + 3_600_000, monotonicMs: start.monotonicMs, bootMs: start.bootMs + 3_600_000 } }),
    ).toBeNull()
  })
})
