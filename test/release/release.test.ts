import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DemoDescription } from '../../deploy/demo/demo-description.ts'
import { descendants, lives } from '../support/process-tree.ts'
import { installRelease, type InstalledRelease } from './installed-release.ts'

let folder = ''
let release: InstalledRelease

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-release-'))
  release = installRelease(folder)
}, 300_000)
afterAll(() => rm(folder, { recursive: true, force: true }), 120_000)

describe('a release that was installed elsewhere', () => {
  it('holds JavaScript and no TypeScript, tests or packages for building', () => {
    const files = readdirSync(release.package, { recursive: true, encoding: 'utf8' }).filter((file) => !file.startsWith('node_modules'))
    expect(files.filter((file) => /\.tsx?$|\.test\./u.test(file))).toEqual([])
    expect(files).toEqual(
      expect.arrayContaining([
        'gateway/main.js',
        'agent/main.js',
        'idp/main.js',
        'dist/pages/panel/index.html',
        'dist/pages/mirror/index.html',
        'policies/compiled/policy.wasm',
        'sallyport.cdx.json',
      ]),
    )
    expect(existsSync(join(release.package, 'node_modules/vitest'))).toBe(false)
  })

  it.each([
    ['sallyport', /^Usage: sallyport /u],
    ['sallyport-agent', /^Usage: /u],
  ])('tells what %s can', (program, usage) => {
    const { status, stdout, stderr } = release.run(program, ['--help'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(usage)
  })

  it('runs the demo, and leaves nothing running when it is told to end', async () => {
    const demo = release.start('sallyport', ['demo', '--json', '--port', '0', '--data', join(folder, 'demo')])
    const { machines } = await demo.said<DemoDescription>('machines')
    const all = descendants(demo.process.pid ?? 0)
    expect(all).toEqual(expect.arrayContaining(machines.map(({ pid }) => pid)))
    demo.process.kill('SIGTERM')
    expect(await demo.ended).toBe(0)
    expect(all.filter(lives)).toEqual([])
    expect(demo.log()).toBe('')
  }, 60_000)
})
