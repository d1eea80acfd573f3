import { beforeAll, describe, expect, it } from 'vitest'
import { projectOpa, policiesDir } from '../../../policies/project-opa.ts'
import { systemClock } from '../../basics/clock.ts'
import { confineOpa } from '../compiler/confine-opa.ts'
import type { PolicySources } from '../policy-files.ts'
import { withFiles } from '../testing/small-policy.ts'
import { createPolicyAnalysis } from './create-policy-analysis.ts'
import type { PolicyAnalysis } from './create-policy-analysis.ts'

const megabyte = 1024 * 1024
let analysis: PolicyAnalysis
beforeAll(async () => {
  const opa = await confineOpa({ opa: projectOpa(), environment: process.env })
  analysis = createPolicyAnalysis({ compiler: { opa, contractDir: policiesDir, timeLimitMs: 60_000 }, clock: systemClock })
})

/** What is said of the policy, and that this process is none the larger for it. */
async function said(sources: PolicySources): Promise<string> {
  const before = process.memoryUsage.rss()
  const { findings } = await analysis.analyse({ sources })
  expect(process.memoryUsage.rss() - before).toBeLessThan(128 * megabyte)
  return findings
    .filter(({ severity }) => severity === 'error')
    .map(({ path, line, code, message }) => `${path}:${line} ${code} ${message}`)
    .join('\n')
}

const testFile = (rego: string): PolicySources =>
  withFiles({ 'rules/hostile_test.rego': `package sallyport.rules.hostile_test\n\n${rego}\n` })

describe('a hostile policy gets a clear error, and harms nobody', () => {
  it('that loops: by the line of its test', async () => {
    const loop =
      'test_for_ever if {\n\tevery x in numbers.range(1, 100000) {\n\t\tevery y in numbers.range(1, 100000) { x + y > 0 }\n\t}\n}'
    expect(await said(testFile(loop))).toMatch(
      /^rules\/hostile_test\.rego:3 test_too_slow The test "test_for_ever" fails: rules\/hostile_test\.rego:[45]: The test took longer than 2 seconds/,
    )
  })

  it('that allocates without end: by the bound, and what to look for', async () => {
    const texts = Array.from({ length: 10 }, (_, n) => `s${n + 1} := concat("", [${Array(8).fill(`s${n}`).join(', ')}])`)
    const greedy = ['s0 := "xxxxxxxxxxxxxxxx"', ...texts, 'test_greedy if count(s10) > 5'].join('\n\n')
    expect(await said(testFile(greedy))).toMatch(
      // On a machine that has much to do its two seconds are over first.
      /:1 compiler_memory The run of the tests needed more memory than it may have|test_greedy" fails: .*took longer than 2 seconds/,
    )
  })

  it('that has 10,000 rules: by the file and the bound', async () => {
    const rules = (from: number): string => Array.from({ length: 1_000 }, (_, n) => `r${from + n} if input.time.unix == ${n}`).join('\n')
    const files = Array.from({ length: 10 }, (_, n) => [
      `rules/many_${n}.rego`,
      `package sallyport.rules.many_${n}\n\n${rules(n * 1_000)}\n`,
    ])
    const text = await said(withFiles(Object.fromEntries(files)))
    expect(text).toContain('too_many_rules The policy has 10,00')
    expect(text).toContain('2,000 is the most')
    expect(text).toMatch(/^rules\/many_\d\.rego:1 /)
  })

  it('that has 10,000 rules in one file: by the file and its size', async () => {
    const rules = Array.from({ length: 10_000 }, (_, n) => `rule_${n} if input.time.unix == ${n}`).join('\n')
    expect(await said(withFiles({ 'rules/many.rego': `package sallyport.rules.many\n\n${rules}\n` }))).toMatch(
      /^rules\/many\.rego:1 file_too_big rules\/many\.rego has 3\d\d,\d\d\d bytes, and 262,144 is the most/,
    )
  })

  it('that is 10 MB: by the bound, and the compiler does not see it', async () => {
    const text = await said(withFiles({ 'rules/big.rego': `package sallyport.rules.big\n\nx := "${'x'.repeat(10 * megabyte)}"\n` }))
    expect(text).toContain('file_too_big')
    expect(text).toContain(':1 policy_too_big The policy has 10,48')
  })

  it('that is one dense file: by the file', async () => {
    const dense = `x := [${'[1],'.repeat(50_000)}]`
    expect(await said(withFiles({ 'rules/dense.rego': `package sallyport.rules.dense\n\n${dense}\n` }))).toMatch(
      /^rules\/dense\.rego:1 (?:file_too_big|compiler_)/,
    )
  })

  it('that asks the network: by the line', async () => {
    const asks = 'package sallyport.rules.asks\n\nx := http.send({"method": "get", "url": "http://127.0.0.1/"}).body\n'
    expect(await said(withFiles({ 'rules/asks.rego': asks }))).toContain('rules/asks.rego:3 rego_type_error Undefined function http.send.')
  })
})
