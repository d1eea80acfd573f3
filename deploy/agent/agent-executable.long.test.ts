import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { requestDigest } from '../../agent/wire/session-request.ts'
import { deviceUri, exchange, sessionRequest } from '../../agent/testing/agent-bench.ts'
import { createTestAuthority } from '../../agent/testing/test-authority.ts'
import type { TestAuthority } from '../../agent/testing/test-authority.ts'
import { startTestEstServer } from '../../agent/testing/test-est-server.ts'
import type { TestEstServer } from '../../agent/testing/test-est-server.ts'
import { startTestGateway } from '../../agent/testing/test-gateway.ts'
import type { TestGateway } from '../../agent/testing/test-gateway.ts'
import { startTestMachine } from '../../agent/testing/test-machine.ts'
import type { TestMachine } from '../../agent/testing/test-machine.ts'
import { testPanel } from '../../agent/testing/test-panel.ts'
import { buildAgent } from './build-agent.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const mostMemoryMb = 100
let folder: string
let program: string
let authority: TestAuthority
let est: TestEstServer
let gateway: TestGateway
let machine: TestMachine
const children: ChildProcessWithoutNullStreams[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'agent-executable-'))
  // Our own pages where they are built; what is served from inside the file is the same for any.
  const built = join(root, 'dist/pages')
  const pagesDir = existsSync(join(built, 'mirror')) ? built : join(folder, 'pages')
  if (pagesDir !== built) {
    for (const set of ['panel', 'mirror']) {
      mkdirSync(join(pagesDir, set, 'assets'), { recursive: true })
      writeFileSync(join(pagesDir, set, 'index.html'), `<!doctype html><title>${set}</title><script src="/assets/a.js"></script>`)
      writeFileSync(join(pagesDir, set, 'assets/a.js'), 'void 0')
    }
  }
  const made = await buildAgent({ root, pagesDir, target: join(folder, 'build'), node: process.execPath, updateKeys: [] })
  // Alone, as on a machine.
  mkdirSync(join(folder, 'machine'))
  program = join(folder, 'machine/sallyport-agent')
  copyFileSync(made, program)
  rmSync(join(folder, 'build'), { recursive: true })
  authority = createTestAuthority()
  est = await startTestEstServer({ authority, uri: deviceUri, password: 'one-time' })
  gateway = await startTestGateway({ authority })
  machine = await startTestMachine()
})
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  est.close()
  gateway.close()
  machine.close()
  authority.remove()
  rmSync(folder, { recursive: true })
})

const once = (...args: string[]) => spawnSync(program, args, { encoding: 'utf8', cwd: join(folder, 'machine'), env: {} })

function page(
  url: string,
  path: string,
): Promise<{ readonly status: number; readonly type: string; readonly policy: string; readonly body: string }> {
  return new Promise((resolve, reject) => {
    httpRequest(new URL(path, url), (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => void (body += chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: String(response.headers['content-type']),
          policy: String(response.headers['content-security-policy']),
          body,
        }),
      )
    })
      .once('error', reject)
      .end()
  })
}

/** MiB that a process holds, and its share of what it shares with others (proc_pid_smaps_rollup(5)). */
function memoryOf(pid: number): { readonly rss: number; readonly pss: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const read = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) / 1024
  return { rss: read('Rss'), pss: read('Pss') }
}

describe('the single executable', () => {
  it('says what it is, and its commands, without anything beside it', () => {
    expect(once('--version')).toMatchObject({ status: 0, stdout: '0.1.0\n', stderr: '' })
    expect(once('--help').stdout).toContain('sallyport-agent service install')
    const nope = once('run')
    expect([nope.status, nope.stderr]).toEqual([1, expect.stringMatching(/agent\.json cannot be read \(ENOENT\)/)])
    // Nobody loads code into it through the environment.
    const strange = spawnSync(program, ['--version'], { encoding: 'utf8', env: { NODE_OPTIONS: '--require=/nowhere/x.js' } })
    expect(strange).toMatchObject({ status: 0, stdout: '0.1.0\n' })
  })

  it(`joins, runs, serves its panel, connects, lets a technician through, and holds less than ${mostMemoryMb} MB with a live tunnel`, async () => {
    writeFileSync(join(folder, 'password'), 'one-time\n')
    const where = ['--gateway', `localhost:${gateway.port}`, '--est', `https://localhost:${est.port}`, '--ca', authority.caFile]
    const who = ['--trust-domain', 'acme.example', '--device', 'press-1', '--name', 'Press 1', '--site', 'Hall 3']
    const what = ['--service', `hmi=http:127.0.0.1:${machine.httpPort}`, '--operator', 'Olga', '--panel-port', '0']
    expect(once('join', ...where, ...who, ...what, '--password-file', join(folder, 'password'))).toMatchObject({ status: 0, stderr: '' })

    const child = spawn(program, ['run'], { cwd: join(folder, 'machine'), env: {} })
    children.push(child)
    let [out, errors] = ['', '']
    child.stdout.on('data', (chunk) => (out += String(chunk)))
    child.stderr.on('data', (chunk) => (errors += String(chunk)))
    await vi.waitFor(() => expect(out, errors).toContain('"ready":true'), { timeout: 10_000 })
    const ready = JSON.parse(out.split('\n')[0]!) as { panel: string; pairing_url: string }

    const index = await page(ready.panel, '/')
    expect([index.status, index.type, index.body]).toEqual([200, 'text/html; charset=utf-8', expect.stringContaining('<title>')])
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(index.body)?.[1]
    expect(await page(ready.panel, script!)).toMatchObject({ status: 200, type: 'text/javascript; charset=utf-8' })
    expect((await page(ready.panel, '/assets/none.js')).status).toBe(404)
    const mirror = /frame-src (http:\/\/127\.0\.0\.1:\d+)/.exec(index.policy)?.[1]
    expect(await page(mirror!, '/')).toMatchObject({ status: 200, body: expect.stringContaining('<title>') })

    const panel = testPanel(ready.panel)
    await panel.pair(ready.pairing_url)
    expect((await panel.call('POST', '/api/remote', { body: { enabled: true, operator: 'Olga' } })).status).toBe(200)
    await vi.waitFor(async () => expect((await panel.state()).connection.state).toBe('connected'), { timeout: 10_000 })
    const asked = sessionRequest({ services: ['hmi'] })
    await gateway.request('PUT', `/v1/sessions/${asked.session}`, { body: JSON.stringify({ request: asked, photo: null }) })
    const press = { body: { digest: requestDigest(asked), operator: 'Olga' } }
    expect((await panel.call('POST', `/api/requests/${asked.session}/approve`, press)).status).toBe(200)
    for (let round = 0; round < 100; round += 1) {
      const { stream } = await gateway.connect('hmi', asked.session)
      expect((await exchange(stream, { method: 'GET', path: '/' })).response.statusCode).toBeLessThan(500)
      stream.destroy()
    }

    expect(once('status', '--json').stdout).toContain('"state":"connected"')
    const { rss, pss } = memoryOf(child.pid!)
    process.stdout.write(`the executable with a live tunnel and session: RSS ${rss.toFixed(1)} MiB, PSS ${pss.toFixed(1)} MiB\n`)
    expect(rss).toBeLessThan((mostMemoryMb * 1000 * 1000) / 1024 ** 2)
    child.kill('SIGTERM')
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0)
    for (const line of errors.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg')
  })
})
