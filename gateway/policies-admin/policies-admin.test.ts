import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { checkSources } from './check-sources.ts'
import { findOpa, opaVersion } from './find-opa.ts'
import { policyFiles, policyRevision, policySources, revisionOf } from './policy-files.ts'
import { readBundle } from './read-bundle.ts'
import { runOpa } from './run-opa.ts'

const work = mkdtempSync(join(tmpdir(), 'policies-admin-test-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

describe('findOpa', () => {
  const find = (environment: Record<string, string>, existing: readonly string[]): string =>
    findOpa({ environment, projectDir: '/project', isExecutable: (path) => existing.includes(path) })
  const cached = `/project/.cache/opa/${opaVersion}/opa`

  it('takes SALLYPORT_OPA first, then the PATH, then the cache of the project', () => {
    const existing = ['/own/opa', '/usr/bin/opa', cached]
    expect(find({ SALLYPORT_OPA: '/own/opa', PATH: '/bin:/usr/bin' }, existing)).toBe('/own/opa')
    expect(find({ PATH: '/bin:/usr/bin' }, existing)).toBe('/usr/bin/opa')
    expect(find({ PATH: '/bin' }, existing)).toBe(cached)
  })

  it('says what to do when there is none, and does not look elsewhere when the one that was named is wrong', () => {
    expect(() => find({}, [])).toThrow(expect.objectContaining({ code: 'opa_not_found', message: expect.stringContaining(opaVersion) }))
    expect(() => find({ SALLYPORT_OPA: '/wrong' }, [cached])).toThrow(/SALLYPORT_OPA names \/wrong/)
  })
})

describe('runOpa', () => {
  it('ends a program that takes longer than its limit', async () => {
    const outcome = await runOpa({ opa: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], cwd: work, timeLimitMs: 300 })
    expect(outcome).toMatchObject({ exitCode: null, timedOut: true, stopped: 'time' })
  })

  it('shows the program nothing of our environment', async () => {
    const args = ['-p', 'Object.keys(process.env).sort().join()']
    const outcome = await runOpa({ opa: process.execPath, args, cwd: work, timeLimitMs: 10_000 })
    expect(outcome).toEqual({ exitCode: 0, stdout: 'GOMAXPROCS,GOMEMLIMIT\n', stderr: '', timedOut: false, stopped: null })
  })

  it('answers with a failure where there is no such program', async () => {
    const outcome = await runOpa({ opa: join(work, 'none'), args: [], cwd: work, timeLimitMs: 1_000 })
    expect(outcome.exitCode).toBeNull()
    expect(outcome.stderr).toContain('ENOENT')
  })
})

describe('policyFiles', () => {
  const dir = join(work, 'policy')
  mkdirSync(join(dir, 'rules/deep'), { recursive: true })
  for (const folder of ['data', 'compiled', 'examples', '.git']) mkdirSync(join(dir, folder))
  const names = [
    'rules/a.rego',
    'rules/a_test.rego',
    'rules/deep/b.rego',
    'data/x.json',
    'compiled/data.json',
    'examples/e.rego',
    '.git/x.rego',
    'top.rego',
    'notes.txt',
  ]
  for (const name of names) writeFileSync(join(dir, name), name)

  it('finds sources, tests and data, and nothing that is generated or hidden', () => {
    expect(policyFiles(dir)).toEqual({
      sources: ['rules/a.rego', 'rules/deep/b.rego', 'top.rego'],
      tests: ['rules/a_test.rego'],
      data: ['data/x.json'],
    })
  })

  it('gives another revision for any change of a source, a test, the data or a name', () => {
    const before = policyRevision(dir)
    expect(before).toMatch(/^sha256:[0-9a-f]{64}$/)
    writeFileSync(join(dir, 'notes.txt'), 'changed')
    expect(policyRevision(dir)).toBe(before)
    for (const name of ['rules/a.rego', 'rules/a_test.rego', 'data/x.json']) {
      writeFileSync(join(dir, name), 'changed')
      expect(policyRevision(dir), name).not.toBe(before)
      writeFileSync(join(dir, name), name)
    }
    expect(policyRevision(dir)).toBe(before)
  })

  it('gives the files without their folder, and the same revision for them', () => {
    const sources = policySources(dir)
    expect(Object.keys(sources)).toEqual(['data/x.json', 'rules/a.rego', 'rules/a_test.rego', 'rules/deep/b.rego', 'top.rego'])
    expect(revisionOf(sources)).toBe(policyRevision(dir))
    expect(revisionOf(Object.fromEntries(Object.entries(sources).toReversed()))).toBe(policyRevision(dir))
    expect(revisionOf({ ...sources, 'README.md': 'for people' })).toBe(policyRevision(dir))
    expect(revisionOf({ ...sources, 'top.rego': 'changed' })).not.toBe(policyRevision(dir))
    // Every byte counts, also a mark at the beginning that readers do not show.
    writeFileSync(join(dir, 'top.rego'), '\ufefftop.rego')
    expect(revisionOf(policySources(dir))).toBe(policyRevision(dir))
    writeFileSync(join(dir, 'top.rego'), Buffer.from([0xff, 0xfe]))
    expect(() => policySources(dir)).toThrow(
      expect.objectContaining({ code: 'policy_not_readable', message: expect.stringContaining('top.rego') }),
    )
    writeFileSync(join(dir, 'top.rego'), 'top.rego')
  })

  it('names a directory that cannot be read', () => {
    expect(() => policyFiles(join(work, 'absent'))).toThrow(expect.objectContaining({ code: 'policy_not_readable' }))
  })
})

describe('readBundle', () => {
  it('refuses what is no bundle, or promises more than it holds', () => {
    const lying = Buffer.alloc(512)
    lying.write('/policy.wasm', 0)
    lying.write('00000777777', 124)
    lying.write('0', 156)
    // A bomb, too: a few KB that would be 128 MiB.
    for (const bytes of [Buffer.from('nonsense'), gzipSync(lying), gzipSync(Buffer.alloc(128 * 1024 * 1024))]) {
      expect(() => readBundle(bytes)).toThrow(expect.objectContaining({ code: 'policy_bundle_unreadable' }))
    }
  })
})

describe('checkSources', () => {
  it('refuses a text in which a reviewer would read another rule than the compiler (CVE-2021-42574), by its name', () => {
    const turned = 'package a\n# \u202e }\u2066 allow := false\nallow := true\n'
    expect(() => checkSources({ 'rules/a.rego': 'package a\n', 'rules/b.rego': turned })).toThrow(
      expect.objectContaining({ code: 'policy_refused', problems: [expect.objectContaining({ path: 'rules/b.rego' })] }),
    )
  })
})
