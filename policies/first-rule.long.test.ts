import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { checkPolicy } from '../gateway/policies-admin/check-policy.ts'
import type { PolicyCheck } from '../gateway/policies-admin/check-policy.ts'
import { compilePolicy } from '../gateway/policies-admin/compile-policy.ts'
import { policiesDir, projectOpa } from './project-opa.ts'

const page = readFileSync(join(policiesDir, '../docs/first-rule.md'), 'utf8')
const opa = projectOpa()
const mine = mkdtempSync(join(tmpdir(), 'first-rule-test-'))
afterAll(() => rmSync(mine, { recursive: true, force: true }))

/** The indented blocks of the page, in its order, as somebody would type them. */
const blocks = page.split(/\n(?! {4}|\n {4})/u).flatMap((part) => {
  const lines = part.split('\n').filter((line) => line === '' || line.startsWith('    '))
  const text = lines.map((line) => line.slice(4)).join('\n')
  return text.trim() === '' ? [] : [`${text.trim()}\n`]
})
const blockWith = (words: string): string => {
  const found = blocks.find((block) => block.includes(words))
  if (found === undefined) throw new Error(`The page has no block with: ${words}`)
  return found
}
const write = (path: string, text: string): void => writeFileSync(join(mine, path), text)
const check = (): Promise<PolicyCheck> => checkPolicy({ dir: mine, opa, contractDir: policiesDir })
const failed = ({ steps }: PolicyCheck): string[] => steps.filter(({ ok }) => !ok).map(({ name, output }) => `${name}: ${output}`)

it('goes as the page says, step by step', async () => {
  for (const folder of ['access', 'rules', 'data']) cpSync(join(policiesDir, folder), join(mine, folder), { recursive: true })
  const rule = blockWith('package sallyport.rules.shell_training\n\ndefault')
  write('rules/shell_training.rego', rule)
  write('data/shell_training.json', blockWith('"also_needed"'))
  expect(failed(await check())).toEqual([
    expect.stringMatching(/^check: .*shell_training\.rego:11: .*undefined ref: input\.technician\.training/su),
  ])

  const mended = rule.replace('technician.training\n', 'technician.trainings\n')
  write('rules/shell_training.rego', mended)
  write('rules/shell_training_test.rego', blockWith('package sallyport.rules.shell_training_test'))
  expect(failed(await check())).toEqual([
    expect.stringMatching(/^test: .*shell_training_test\.rego:18:.*test_an_expired_training_does_not_count: FAIL/su),
  ])

  const [clause = '', changes = ''] = blockWith('changes_at contains training').split('\n\n')
  const texts = blockWith('# METADATA')
  const whole = mended
    .replace(/satisfied if \{[^}]*\}/u, clause)
    .replace('denials contains', `${texts}denials contains`)
    .concat('\n', blockWith('missing contains'), '\n', changes)
  write('rules/shell_training.rego', whole)
  expect(failed(await check())).toEqual([])
  const { reasons } = await compilePolicy({ dir: mine, opa, contractDir: policiesDir })
  expect(reasons.denials['shell_needs_expert']?.en.reason).toBe('The level of training is too low for a shell.')
}, 120_000)
