import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../basics/fake-clock.ts'
import { createPolicyTools } from '../analysis/policy-tools.ts'
import { policySources, revisionOf, type PolicySources } from '../policy-files.ts'
import { findOpa, opaVersion } from '../find-opa.ts'
import { loadShippedPolicy } from '../load-shipped-policy.ts'
import { createSourceJudge } from './judge-sources.ts'

const projectDir = fileURLToPath(new URL('../../..', import.meta.url))
const policiesDir = fileURLToPath(new URL('../../../policies', import.meta.url))
const shipped = policySources(policiesDir)
const opa = async () => findOpa({ environment: process.env, projectDir })
const { analyse } = createPolicyTools({ opa, contractDir: policiesDir, regal: null, clock: new FakeClock() })
const judge = createSourceJudge({ opa, version: opaVersion, contractDir: policiesDir, analyse })
const judged = (change: PolicySources) => judge.judge({ ...shipped, ...change })

// The compiler is a program of its own, and waits where others use the machine too.
describe('a judge of sources', { timeout: 90_000 }, () => {
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
      failures: [{ name: expect.stringContaining('test_wrong') as string, path: 'rules/mine_test.rego', line: 5 }],
    })
    expect(policy).not.toBeNull()
  })

  it.each([
    ['a slip of the pen in a field', 'package sallyport.mine\n\nallowed if input.technician.regionz\n', /mine\.rego:3.*undefined ref/is],
    [
      'a function that the engine has not',
      'package sallyport.mine\n\nanswer := http.send({"url": "http://x"})\n',
      /mine\.rego:3.*undefined function http\.send/is,
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
