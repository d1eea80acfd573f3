import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { checkData } from '../gateway/policies-admin/data/check-data.ts'
import { policyDataSchemas } from '../gateway/policies-admin/data/policy-data.ts'
import { policyFiles, policySources } from '../gateway/policies-admin/policy-files.ts'
import { runOpa } from '../gateway/policies-admin/run-opa.ts'
import { policiesDir, projectOpa } from './project-opa.ts'
import { arbitraryData } from './testing/data/arbitrary-data.ts'

const opa = projectOpa()
const work = mkdtempSync(join(tmpdir(), 'data-changes-test-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))
for (const folder of ['access', 'rules', 'data']) cpSync(join(policiesDir, folder), join(work, folder), { recursive: true })
const files = policyFiles(work)
const shipped = policySources(policiesDir)

/** The tests that fail with these files in place of the shipped ones. */
async function failedWith(changed: Readonly<Record<string, string>>): Promise<readonly string[]> {
  for (const [path, text] of Object.entries(changed)) writeFileSync(join(work, path), text)
  try {
    const args = ['test', '--v1-compatible', '--format', 'json', ...files.sources, ...files.tests, ...files.data]
    const { stdout, stderr } = await runOpa({ opa, args, cwd: work, timeLimitMs: 60_000 })
    if (!stdout.startsWith('[')) throw new Error(stdout + stderr)
    const results = JSON.parse(stdout) as readonly { readonly name: string; readonly fail?: boolean; readonly error?: object }[]
    expect(results.length).toBeGreaterThan(80)
    return results.filter(({ fail, error }) => fail === true || error !== undefined).map(({ name }) => name)
  } finally {
    for (const path of Object.keys(changed)) writeFileSync(join(work, path), shipped[path] ?? '')
  }
}

describe('the tests of the shipped rules', () => {
  it('know every document that a rule reads', () => {
    expect(
      Object.keys(policyDataSchemas)
        .map((name) => `data/${name}.json`)
        .toSorted(),
    ).toEqual(files.data)
  })

  it('hold whatever is set in the data, since they bring their own', async () => {
    for (const data of fc.sample(arbitraryData, { numRuns: 3, seed: 20_261_127 })) {
      const changed = Object.fromEntries(
        Object.entries(data).map(([name, value]) => [`data/${name}.json`, JSON.stringify({ [name]: value })]),
      )
      expect(checkData({ ...shipped, ...changed })).toEqual([])
      expect(await failedWith(changed), JSON.stringify(changed)).toEqual([])
    }
  }, 120_000)

  it.each([
    ['rules/region.rego', 'counts(region) if data.regions.covers[region]', 'counts(_)'],
    ['rules/approver.rego', '>= strength[bound.proof]', '>= 0'],
    ['rules/opening_hours.rego', 'ends > 0', 'ends >= 0'],
    ['rules/training.rego', 'training.valid_until > input.time.unix', 'training.valid_until >= input.time.unix'],
    ['rules/duration.rego', 'satisfied if input.session.duration_s <=', 'satisfied if input.session.duration_s <'],
    ['access/limits.rego', 'data.limits.max_duration_s[input.service.kind]', 'data.limits.default_duration_s if input.service'],
  ])(
    'fail when the rule itself is changed: %s',
    async (path, from, to) => {
      const text = readFileSync(join(policiesDir, path), 'utf8')
      expect(text).toContain(from)
      expect(await failedWith({ [path]: text.replace(from, to) })).not.toEqual([])
    },
    60_000,
  )
})
