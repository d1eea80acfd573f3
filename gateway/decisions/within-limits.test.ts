import { describe, expect, it } from 'vitest'
import type { DecisionInput } from './decision-input.ts'
import type { DecisionLimits, DecisionResult } from './decision-result.ts'
import { exampleDecisionInput, exampleUnix } from './example-decision-input.ts'
import { withinLimits } from './within-limits.ts'

const allowed = (limits: Partial<DecisionLimits> = {}): DecisionResult => ({
  allow: true,
  denials: [],
  missing: [],
  limits: { max_duration_s: 3600, services: ['hmi'], transfer: false, record: false, on_unexplained: 'mark', request_rules: [], ...limits },
  valid_until: exampleUnix + 50_000,
})
const asked = (action: DecisionInput['action'], session: Partial<DecisionInput['session']> = {}): DecisionInput => {
  const base = exampleDecisionInput({ action })
  return { ...base, session: base.session && { ...base.session, ...session } }
}
const codes = (result: DecisionResult): string[] => result.denials.map(({ code }) => code)

describe('withinLimits', () => {
  it('leaves what keeps to its limits, and says when the time ends', () => {
    expect(withinLimits(allowed(), asked('use'))).toEqual({ ...allowed(), valid_until: exampleUnix - 300 + 3600 })
    expect(withinLimits(allowed({ services: [] }), exampleDecisionInput({ action: 'view' }))).toEqual(allowed({ services: [] }))
    const denied = { ...allowed({ services: [] }), allow: false }
    expect(withinLimits(denied, asked('use'))).toBe(denied)
  })

  it.each(['request', 'open', 'extend'] as const)('denies %s for longer than the longest time', (action) => {
    const result = withinLimits(allowed(), asked(action, { duration_s: 3601 }))
    expect([result.allow, codes(result), result.missing]).toEqual([false, ['duration_too_long'], ['shorter_duration']])
  })

  it.each(['open', 'use', 'extend', 'transfer'] as const)(
    'denies %s once the longest time is over, counted from the first approval',
    (action) => {
      const ended = { approved_at: exampleUnix - 3600, opened_at: exampleUnix - 1 }
      expect(codes(withinLimits(allowed({ transfer: true }), asked(action, ended)))).toEqual(['time_limit'])
      expect(withinLimits(allowed({ transfer: true }), asked(action, { ...ended, extensions: 1 })).allow).toBe(true)
    },
  )

  it.each(['request', 'open', 'use', 'extend'] as const)('denies %s of a service that the limits do not name', (action) => {
    const result = withinLimits(allowed({ services: ['vnc'] }), asked(action))
    expect([result.allow, codes(result), result.missing]).toEqual([false, ['no_permission'], ['permission']])
  })

  it('denies what must be recorded and is not, whatever the rules said', () => {
    const recorded = (recording: DecisionInput['device']['recording'], action: DecisionInput['action'] = 'use') => {
      const input = asked(action)
      return withinLimits(allowed({ record: true }), { ...input, device: { ...input.device, recording } })
    }
    expect(recorded({ hmi: 'mask_passwords' }).allow).toBe(true)
    const others: DecisionInput['device']['recording'][] = [{}, { hmi: 'off' }, { vnc: 'mask_all' }]
    for (const none of others) {
      const result = recorded(none)
      expect([result.allow, codes(result), result.missing]).toEqual([false, ['not_recorded'], ['recording']])
    }
    expect(recorded({}, 'view').allow).toBe(true)
    expect(withinLimits(allowed({ record: true }), { ...asked('open'), service: null }).allow).toBe(true)
  })

  it('denies a transfer that the limits do not allow, with every other reason at once', () => {
    expect(codes(withinLimits(allowed(), asked('transfer')))).toEqual(['no_permission'])
    expect(codes(withinLimits(allowed({ max_duration_s: 1, services: [] }), asked('open')))).toEqual([
      'duration_too_long',
      'time_limit',
      'no_permission',
    ])
  })
})
