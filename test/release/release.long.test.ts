import { execFileSync, spawn, spawnSync } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectRoot } from '../support/source-tree.ts'

let folder = ''
let command = ''
/** Nothing of the clone on the path, so that only what was installed can be found. */
const env = { ...process.env, PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', NODE_OPTIONS: '' }

beforeAll(() => {
  execFileSync(process.execPath, [join(projectRoot, 'deploy/setup/run.mjs'), 'release'], {
    cwd: projectRoot,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))
  folder = mkdtempSync(join(tmpdir(), 'sallyport-release-'))
  const installed = join(folder, 'installed')
  mkdirSync(installed)
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ private: true, allowScripts: { node: true } }))
  const tarball = join(projectRoot, `dist/release/sallyport-${version}.tgz`)
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', tarball], {
    cwd: installed,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  command = join(installed, 'node_modules/.bin/sallyport')
}, 600_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, env, encoding: 'utf8', timeout: 60_000 })
  return { status, stdout, stderr }
}

describe('a release that was installed elsewhere', () => {
  it('holds JavaScript and no TypeScript, tests or packages for building', () => {
    const root = join(folder, 'installed/node_modules/sallyport')
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => !file.startsWith('node_modules'))
    expect(files.filter((file) => /\.tsx?$|\.test\./u.test(file))).toEqual([])
    expect(files).toEqual(
      expect.arrayContaining([
        'gateway/main.js',
        'agent/main.js',
        'idp/main.js',
        'dist/pages/panel/index.html',
        'policies/compiled/policy.wasm',
      ]),
    )
    expect(existsSync(join(folder, 'installed/node_modules/vitest'))).toBe(false)
  })

  it('tells what it can', () => {
    const { status, stdout, stderr } = run(['--help'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: sallyport /u)
  })

  it('prepares a real installation and prints the link for the first administrator', () => {
    const data = join(folder, 'data')
    const where = ['--portal', 'https://sallyport.example.com', '--access-domain', 'machines.example.net']
    const { status, stdout, stderr } = run(['init', '--data', data, ...where, '--json'])
    expect(status, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ config: join(data, 'gateway.json'), setup_url: expect.stringMatching(/^https:/u) })
    expect(readdirSync(data)).toEqual(expect.arrayContaining(['gateway.json', 'idp.json']))
  })

  it('runs the demo, and leaves nothing running when it is told to end', async () => {
    const args = ['demo', '--json', '--port', '0', '--data', join(folder, 'demo')]
    const demo = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
    const told = JSON.parse(await firstLine(demo))
    expect(told).toMatchObject({
      portal: expect.stringMatching(/^http/u),
      machines: expect.arrayContaining([expect.objectContaining({ pid: expect.any(Number) })]),
    })
    const ended = once(demo, 'exit')
    demo.kill('SIGTERM')
    await ended
    const alive = told.machines.filter(({ pid }: { pid: number }) => existsSync(`/proc/${pid}`))
    expect(alive).toEqual([])
  })
})

async function firstLine(child: ChildProcessByStdio<null, Readable, null>): Promise<string> {
  const lines = createInterface({ input: child.stdout })
  const line = once(lines, 'line').then(([text]) => String(text))
  const gone = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the demo ended with ${code} before it was up`)))
  return Promise.race([line, gone])
}
