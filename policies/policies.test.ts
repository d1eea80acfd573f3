import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decisionInputSchema } from '../gateway/decisions/decision-input.ts'
import { missingCodes, policyDenialCodes } from '../gateway/decisions/denial-codes.ts'
import { checkPolicy } from '../gateway/policies-admin/check-policy.ts'
import { compilePolicy } from '../gateway/policies-admin/compile-policy.ts'
import { loadShippedPolicy } from '../gateway/policies-admin/load-shipped-policy.ts'
import { policyFiles } from '../gateway/policies-admin/policy-files.ts'
import { runOpa } from '../gateway/policies-admin/run-opa.ts'
import { generateCapabilities } from './generate-capabilities.ts'
import { generateContractPage } from './generate-contract-page.ts'
import { generateSchemas } from './generate-schemas.ts'
import { policiesDir, projectOpa } from './project-opa.ts'

const opa = projectOpa()
const read = (path: string): string => readFileSync(join(policiesDir, path), 'utf8')
const files = policyFiles(policiesDir)
const work = mkdtempSync(join(tmpdir(), 'policies-test-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

describe('the shipped policy', () => {
  it('uses exactly the reason codes of the closed union, and names and explains each beside its rule', async () => {
    const rego = files.sources.map(read).join('\n')
    const used = [...rego.matchAll(/"code":\s*"([a-z_]+)"/g)].map((match) => match[1])
    expect(new Set(used)).toEqual(new Set(policyDenialCodes))
    const missing = [...rego.matchAll(/^missing contains "([a-z0-9_]+)"/gm)].map((match) => match[1])
    expect(new Set(missing)).toEqual(new Set(missingCodes))
    const { reasons } = await loadShippedPolicy(policiesDir)
    expect(Object.keys(reasons.denials)).toEqual(policyDenialCodes.toSorted())
    expect(Object.keys(reasons.missing)).toEqual(missingCodes.toSorted())
  })

  it('has different, whole sentences in both languages for every reason', async () => {
    const { reasons } = await loadShippedPolicy(policiesDir)
    for (const [code, { de, en }] of Object.entries(reasons.denials)) {
      for (const sentence of [de.reason, de.remedy, en.reason, en.remedy]) expect(sentence, code).toMatch(/^[A-ZÄÖÜ].{10,}\.$/)
      expect([de.reason, de.remedy], code).not.toEqual([en.reason, en.remedy])
    }
  })

  it('has a test beside every rule', () => {
    for (const source of files.sources.filter((path) => path.startsWith('rules/')))
      expect(files.tests).toContain(source.replace('.rego', '_test.rego'))
  })

  it('needs every rule that it has, and has every rule that it needs', () => {
    const needed = [...read('access/needed.rego').matchAll(/"([a-z_]+)"(?=[,}\n])/g)].map((match) => match[1])
    const rules = files.sources.filter((path) => path.startsWith('rules/')).map((path) => path.slice('rules/'.length, -'.rego'.length))
    expect(new Set(needed)).toEqual(new Set(rules))
  })

  it('passes the compiler, its own tests and the build', async () => {
    const check = await checkPolicy({ dir: policiesDir, opa, contractDir: policiesDir })
    expect(check.steps.filter((step) => !step.ok)).toEqual([])
    expect(check.steps.find((step) => step.name === 'test')?.output).toMatch(/^PASS: (\d+)\/\1$/m)
  })

  it('is covered by its tests, every rule of it', async () => {
    const args = ['test', '--coverage', ...files.sources, ...files.tests, ...files.data]
    const outcome = await runOpa({ opa, args, cwd: policiesDir, timeLimitMs: 30_000 })
    const report = JSON.parse(outcome.stdout) as { files: Record<string, { not_covered?: unknown[]; covered?: unknown[] }> }
    for (const source of files.sources) {
      expect(report.files[source]?.covered, source).not.toEqual(undefined)
      expect(report.files[source]?.not_covered ?? [], source).toEqual([])
    }
  })

  it('compiles to the very bytes that are in the repository', async () => {
    const shipped = await loadShippedPolicy(policiesDir)
    const compiled = await compilePolicy({ dir: policiesDir, opa, contractDir: policiesDir })
    expect(compiled.revision).toBe(shipped.revision)
    expect(Buffer.from(compiled.wasm).equals(Buffer.from(shipped.wasm))).toBe(true)
    expect(compiled.data).toEqual(shipped.data)
    expect(compiled.reasons).toEqual(shipped.reasons)
    expect(compiled.opaVersion).toBe(shipped.opaVersion)
  })

  it('compiles to the same bytes in another directory', async () => {
    const copy = join(work, 'copy')
    cpSync(policiesDir, copy, { recursive: true })
    const compiled = await compilePolicy({ dir: copy, opa, contractDir: policiesDir })
    expect(Buffer.from(compiled.wasm).equals(readFileSync(join(policiesDir, 'compiled/policy.wasm')))).toBe(true)
  })

  it('has schemas that were generated from the contract as it is now', () => {
    for (const [name, text] of Object.entries(generateSchemas())) expect(read(`schemas/${name}`), 'run: node policies/build.ts').toBe(text)
  })

  it('has a page about its contract that was generated from the schemas as they are now', () => {
    expect(read('../docs/policy-contract.md'), 'run: node policies/build.ts').toBe(generateContractPage())
  })

  it('has capabilities that were generated from the list as it is now', async () => {
    expect(read('capabilities.json'), 'run: node policies/build.ts').toBe(await generateCapabilities(opa))
  })

  it('has examples that fit the input schema', () => {
    for (const name of readdirSync(join(policiesDir, 'examples/inputs'))) {
      expect(decisionInputSchema.safeParse(JSON.parse(read(`examples/inputs/${name}`))).error, name).toBe(undefined)
    }
  })
})

describe('an example', () => {
  it.each([
    ['view.json', []],
    ['request.json', []],
    ['use.json', []],
    ['denied.json', ['no_approval', 'outside_region', 'training_expired']],
  ])('is answered as its name says, by the command of the README: %s', async (name, codes) => {
    const [, command = ''] = /`opa (eval .*) data\.sallyport/.exec(read('README.md')) ?? []
    const args = [
      ...command.replace('examples/inputs/use.json', `examples/inputs/${name}`).split(' '),
      '--format',
      'raw',
      'data.sallyport.access.decision',
    ]
    const outcome = await runOpa({ opa, args, cwd: policiesDir, timeLimitMs: 30_000 })
    const { allow, denials } = JSON.parse(outcome.stdout) as { allow: boolean; denials: { code: string }[] }
    expect([allow, denials.map(({ code }) => code)]).toEqual([codes.length === 0, codes])
  })

  it('is there for each of these', () => {
    expect(readdirSync(join(policiesDir, 'examples/inputs'))).toHaveLength(4)
  })
})

describe('a policy that was edited wrongly', () => {
  const edited = join(work, 'edited')
  beforeAll(() => cpSync(policiesDir, edited, { recursive: true }))

  const check = async (text: string) => {
    writeFileSync(join(edited, 'rules/extra.rego'), `package sallyport.rules.extra\n\n${text}\n`)
    return checkPolicy({ dir: edited, opa, contractDir: policiesDir })
  }
  const outputOf = (checked: Awaited<ReturnType<typeof check>>, name: string): string | undefined =>
    checked.steps.find((step) => step.name === name && !step.ok)?.output

  it('is told of a misspelt member of the input, with file and line', async () => {
    const checked = await check('satisfied if input.technician.regoins == []')
    expect(checked.ok).toBe(false)
    expect(outputOf(checked, 'check')).toMatch(/extra\.rego:3: rego_type_error: undefined ref: input\.technician\.regoins/)
  })

  it('is told of a function that the engine does not have', async () => {
    const checked = await check('satisfied if time.now_ns() > 0')
    expect(outputOf(checked, 'check')).toMatch(/extra\.rego:3: .*undefined function time\.now_ns/)
    expect(outputOf(checked, 'build')).toMatch(/undefined function time\.now_ns/)
  })

  it('is told that the members of a set have no order to be joined in', async () => {
    const checked = await check('satisfied if concat(",", {x | some x in input.technician.regions}) == "a,b"')
    expect(outputOf(checked, 'check')).toMatch(/extra\.rego:3: .*concat: invalid argument/)
  })

  it('is told of a test that fails, and of everything else at once', async () => {
    writeFileSync(join(edited, 'rules/extra_test.rego'), 'package sallyport.rules.extra_test\n\ntest_never if 1 == 2\n')
    const checked = await check('satisfied if http.send({})')
    expect(outputOf(checked, 'check')).toBeDefined()
    expect(outputOf(checked, 'test')).toBeDefined()
    const repaired = await check('satisfied if 1 == 1')
    expect(outputOf(repaired, 'test')).toMatch(/test_never: FAIL/)
    expect(outputOf(repaired, 'build')).toBeUndefined()
  })

  const problemOf = (custom: string) => check(`# METADATA\n# custom: ${custom}\ndenials contains {"code": "mine", "message": ""} if false`)

  it('is told of a text that is not whole, or is one too many, with file and line', async () => {
    const half = await problemOf(
      '{reasons: {mine: {granted_by: me, de: {reason: "Nein, das nicht."}, en: {reason: "No, not that.", remedy: "Wait for it."}}}}',
    )
    expect(outputOf(half, 'build')).toMatch(/rules\/extra\.rego:5: custom\.reasons\.mine\.granted_by: /)
    expect(outputOf(half, 'build')).toMatch(/rules\/extra\.rego:5: custom\.reasons\.mine\.de\.remedy: /)
    const twice = await problemOf('{missing: {training: {de: Eine Schulung, en: A training}}}')
    expect(outputOf(twice, 'build')).toMatch(/custom\.missing\.training: this code has a text elsewhere already/)
    const noText = await problemOf('[reasons')
    expect(outputOf(noText, 'check')).toMatch(/extra\.rego/)
  })

  it('is refused at start when the compiled bytes are not those of the sources', async () => {
    await expect(loadShippedPolicy(edited)).rejects.toMatchObject({ code: 'policy_out_of_date' })
    writeFileSync(join(edited, 'compiled/data.json'), '{}')
    await expect(loadShippedPolicy(edited)).rejects.toMatchObject({ code: 'policy_damaged', message: expect.stringContaining('data.json') })
    rmSync(join(edited, 'compiled/manifest.json'))
    await expect(loadShippedPolicy(edited)).rejects.toMatchObject({ code: 'policy_not_readable' })
  })
})
