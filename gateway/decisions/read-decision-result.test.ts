import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { denialCodes, missingCodes } from './denial-codes.ts'
import { decisionResultSchema } from './decision-result.ts'
import { readDecisionResult } from './read-decision-result.ts'

const good = {
  allow: true,
  denials: [],
  missing: [],
  limits: {
    max_duration_s: 60,
    services: ['hmi'],
    transfer: false,
    record: true,
    on_unexplained: 'pause',
    request_rules: [{ effect: 'deny', methods: ['DELETE'], path: '/admin/*' }],
  },
  valid_until: 1_795_500_000,
}

const odd = fc.oneof(fc.anything(), fc.constantFrom('yes', 1, Number.NaN, Infinity, -1, 0.5, null, undefined, 'true', [], {}, ['hmi', 7]))
/** JSON has no `undefined`: the schema takes it for a member that is left out, and it never comes. */
const oddUntil = odd.filter((value) => value !== undefined)
const denial = fc.record(
  { code: fc.oneof(fc.constantFrom(...denialCodes), fc.string()), message: fc.string(), until: fc.oneof(fc.nat(), oddUntil) },
  { requiredKeys: ['code', 'message'] },
)
const result = fc.record(
  {
    allow: fc.oneof(fc.boolean(), odd),
    denials: fc.oneof(fc.array(denial, { maxLength: 3 }), odd),
    missing: fc.oneof(fc.array(fc.constantFrom(...missingCodes), { maxLength: 3 }), odd),
    limits: fc.oneof(
      fc.constant(good.limits),
      fc.record(
        Object.fromEntries(Object.entries(good.limits).map(([name, value]) => [name, fc.oneof(fc.constant<unknown>(value), odd)])),
        { requiredKeys: [] },
      ),
    ),
    valid_until: fc.oneof(fc.nat(), odd),
  },
  { requiredKeys: [] },
)

describe('readDecisionResult', () => {
  it('takes what fits the contract', () => {
    expect(readDecisionResult(good)).toEqual(good)
  })

  it('takes codes of a policy’s own, and until when waiting helps', () => {
    const denials = [{ code: 'outside_hours', message: 'Closed.', until: 1_795_510_800 }]
    expect(readDecisionResult({ ...good, allow: false, denials, missing: ['site_open'] })).toMatchObject({
      denials,
      missing: ['site_open'],
    })
  })

  it.each([
    ['an allowance in words', { ...good, allow: 'yes' }],
    ['an allowance as a number', { ...good, allow: 1 }],
    ['no allowance at all', { ...good, allow: undefined }],
    ['a missing member', { allow: true, denials: [], missing: [], limits: good.limits }],
    ['a member too many', { ...good, extra: 1 }],
    ['a code that is none', { ...good, denials: [{ code: 'Because of it', message: '' }] }],
    ['a wait without an end', { ...good, denials: [{ code: 'outside_hours', message: '', until: 'soon' }] }],
    ['a remedy that is no code', { ...good, missing: ['A training'] }],
    ['a time that is no number', { ...good, valid_until: Number.NaN }],
    ['too many denials', { ...good, denials: Array.from({ length: 101 }, () => ({ code: 'time_limit', message: '' })) }],
    ['a rule that allows', { ...good, limits: { ...good.limits, request_rules: [{ effect: 'allow', methods: [], path: '/' }] } }],
    ['undefined', undefined],
    ['a list', [good]],
  ])('refuses %s', (_name, value) => {
    expect(readDecisionResult(value)).toBeNull()
  })

  it('judges as the schema does, whatever comes', () => {
    fc.assert(
      fc.property(result, (value) => {
        expect(readDecisionResult(value) !== null).toBe(decisionResultSchema.safeParse(value).success)
      }),
      { numRuns: 2000 },
    )
  })

  it('puts denials into an order that stays', () => {
    const denials = [
      { code: 'time_limit', message: 'b' },
      { code: 'no_approval', message: 'z' },
      { code: 'time_limit', message: 'a' },
    ]
    expect(readDecisionResult({ ...good, allow: false, denials })?.denials.map((one) => one.message)).toEqual(['z', 'a', 'b'])
  })
})
