import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { deviceUri } from '../testing/agent-bench.ts'
import { createTestAuthority } from '../testing/test-authority.ts'
import type { TestAuthority } from '../testing/test-authority.ts'
import { startTestEstServer } from '../testing/test-est-server.ts'
import type { TestEstServer } from '../testing/test-est-server.ts'
import { startTestGateway } from '../testing/test-gateway.ts'
import type { TestGateway } from '../testing/test-gateway.ts'
import { testPanel } from '../testing/test-panel.ts'

const program = fileURLToPath(new URL('../main.ts', import.meta.url))
const children: ChildProcessWithoutNullStreams[] = []
let authority: TestAuthority
let est: TestEstServer
let gateway: TestGateway
let folder: string

beforeAll(async () => {
  authority = createTestAuthority()
  est = await startTestEstServer({ authority, uri: deviceUri, password: 'one-time' })
  gateway = await startTestGateway({ authority })
  folder = mkdtempSync(join(tmpdir(), 'agent-commands-'))
})
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  est.close()
  gateway.close()
  authority.remove()
  rmSync(folder, { recursive: true })
})

interface Run {
  readonly child: ChildProcessWithoutNullStreams
  readonly out: () => string
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly errors: string }>
}

function agent(...args: string[]): Run {
  const child = spawn(process.execPath, [program, ...args, '--config', join(folder, 'agent.json')])
  children.push(child)
  let out = ''
  let errors = ''
  child.stdout.on('data', (chunk) => (out += String(chunk)))
  child.stderr.on('data', (chunk) => (errors += String(chunk)))
  return { child, out: () => out, ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, out, errors }))) }
}

interface Told {
  readonly running: boolean
  readonly certificate: { readonly expires_at: number } | null
  readonly agent: Readonly<Record<string, unknown>> | null
}
const status = async (): Promise<{ code: number | null; told: Told }> => {
  const { code, out } = await agent('status', '--json').ended
  return { code, told: JSON.parse(out) as Told }
}
interface Told2 {
  readonly ok: boolean
  readonly findings: readonly { readonly check: string; readonly state: string; readonly what: string; readonly fix: string | null }[]
}
const doctor = async (): Promise<{ code: number | null; states: Record<string, string>; findings: Told2['findings'] }> => {
  const { code, out } = await agent('doctor', '--json').ended
  const { findings } = JSON.parse(out) as Told2
  return { code, findings, states: Object.fromEntries(findings.map(({ check, state }) => [check, state])) }
}

it('a machine joins, is looked at by its doctor, runs, and says how it is: from its command line alone', async () => {
  writeFileSync(join(folder, 'password'), 'one-time\n')
  const where = ['--gateway', `localhost:${gateway.port}`, '--est', `https://localhost:${est.port}`, '--ca', authority.caFile]
  const who = ['--trust-domain', 'acme.example', '--device', 'press-1', '--name', 'Press 1', '--site', 'Hall 3']
  const what = ['--service', 'hmi=http:127.0.0.1:1', '--operator', 'Olga Ortiz', '--panel-port', '0']
  expect(await agent('join', ...where, ...who, ...what, '--password-file', join(folder, 'password')).ended).toMatchObject({
    code: 0,
    errors: '',
  })

  const tunnel = `gateway localhost:${gateway.port}`
  const before = await doctor()
  expect([before.code, before.states], JSON.stringify(before.findings)).toEqual([
    0,
    {
      settings: 'ok',
      agent: 'warning',
      state: 'ok',
      key: 'ok',
      certificate: 'ok',
      operators: 'warning',
      authority: 'warning',
      network: 'ok',
      names: 'ok',
      proxy: 'ok',
      [tunnel]: 'ok',
      [`enrolment localhost:${est.port}`]: 'ok',
      clock: 'ok',
    },
  ])
  expect(await status()).toEqual({ code: 1, told: { schemaVersion: 1, running: false, certificate: null, agent: null } })

  const running = agent('run')
  await vi.waitFor(() => expect(running.out()).toContain('"ready":true'), { timeout: 30_000 })
  const ready = JSON.parse(running.out().split('\n')[0]!) as { panel: string; pairing_url: string }
  const off = await status()
  expect([off.code, off.told.agent]).toMatchObject([
    0,
    { connection: { state: 'off' }, remote: { on: false }, gateway: null, session: null },
  ])
  const panel = testPanel(ready.panel)
  await panel.pair(ready.pairing_url)
  expect((await panel.call('POST', '/api/remote', { body: { enabled: true, operator: 'Olga Ortiz' } })).status).toBe(200)
  await vi.waitFor(async () => expect((await panel.state()).connection.state).toBe('connected'), { timeout: 30_000 })

  const on = await status()
  expect(on).toMatchObject({
    code: 0,
    told: {
      running: true,
      certificate: { expires_at: expect.any(Number) },
      agent: {
        version: '0.1.0',
        boot: expect.stringMatching(/^[0-9a-f]{32}$/),
        pid: running.child.pid,
        connection: { state: 'connected', reason: null },
        gateway: `localhost:${gateway.port}`,
        services: [{ name: 'hmi', kind: 'http', enabled: true, mode: 'attended', minutes: null }],
        session: null,
      },
    },
  })
  expect(JSON.stringify(on.told)).not.toContain('Olga')
  expect((await agent('status').ended).out).toMatch(
    /agent 0\.1\.0 runs as process \d+\.\nGateway: connected to localhost:\d+, since .*\nRemote service is on\.\n {2}hmi \(http\): attended\nNobody is in this machine\.\nThe certificate ends on/,
  )
  expect((await doctor()).states['agent']).toBe('ok')
  // The doctor shows no certificate, and so takes nothing from the tunnel that is there.
  expect((await panel.state()).connection.state).toBe('connected')

  gateway.close()
  est.close()
  chmodSync(join(folder, 'state'), 0o755)
  const ill = await doctor()
  expect(ill.code).toBe(1)
  expect(ill.states).toMatchObject({ [tunnel]: 'failed', [`enrolment localhost:${est.port}`]: 'failed', state: 'failed', clock: 'warning' })
  expect(ill.findings.find(({ check }) => check === tunnel)).toMatchObject({
    what: expect.stringContaining('refused'),
    fix: expect.stringContaining('port'),
  })
  const { out } = await agent('doctor').ended
  expect(out).toMatch(/✔ settings: /)
  expect(out).toMatch(/✖ gateway localhost:\d+: Nobody listens there.*\n {4}Look at the port/)

  running.child.kill('SIGTERM')
  expect((await running.ended).code).toBe(0)
  expect((await status()).told).toMatchObject({ running: false, certificate: { expires_at: expect.any(Number) } })
}, 90_000)

it('options of another command, and words that mean nothing, are refused', async () => {
  expect(await agent('status', '--dry-run').ended).toMatchObject({
    code: 2,
    errors: expect.stringMatching(/^status has no option --dry-run\.\nUsage:/),
  })
  expect(await agent('run', 'now').ended).toMatchObject({ code: 2, errors: expect.stringMatching(/^run takes no now\./) })
  expect(await agent('--version').ended).toMatchObject({ code: 0, out: '0.1.0\n' })
  expect((await agent('--help').ended).out).toMatch(/join --gateway .*service install/s)
}, 60_000)
