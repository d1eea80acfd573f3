import { describe, expect, it } from 'vitest'
import type { ComplianceCase } from './compliance-case.ts'
import { runCases } from './run-cases.ts'

const module = 'package test\n\np contains x if {\n\tsome x in data.a\n\tx > input.least\n}\n'
const one = (change: Partial<ComplianceCase>): ComplianceCase => ({
  note: 'a set of what is more',
  query: 'data.test.p = x',
  modules: [module],
  data: { a: [3n, 1n, 2n] },
  input: { least: 1n },
  want_result: [{ x: [2n, 3n] }],
  ...change,
})

describe('a case of OPA', () => {
  it('passes by the answer that it says, and fails by any other', async () => {
    const outcomes = await runCases([
      one({}),
      one({ want_result: [{ x: [3n, 2n] }] }),
      one({ want_result: [{ x: [3n, 2n] }], sort_bindings: true }),
      one({ want_result: [{ x: [2n, 3n, 4n] }] }),
      one({ want_result: [] }),
      one({ input_term: '{"least": 2}', want_result: [{ x: [3n] }] }),
      one({ query: 'data.test.never = x', want_result: [] }),
    ])
    expect(outcomes.map(({ as }) => as)).toEqual(['passed', 'failed', 'passed', 'failed', 'failed', 'passed', 'passed'])
  })

  it('passes by the error that it says, and not by an answer instead of one', async () => {
    const conflict = 'package test\n\np := 1 if input.a\n\np := 2 if input.b\n'
    const wants = { modules: [conflict], want_result: null, want_error_code: 'eval_conflict_error' }
    const outcomes = await runCases([
      one({ ...wants, input: { a: true, b: true } }),
      one({ ...wants, input: { a: true } }),
      one({ modules: ['package test\n\np := q\n'], want_result: null, want_error_code: 'rego_unsafe_var_error' }),
      one({
        modules: ['package test\n\np := x if x := 1 % (input.least - 1)\n'],
        want_result: null,
        want_error: 'none',
        strict_error: true,
      }),
    ])
    expect(outcomes.map(({ as }) => as)).toEqual(['passed', 'failed', 'passed', 'passed'])
  })

  it('is not asked where it needs a built-in that policies may not use, called or replaced', async () => {
    const outcomes = await runCases([
      one({ modules: ['package test\n\np := time.now_ns()\n'] }),
      one({ modules: ['package test\n\np := 1 with http.send as 1\n'] }),
      one({ modules: ['package test\n\np := x if x := count([{}]) with count as object.union_n\n'] }),
    ])
    expect(outcomes).toMatchObject([
      { as: 'built_in_not_listed', builtin: 'time.now_ns' },
      { as: 'built_in_not_listed', builtin: 'http.send' },
      { as: 'built_in_not_listed', builtin: 'object.union_n' },
    ])
  })
})
