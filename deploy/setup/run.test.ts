import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { digestFiles } from './digest-files.mjs'
import { ensureProgram, PROGRAMS } from './ensure-program.mjs'
import { countTests } from './run-tests.mjs'

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-setup-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function program(name: string, text = '#!/bin/sh\n') {
  const file = join(folder, name)
  writeFileSync(file, text)
  chmodSync(file, 0o755)
  return file
}

it('a task that does not exist ends in one sentence, with nothing on stdout', () => {
  const run = spawnSync(process.execPath, [here('run.mjs'), 'dmeo'], { encoding: 'utf8' })
  expect({ code: run.status, out: run.stdout }).toEqual({ code: 1, out: '' })
  expect(run.stderr).toMatch(/^sallyport: There is no task "dmeo": choose one of demo, [^\n]+\.\n$/u)
})

describe('a program in our place', () => {
  const start = (code: string) => {
    const text = `import { runInOurPlace } from ${JSON.stringify(new URL('run-program.mjs', import.meta.url).href)}
      process.exitCode = await runInOurPlace(process.execPath, ['-e', ${JSON.stringify(code)}])`
    return spawn(process.execPath, ['--input-type=module', '-e', text], { stdio: ['ignore', 'pipe', 'inherit'] })
  }

  it('gives its exit code', async () => {
    const child = start('process.exit(7)')
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(7)
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('hears %s and ends in its own way', async (signal) => {
    const child = start(`process.on('${signal}', () => process.exit(9)); setInterval(() => {}, 1e6); console.log('up')`)
    await new Promise((resolve) => child.stdout.once('data', resolve))
    child.kill(signal)
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(9)
  })
})

describe('Chromium', () => {
  const install = () => Promise.resolve(false)

  it('is the one that SALLYPORT_CHROMIUM names', async () => {
    const named = program('my-browser')
    expect(await ensureProgram(PROGRAMS.chromium, { install, env: { SALLYPORT_CHROMIUM: named, PATH: '' } })).toBe(named)
  })

  it('is otherwise the first one on the path', async () => {
    const found = program('google-chrome')
    expect(await ensureProgram(PROGRAMS.chromium, { install, env: { PATH: folder } })).toBe(found)
  })

  it('is asked for in one sentence when it is nowhere', async () => {
    await expect(ensureProgram(PROGRAMS.chromium, { install, env: { PATH: '' } })).rejects.toThrow('The tests need Chromium: install it')
    await expect(ensureProgram(PROGRAMS.chromium, { install, env: { SALLYPORT_CHROMIUM: join(folder, 'none') } })).rejects.toThrow(
      'which is no program',
    )
  })

  it('has companions that have no variable of their own', async () => {
    await expect(ensureProgram(PROGRAMS.curl, { install, env: { PATH: '' } })).rejects.toThrow(
      'The tests need curl: install it (on Debian: apt-get install curl).',
    )
  })

  it('may have come from Debian a moment ago', async () => {
    const late = async () => program('chromium') !== ''
    expect(await ensureProgram(PROGRAMS.chromium, { install: late, env: { PATH: folder } })).toBe(join(folder, 'chromium'))
  })
})

describe('the digest of the inputs of the pages', () => {
  it('changes with names and bytes, and not with what does not count', () => {
    writeFileSync(join(folder, 'a.ts'), '1')
    const before = digestFiles(folder, ['.'])
    writeFileSync(join(folder, 'a.test.ts'), '1')
    expect(digestFiles(folder, ['.'], (path) => !path.endsWith('.test.ts'))).toBe(before)
    expect(digestFiles(folder, ['.', 'missing'])).not.toBe(before)
    writeFileSync(join(folder, 'a.ts'), '2')
    expect(digestFiles(folder, ['.'], (path) => !path.endsWith('.test.ts'))).not.toBe(before)
  })
})

describe('the count of the tests', () => {
  const count = (results: object) => {
    const file = join(folder, 'results.json')
    writeFileSync(file, JSON.stringify(results))
    return countTests(file)
  }

  it('takes a file that could not be loaded for one failed test', () => {
    const testResults = [
      { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] },
      { status: 'failed', assertionResults: [] },
    ]
    expect(count({ numPassedTests: 1, numFailedTests: 1, testResults })).toEqual({ passed: 1, failed: 2 })
  })

  it('is unknown when the runner left no results', () => {
    expect(countTests(join(folder, 'none.json'))).toBeUndefined()
  })
})
