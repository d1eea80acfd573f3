import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectOpa } from '../../../policies/project-opa.ts'
import { runOpa } from '../run-opa.ts'
import type { OpaOutcome } from '../run-opa.ts'
import { confineOpa } from './confine-opa.ts'
import type { ConfinedOpa } from './confined-opa.ts'
import { inWorkspace } from './policy-workspace.ts'

const work = mkdtempSync(join(tmpdir(), 'confine-opa-test-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

let opa: ConfinedOpa
beforeAll(async () => {
  opa = await confineOpa({ opa: projectOpa(), environment: process.env })
})

function testing(name: string, rego: string, more: { readonly signal?: AbortSignal; readonly timeLimitMs?: number } = {}) {
  writeFileSync(join(work, `${name}.rego`), rego)
  return runOpa({ opa, args: ['test', '--timeout', '60s', `${name}.rego`], cwd: work, timeLimitMs: 30_000, ...more })
}

const forever = `package loops
test_for_ever if every x in numbers.range(1, 100000) { every y in numbers.range(1, 100000) { x + y > 0 } }`

/** Each text is eight times as long as the one before: 16 GiB at the end. */
const greedy = [
  'package greedy',
  's0 := "xxxxxxxxxxxxxxxx"',
  ...Array.from({ length: 10 }, (_, n) => `s${n + 1} := concat("", [${Array(8).fill(`s${n}`).join(', ')}])`),
  'test_greedy if count(s10) > 5',
].join('\n')

describe('a compiler that is confined', () => {
  it('is ended after its time', async () => {
    expect(await testing('loops', forever, { timeLimitMs: 400 })).toMatchObject({ exitCode: null, stopped: 'time', timedOut: true })
  })

  it('is ended when nobody waits any more, and does not begin for nobody', async () => {
    const nobody = new AbortController()
    const running = testing('cancelled', forever, { signal: nobody.signal })
    setImmediate(() => nobody.abort())
    expect(await running).toMatchObject({ exitCode: null, stopped: 'cancelled' })
    await expect(testing('cancelled', forever, { signal: nobody.signal })).rejects.toMatchObject({ code: 'compiler_cancelled' })
  })

  it('gets so much memory and no more, and this process none of it', async () => {
    const before = process.memoryUsage.rss()
    const outcome = await testing('greedy', greedy)
    expect(outcome).toMatchObject({ exitCode: null, stopped: 'memory' })
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024)
  })

  it('is ended by the look at its memory, too, where the kernel sets no limit', async () => {
    const unlimited = { ...opa, launcher: [], mostMemoryBytes: 96 * 1024 * 1024 }
    writeFileSync(join(work, 'greedy.rego'), greedy)
    const args = ['test', '--timeout', '60s', 'greedy.rego']
    expect(await runOpa({ opa: unlimited, args, cwd: work, timeLimitMs: 30_000 })).toMatchObject({ exitCode: null, stopped: 'memory' })
  })

  it('may write so much output and no more', async () => {
    const args = ['capabilities', '--current']
    const outcome = await runOpa({ opa, args, cwd: work, timeLimitMs: 30_000, mostOutputBytes: 4_096 })
    expect(outcome).toMatchObject({ exitCode: null, stopped: 'output' })
    expect(outcome.stdout.length).toBeLessThanOrEqual(4_096)
  })

  it('has no network', async (context) => {
    if (!opa.launcher.some((word) => word.endsWith('unshare'))) return context.skip('this machine lets nobody have a network namespace')
    let asked = 0
    const server = createServer((_request, response) => {
      asked += 1
      response.end('{}')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const ask = (program: ConfinedOpa): Promise<OpaOutcome> => {
      const query = `http.send({"method": "get", "url": "${url}"}).status_code`
      return runOpa({ opa: program, args: ['eval', '--format', 'raw', query], cwd: work, timeLimitMs: 30_000 })
    }
    expect((await ask({ ...opa, launcher: [] })).stdout.trim()).toBe('200')
    expect((await ask(opa)).stdout).not.toContain('200')
    server.close()
    expect(asked).toBe(1)
  })

  it('does without what a machine does not have', async () => {
    const bare = await confineOpa({ opa: projectOpa(), environment: { PATH: work } })
    expect(bare.launcher).toEqual([])
    const outcome = await runOpa({ opa: bare, args: ['version'], cwd: work, timeLimitMs: 30_000 })
    expect(outcome.exitCode).toBe(0)
  })
})

describe('the folder in which it works', () => {
  it('is private, and gone afterwards, also after a failure', async () => {
    const dirs: string[] = []
    const sources = { 'rules/a.rego': 'package a', 'data/x.json': '{}' }
    await inWorkspace(sources, async (dir) => {
      dirs.push(dir)
      expect([readdirSync(join(dir, 'rules')), statSync(dir).mode & 0o777]).toEqual([['a.rego'], 0o700])
    })
    const failing = inWorkspace(sources, async (dir) => {
      dirs.push(dir)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(dirs.map((dir) => existsSync(dir))).toEqual([false, false])
  })

  it('takes no path that leads out of it', async () => {
    for (const path of ['../a.rego', 'rules/../../a.rego', '..\\a.rego', 'a\0.rego']) {
      await expect(inWorkspace({ [path]: '' }, async () => {})).rejects.toMatchObject({ code: 'policy_path' })
    }
  })
})
