import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { targetNames } from './targets.ts'

/** As `npm run fuzz -- TARGET 10` has it, with a new seed each time; it changes no corpus, but a crash is kept. */
it.each(targetNames)('ten seconds of %s, steered by coverage, find nothing', (name) => {
  const args = ['--disable-warning=ExperimentalWarning', fileURLToPath(new URL('fuzz-entry.ts', import.meta.url)), name, '10']
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, FUZZ_KEEP: 'no' } })
  process.stdout.write(stdout)
  expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' })
  const [, executions, reached] = /: (\d+) executions, \d+ a second, (\d+) of/.exec(stdout) ?? []
  expect(Number(executions)).toBeGreaterThan(100)
  expect(Number(reached)).toBeGreaterThan(3)
})
