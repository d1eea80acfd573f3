import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../basics/fake-clock.ts'
import { policySources, revisionOf, type PolicySources } from '../policy-files.ts'
import { findOpa, opaVersion } from '../find-opa.ts'
import { loadShippedPolicy } from '../load-shipped-policy.ts'
import { createSourceJudge } from './judge-sources.ts'
import { readCoverage } from './read-coverage.ts'

const projectDir = fileURLToPath(new URL('../../..', import.meta.url))
const policiesDir = fileURLToPath(new URL('../../../policies', import.meta.url))
const shipped = policySources(policiesDir)
const judge = createSourceJudge({
  opa: async () => findOpa({ environment: process.env, projectDir }),
  version: opaVersion,
  contractDir: policiesDir,
  clock: new FakeClock(),
})
const judged = (change: PolicySources) => judge.judge({ ...shipped, ...change })

describe('a judge of sources', () => {
  it('finds the shipped policy green, covered, and the same bytes as were shipped', async () => {
    const { results, policy } = await judged({})
    expect(results).toMatchObject({ check: { ok: true }, tests: { failed: 0, failures: [] } })
    expect(results.tests.passed).toBeGreaterThan(50)
    expect(results.coverage.decision_percent).toBeGreaterThan(90)
    expect(results.coverage.files['rules/region.rego']?.covered.length).toBeGreaterThan(0)
    const compiled = await loadShippedPolicy(policiesDir)
    expect([policy?.revision, Buffer.from(policy?.wasm ?? []).equals(compiled.wasm)]).toEqual([revisionOf(shipped), true])
  })

  it('refuses data that the rules cannot use, by file and line', async () => {
    const { results } = await judged({ 'data/undertaking.json': '{\n  "undertaking": { "versoin": "2027" }\n}' })
    expect(results.check).toMatchObject({ ok: false, output: expect.stringContaining('data/undertaking.json:2: data_unknown: ') as string })
  })

  it('names the test that fails with its file and line, and compiles all the same', async () => {
    const test = 'package sallyport.mine_test\n\ntest_fine if true\n\ntest_wrong if {\n\tfalse\n}\n'
    const { results, policy } = await judged({ 'rules/mine_test.rego': test })
    expect(results.tests).toMatchObject({
      failed: 1,
      failures: [{ name: 'test_wrong', path: 'rules/mine_test.rego', line: 5 }],
    })
    expect(policy).not.toBeNull()
  })

  it.each([
    ['a slip of the pen in a field', 'package sallyport.mine\n\nallowed if input.technician.regionz\n', /mine\.rego:3.*undefined ref/s],
    [
      'a function that the engine has not',
      'package sallyport.mine\n\nanswer := http.send({"url": "http://x"})\n',
      /mine\.rego:3.*undefined function http\.send/s,
    ],
    ['no Rego', 'package sallyport.mine\n\nallowed if {\n', /mine\.rego:\d+.*rego_parse_error/s],
  ])('refuses %s with its file and line', async (_what, text, words) => {
    const { results } = await judged({ 'rules/mine.rego': text })
    expect(results.check).toMatchObject({ ok: false, output: expect.stringMatching(words) })
  })

  it('says why tests could not even begin', async () => {
    const { results } = await judged({ 'rules/mine_test.rego': 'package sallyport.mine_test\n\ntest_x if unknown\n' })
    expect(results.tests).toMatchObject({ passed: 0, failed: 0, output: expect.stringContaining('mine_test.rego:3') })
    expect(results.coverage.decision_percent).toBe(0)
  })
})

describe('coverage', () => {
  const at = (start: number, end: number) => ({ start: { row: start }, end: { row: end } })

  it('counts lines once, and those as missed that a part of was missed', () => {
    const files = {
      'rules/a.rego': { covered: [at(1, 6), at(2, 2)], not_covered: [at(3, 4)] },
      'rules/a_test.rego': { covered: [at(1, 90)] },
    }
    expect(readCoverage({ files })).toEqual({
      percent: 66.6,
      decision_percent: 66.6,
      files: {
        'rules/a.rego': {
          covered: [
            [1, 2],
            [5, 6],
          ],
          not_covered: [[3, 4]],
        },
      },
    })
  })

  it('of the decision is that of what decides', () => {
    const files = { 'access/a.rego': { covered: [at(1, 1)] }, 'lib/b.rego': { not_covered: [at(1, 3)] } }
    expect(readCoverage({ files })).toMatchObject({ percent: 25, decision_percent: 100 })
    for (const none of [undefined, 'x', { files: [] }, { files: {} }]) expect(readCoverage(none)).toMatchObject({ decision_percent: 0 })
  })
})
