import { describe, expect, it } from 'vitest'
import { projectOpa, policiesDir } from '../../../policies/project-opa.ts'
import { systemClock } from '../../basics/clock.ts'
import { revisionOf } from '../policy-files.ts'
import type { PolicySources } from '../policy-files.ts'
import { smallPolicy, withFiles } from '../testing/small-policy.ts'
import { analysePolicy, analysisParts } from './analyse-policy.ts'
import type { Analysis, AnalysisPart } from './analyse-policy.ts'
import { createOutlines } from './outline-modules.ts'

const compiler = { opa: projectOpa(), contractDir: policiesDir, timeLimitMs: 60_000 }
const outlines = createOutlines(compiler)
const analyse = (sources: PolicySources, parts: readonly AnalysisPart[] = analysisParts): Promise<Analysis> =>
  analysePolicy({ compiler, outlines, clock: systemClock, sources, parts: new Set(parts) })

/** `path:line:column code` of each finding. */
const places = ({ findings }: Analysis): string[] => findings.map(({ path, line, column, code }) => `${path}:${line}:${column} ${code}`)

const region = smallPolicy['rules/region.rego'] ?? ''

it('gives tests, coverage and symbols of a policy that nothing is to be said of', async () => {
  const analysis = await analyse(smallPolicy)
  expect(analysis.findings).toEqual([])
  expect(analysis.revision).toBe(revisionOf(smallPolicy))
  expect(analysis.tests.map(({ name, path, line, passed }) => ({ name, path, line, passed }))).toEqual([
    { name: 'sallyport.access_test.test_who_is_at_home_gets_in', path: 'access/decision_test.rego', line: 5, passed: true },
    { name: 'sallyport.rules.region_test.test_elsewhere_is_refused', path: 'rules/region_test.rego', line: 5, passed: true },
  ])
  expect(analysis.coverage).toMatchObject({ percent: 100, decisionPercent: 100 })
  expect(Object.keys(analysis.coverage?.files ?? {}).toSorted()).toEqual(['access/decision.rego', 'rules/region.rego'])
  expect(analysis.symbols).toContainEqual({
    name: 'data.sallyport.rules.region',
    kind: 'package',
    path: 'rules/region.rego',
    line: 2,
    column: 1,
    args: [],
    text: 'Where a technician works.',
  })
  expect(analysis.symbols.find(({ name }) => name === 'data.sallyport.rules.region.denials')).toMatchObject({ kind: 'rule', line: 15 })
  expect(analysis.tookMs).toBeGreaterThan(0)
})

describe('the check', () => {
  it('names line and column of a member that the input does not have, and what there is', async () => {
    const analysis = await analyse(withFiles({ 'rules/region.rego': region.replace('input.device.region', 'input.device.regoin') }), [
      'check',
    ])
    expect(places(analysis)).toEqual(['rules/region.rego:6:14 rego_type_error'])
    expect(analysis.findings[0]).toMatchObject({
      severity: 'error',
      endColumn: 33,
      message: expect.stringContaining('product_line, recording, region, site') as string,
    })
  })

  it('refuses what the engine does not have: no function asks the network', async () => {
    const asks = region.replace('input.device.region in', 'http.send({"url": "https://evil.example"}).body in')
    expect(places(await analyse(withFiles({ 'rules/region.rego': asks }), ['check']))).toEqual(['rules/region.rego:6:14 rego_type_error'])
  })

  it('finds what does not parse, also in a test, and goes on with the other files', async () => {
    const broken = withFiles({ 'rules/region_test.rego': 'package sallyport.rules.region_test\n\ntest_x if {\n' })
    const analysis = await analyse(broken)
    expect(places(analysis)).toEqual(['rules/region_test.rego:4:1 rego_parse_error'])
    expect(analysis.symbols.map(({ path }) => path)).toContain('rules/region.rego')
  })
})

describe('the tests', () => {
  const moreTest = {
    'rules/more_test.rego': `package sallyport.rules.more_test

import data.sallyport.rules.region

test_fails if {
	print("looking", "there")
	region.satisfied with input as {"device": {"region": "dach"}, "technician": {"regions": ["iberia"]}}
}

todo_test_later if false
`,
  }
  const failing = withFiles(moreTest)

  it('say at which line one fails, what it printed and what was not true, and the others still give coverage', async () => {
    const analysis = await analyse(failing, ['tests'])
    expect(places(analysis)).toEqual(['rules/more_test.rego:5:1 test_failed'])
    const [failed, ...others] = analysis.tests.filter(({ passed }) => !passed)
    expect(others).toEqual([])
    expect(failed?.output).toContain('looking there\n')
    expect(failed?.output).toContain('not true: rules/region.rego:6: satisfied if input.device.region in input.technician.regions')
    expect(analysis.coverage?.decisionPercent).toBe(100)
  })

  it('tell which lines no test reaches', async () => {
    const two = `${region}\nsatisfied if input.technician.id == "per_1"\n`
    const analysis = await analyse(withFiles({ 'rules/region.rego': two }), ['tests'])
    expect(analysis.coverage?.files['rules/region.rego']?.notCovered).toEqual([[17, 17]])
    expect(analysis.coverage?.decisionPercent).toBeLessThan(100)
    expect(analysis.coverage?.decisionPercent).toBeGreaterThan(60)
  })

  it('that cannot be compiled say where', async () => {
    const wrong = withFiles({ 'rules/more_test.rego': 'package sallyport.rules.more_test\n\ntest_x if nothing_there(1)\n' })
    expect(places(await analyse(wrong, ['tests']))).toEqual(['rules/more_test.rego:3:1 rego_type_error'])
  })

  it('count for nothing while the compiler refuses what they test, and the error stands first', async () => {
    const misspelt = region.replace('input.device.region in', 'input.device.regoin in')
    const analysis = await analyse(withFiles({ 'rules/region.rego': misspelt }))
    expect(places(analysis).slice(0, 1)).toEqual(['rules/region.rego:6:14 rego_type_error'])
    expect(places(analysis).filter((place) => place.includes('test_failed'))).toEqual([])
    expect(analysis).toMatchObject({ tests: [], blockedTests: 2, coverage: null })
  })

  it('that fail stand before warnings and hints of files before theirs', async () => {
    const unused = `${region}\nnobody_asks := true\n`
    const codes = (await analyse(withFiles({ 'rules/region.rego': unused, ...moreTest }))).findings.map(({ code }) => code)
    expect(codes[0]).toBe('test_failed')
    expect(codes).toContain('unused_rule')
  })

  it('may be none', async () => {
    const none = withFiles({ 'rules/region_test.rego': null, 'access/decision_test.rego': null })
    expect(await analyse(none, ['tests'])).toMatchObject({ findings: [], tests: [], coverage: null })
  })
})
