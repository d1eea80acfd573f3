import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
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
/** What depends on the machine, the compiler's counting and on how many tests the shipped policy has. */
const steady = (text: string): string =>
  text
    .replaceAll(/__local\d+__/gu, '__local__')
    .replaceAll(/\([\d.]+(?:ns|µs|ms|s)\)/gu, '(time)')
    .replaceAll(/\d+ bytes/gu, 'bytes')
    .replaceAll(/(?:PASS|FAIL): \d+\/\d+/gu, (count) => count.replaceAll(/\d{2,}/gu, 'many'))
    .replaceAll(/sha256:[0-9a-f]{64}/gu, 'sha256:')
    .trim()
/** What the page prints, in its order, against what the command says. */
const printed = blocks.filter((block) => block.includes('revision sha256:')).values()
async function checkSaysThePage(exitCode: 0 | 1): Promise<void> {
  const said = await run(process.execPath, [join(policiesDir, '../gateway/main.ts'), 'policy', 'check', mine])
  expect(steady(said.stdout)).toBe(steady(printed.next().value ?? 'The page prints no more.'))
  expect(said.code).toBe(exitCode)
}
const run = (file: string, args: readonly string[]): Promise<{ readonly code: number; readonly stdout: string }> =>
  new Promise((resolve) => {
    execFile(file, args, { env: { ...process.env, SALLYPORT_OPA: opa } }, (error, stdout) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout }),
    )
  })

it('goes as the page says, step by step, and prints what the page prints', async () => {
  for (const folder of ['access', 'rules', 'data']) cpSync(join(policiesDir, folder), join(mine, folder), { recursive: true })
  await checkSaysThePage(0)

  const rule = blockWith('package sallyport.rules.shell_training\n\ndefault')
  write('rules/shell_training.rego', rule)
  write('data/shell_training.json', blockWith('"also_needed"'))
  await checkSaysThePage(1)

  const mended = rule.replace('technician.training\n', 'technician.trainings\n')
  const tests = blockWith('package sallyport.rules.shell_training_test')
  write('rules/shell_training.rego', mended)
  write('rules/shell_training_test.rego', tests)
  await checkSaysThePage(1)

  const [clause = '', changes = ''] = blockWith('changes_at contains training').split('\n\n')
  const timed = mended.replace(/satisfied if \{[^}]*\}/u, () => clause)
  const timedTests = `${tests}\n${blockWith('test_the_answer_changes')}`
  write('rules/shell_training.rego', `${timed}\n${changes}`)
  write('rules/shell_training_test.rego', timedTests)
  await checkSaysThePage(1)

  const texts = blockWith('# METADATA\n# custom:')
  write(
    'rules/shell_training.rego',
    `${timed.replace('denials contains', () => `${texts}denials contains`)}\n${blockWith('missing contains')}\n${changes}`,
  )
  write('rules/shell_training_test.rego', `${timedTests}\n${blockWith('test_whoever_lacks_it')}`)
  await checkSaysThePage(0)
  expect(printed.next().done).toBe(true)
  const { reasons } = await compilePolicy({ dir: mine, opa, contractDir: policiesDir })
  expect(reasons.denials['shell_needs_expert']?.en.reason).toBe('The level of training is too low for a shell.')

  const [commands = '', prints = ''] = blockWith('policies/examples/inputs/request.json').split('\n\n')
  const question = commands.replaceAll('/tmp/mine', mine).replaceAll('/tmp/shell.json', join(mine, 'shell.json'))
  const answer = await run('sh', ['-c', `cd '${join(policiesDir, '..')}' && ${question}`])
  expect(answer.stdout.trim()).toBe(prints.trim())
}, 240_000)
