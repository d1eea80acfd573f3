import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PlannedWindow, ServiceMode } from '../state/mode-store.ts'
import { sessionRequest } from '../testing/agent-bench.ts'
import type { Moment } from './approval-state.ts'
import type { LeftSession } from './last-leave.ts'
import { standingConsent } from './standing-consent.ts'

const now: Moment = { wallMs: 1_800_000_000_000, monotonicMs: 9_000_000, bootMs: 9_500_000 }
const nowS = now.wallMs / 1000
const word = { by: 'Olga', proof: 'pin' } as const
const request = sessionRequest({ services: ['hmi', 'plc'], duration_s: 600 })
const technician = { id: request.technician.id, name: 'Mia Maier', organisation: 'Acme' }
const later = (moment: Moment, ms: number): Moment => ({
  wallMs: moment.wallMs + ms,
  monotonicMs: moment.monotonicMs + ms,
  bootMs: moment.bootMs + ms,
})
const judge = (change: Partial<Parameters<typeof standingConsent>[0]> & { modes?: Record<string, ServiceMode> }) =>
  standingConsent({
    request,
    modeOf: (service) => change.modes?.[service] ?? { mode: 'attended' },
    windows: [],
    left: null,
    needsPress: () => false,
    call: null,
    now,
    ...change,
  })
const both = (mode: ServiceMode) => ({ modes: { hmi: mode, plc: mode } })
const window: PlannedWindow = {
  ...word,
  id: 'w1',
  technician,
  services: ['hmi', 'plc'],
  fromMs: now.wallMs - 1_000,
  untilMs: now.wallMs + 300_000,
}
const left: LeftSession = {
  ...word,
  technician,
  services: ['hmi', 'plc'],
  leftAt: later(now, -60_000),
  expiresAtS: nowS + 120,
}
const reconnect: ServiceMode = { mode: 'reconnect', minutes: 5, ...word }

describe('consent that stands', () => {
  it('is none where nobody gave it', () => {
    expect(judge({})).toBeNull()
  })

  it('unattended: for the time that is asked for', () => {
    expect(judge(both({ mode: 'unattended', ...word }))).toEqual({ mode: 'unattended', ...word, expiresAtS: nowS + 600 })
  })

  it('covers every service that is asked for, or none', () => {
    expect(judge({ modes: { hmi: { mode: 'unattended', ...word } } })).toBeNull()
    expect(judge({ request: { ...request, services: [] }, ...both({ mode: 'unattended', ...word }) })).toBeNull()
  })

  it('is named by the weakest of several', () => {
    const modes = { hmi: { mode: 'unattended', ...word } as const, plc: reconnect }
    expect(judge({ modes, left })).toMatchObject({ mode: 'unattended', expiresAtS: left.expiresAtS })
    expect(judge({ modes: { plc: reconnect }, left, windows: [{ ...window, services: ['hmi'] }] })).toMatchObject({ mode: 'planned' })
  })

  it('gives no more time to a session that lives', () => {
    expect(judge({ request: { ...request, kind: 'extend' }, ...both({ mode: 'unattended', ...word }) })).toBeNull()
  })
})

describe('a planned window', () => {
  it('is for one technician, from its beginning on and to its end', () => {
    expect(judge({ windows: [window] })).toEqual({ mode: 'planned', ...word, expiresAtS: nowS + 300 })
    expect(judge({ windows: [{ ...window, technician: { ...technician, id: 'per_2' } }] })).toBeNull()
    expect(judge({ windows: [{ ...window, fromMs: now.wallMs + 1 }] })).toBeNull()
    expect(judge({ windows: [{ ...window, untilMs: now.wallMs }] })).toBeNull()
    expect(judge({ windows: [{ ...window, services: ['hmi'] }] })).toBeNull()
  })
})

describe('coming back', () => {
  it('is for whom the operator let in, so soon after he left, and never beyond what was approved', () => {
    expect(judge({ ...both(reconnect), left })).toEqual({ mode: 'reconnect', ...word, expiresAtS: left.expiresAtS })
    for (const other of [{ id: 'per_2' }, { name: 'Mia Meier' }, { organisation: 'Acne' }])
      expect(judge({ ...both(reconnect), left: { ...left, technician: { ...technician, ...other } } })).toBeNull()
    expect(judge({ ...both(reconnect), left: { ...left, services: ['hmi'] } })).toBeNull()
    expect(judge({ ...both(reconnect), left: { ...left, expiresAtS: nowS } })).toBeNull()
    expect(judge({ ...both({ mode: 'attended' }), left })).toBeNull()
  })

  it.each(['wallMs', 'monotonicMs', 'bootMs'] as const)('is too late by whichever clock says so: %s', (clock) => {
    expect(judge({ ...both(reconnect), left: { ...left, leftAt: { ...left.leftAt, [clock]: now[clock] - 300_001 } } })).toBeNull()
  })

  it('gains nothing by a wall clock that is set back', () => {
    expect(judge({ ...both(reconnect), left: { ...left, leftAt: { ...left.leftAt, wallMs: now.wallMs + 1 } } })).toBeNull()
  })
})

it('never lets anybody in for longer than the strictest of what covers him', () => {
  const mode = fc.constantFrom<ServiceMode>({ mode: 'attended' }, reconnect, { mode: 'unattended', ...word })
  fc.assert(
    fc.property(mode, mode, fc.integer({ min: -400, max: 400 }), fc.integer({ min: -400, max: 900 }), (hmi, plc, leftS, untilS) => {
      const windows = [{ ...window, services: ['plc'], untilMs: now.wallMs + untilS * 1000 }]
      const gone = { ...left, leftAt: later(now, -leftS * 1000), expiresAtS: nowS + untilS }
      const consent = judge({ modes: { hmi, plc }, windows, left: gone })
      if (consent === null) return
      expect(consent.expiresAtS).toBeGreaterThan(nowS)
      expect(consent.expiresAtS).toBeLessThanOrEqual(nowS + request.duration_s)
      if (hmi.mode !== 'unattended') expect(consent.expiresAtS).toBeLessThanOrEqual(nowS + untilS)
    }),
  )
})

it('never lets in to what is used only while somebody holds the enabling switch', () => {
  const all = { ...both({ mode: 'unattended', ...word }), windows: [window], left }
  expect(judge(all)).not.toBe(null)
  expect(judge({ ...all, needsPress: (service) => service === 'plc' })).toBe(null)
  expect(judge({ ...all, ...both(reconnect), needsPress: () => true })).toBe(null)
})
