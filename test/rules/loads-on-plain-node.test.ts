import { spawnSync } from 'node:child_process'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { isTest, projectRoot, readProjectFile, sourceFiles } from '../support/source-tree.ts'

/** Programs and the entries of workers act when they are loaded; every other module only defines. */
const PROGRAM = /(^|\/)(main|[a-z-]*-worker|[a-z-]*-entry)\.ts$|^deploy\/release\/build-release\.ts$/u

const SOURCES = sourceFiles().filter((file) => file.endsWith('.ts') && !isTest(file) && !file.startsWith('admin-ui/'))

it('every source file loads under plain Node, and starts nothing by being loaded', () => {
  const files = SOURCES.filter((file) => !PROGRAM.test(file)).map((file) => join(projectRoot, file))
  const args = ['--disable-warning=ExperimentalWarning', 'test/rules/load-every-module.ts']
  const run = spawnSync(process.execPath, args, { cwd: projectRoot, input: JSON.stringify(files), encoding: 'utf8' })
  expect({ code: run.status, problem: run.stderr }).toEqual({ code: 0, problem: '' })
  expect(JSON.parse(run.stdout)).toEqual([])
}, 120_000)

it('every program holds only syntax that Node can strip', () => {
  const failures = SOURCES.filter((file) => PROGRAM.test(file)).flatMap((file) => {
    try {
      stripTypeScriptTypes(readProjectFile(file))
      return []
    } catch (error) {
      return [`${file}: ${String(error)}`]
    }
  })
  expect(failures).toEqual([])
})
