import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AgentStatus } from '../../agent/status/agent-status.ts'
import { testPanel } from '../../agent/testing/test-panel.ts'
import type { TestPanel } from '../../agent/testing/test-panel.ts'
import { testProgram, writePackage } from '../../agent/testing/test-updates.ts'
import type { TestSigner } from '../../agent/testing/test-updates.ts'
import { buildAgent } from '../../deploy/agent/build-agent.ts'
import { developmentKeys } from '../../deploy/agent/update-keys.ts'
import { signUpdate } from '../../deploy/agent/sign-update.ts'
import type { Device } from '../../gateway/http-api/contract/administration.ts'
import { registerMachine } from '../support/own-machine.ts'
import { PortalClient } from '../support/portal-client.ts'
import { runDemo } from '../support/running-demo.ts'
import type { RunningDemoProcess } from '../support/running-demo.ts'
import { projectRoot } from '../support/source-tree.ts'

const id = 'updated-press'
const patience = { timeout: 40_000, interval: 200 }
let folder: string
let program: string
let signers: readonly TestSigner[]
let demo: RunningDemoProcess
let agent: ChildProcess
let panel: TestPanel
let ada: PortalClient

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'agent-update-'))
  const updateKeys = await developmentKeys(at('keys'))
  signers = updateKeys.map((line) => {
    const name = line.split('+')[0] ?? ''
    return { name, line, privateKey: createPrivateKey(readFileSync(at(`keys/${name}.key`), 'utf8')) }
  })
  const build = (version: string) =>
    buildAgent({
      root: projectRoot,
      pagesDir: join(projectRoot, 'dist/pages'),
      target: at(version),
      node: process.execPath,
      updateKeys,
      version,
    })
  program = await build('1.0.0')
  const next = await build('1.1.0')
  // As a machine builder does it.
  const say = (): void => {}
  await signUpdate(['note', '--program', next, '--news-en', 'Starts sooner.', '--out', at('note')], say)
  for (const { name } of signers.slice(0, 2)) await signUpdate(['add', at('note'), '--key', at(`keys/${name}.key`), '--program', next], say)
  await signUpdate(['pack', at('note'), '--program', next, '--update-keys', at('keys/update-keys.txt'), '--out', at('next.update')], say)
  rmSync(at('1.1.0'), { recursive: true })

  demo = await runDemo()
  const { tunnel, est, ca } = demo.description
  const settings = {
    gateway: { tunnel, est: new URL(est).origin, caFile: ca, trustDomain: 'demo.sallyport.localhost' },
    device: { id, name: 'Updated press', site: 'Test bench' },
    enrolment: { password: await registerMachine(demo, id, 'Updated press') },
    stateDir: 'state',
    panel: { port: 0 },
    remoteService: 'on',
    operators: ['Olga'],
    updates: { withinS: 20 },
    services: {},
  }
  writeFileSync(at('agent.json'), JSON.stringify(settings))
  ada = new PortalClient(demo.description.portal)
  await ada.signIn(demo.account('ada'))
  await startAgent()
})
afterAll(async () => {
  agent?.kill('SIGKILL')
  await demo?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const at = (name: string): string => join(folder, name)
const env = { PATH: process.env['PATH'] ?? '' }

async function startAgent(): Promise<void> {
  agent = spawn(program, ['run', '--config', at('agent.json')], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  agent.stdout?.on('data', (chunk) => (out += String(chunk)))
  agent.stderr?.on('data', (chunk) => appendFileSync(at('log'), String(chunk)))
  await vi.waitFor(() => expect(out, existsSync(at('log')) ? readFileSync(at('log'), 'utf8') : '').toContain('"ready":true'), patience)
  const ready = JSON.parse(out.split('\n')[0]!) as { panel: string; pairing_url: string }
  const { secret } = panel ?? { secret: '' }
  panel = testPanel(ready.panel)
  panel.secret = secret
  if (secret === '') await panel.pair(ready.pairing_url)
}

function status(): AgentStatus | null {
  const { stdout } = spawnSync(program, ['status', '--json', '--config', at('agent.json')], { encoding: 'utf8', env })
  return (JSON.parse(stdout) as { agent: AgentStatus | null }).agent
}
const runs = (version: string): Promise<void> =>
  vi.waitFor(() => expect(status()).toMatchObject({ version, pid: agent.pid, connection: { state: 'connected' } }), patience)

/** Each start has another port. */
const panelNow = (): TestPanel => Object.assign(testPanel(status()!.panel.url), { secret: panel.secret })

/** `sallyport-agent update`, with the operator's word in between. */
async function update(file: string): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(program, ['update', '--from', file, '--config', at('agent.json')], { env })
  let said = ''
  child.stdout.on('data', (chunk) => (said += String(chunk)))
  child.stderr.on('data', (chunk) => (said += String(chunk)))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const offer = (): AgentStatus['updates']['offer'] => status()?.updates.offer ?? null
  void ended.then(() => (said += '.'))
  await vi.waitFor(() => expect(child.exitCode !== null || offer() !== null).toBe(true), patience)
  const offered = offer()
  if (offered !== null) {
    const body = { sha256: offered.sha256, agree: true, operator: 'Olga' }
    expect((await panelNow().call('POST', '/api/update', { body })).status).toBe(200)
  }
  return { code: await ended, said }
}

/** A package with a program of the test's own. */
const packed = (version: string, body: string, signedBy = signers.slice(1)): string => {
  writePackage(at('own.update'), { program: testProgram(version, body), version, signedBy })
  return at('own.update')
}

describe('an agent on a machine, with a gateway', () => {
  it('takes no package that is not signed by two, or is cut off', async () => {
    await runs('1.0.0')
    expect(await update(packed('1.1.0', '', signers.slice(2)))).toMatchObject({
      code: 1,
      said: expect.stringContaining('1 of the 2 signatures'),
    })
    const cut = packed('1.1.0', '')
    truncateSync(cut, readFileSync(cut).length - 1)
    expect(await update(cut)).toMatchObject({ code: 1, said: expect.stringContaining('cut off') })
    await runs('1.0.0')
  })

  it('goes back at once from a version that crashes', async () => {
    const result = await update(packed('1.0.1', "throw new Error('broken')"))
    expect(result).toMatchObject({
      code: 1,
      said: expect.stringMatching(/version 1\.0\.1 was taken back .*\(crashed\): version 1\.0\.0 runs/),
    })
    await runs('1.0.0')
  })

  it('becomes the new version, under the same process number, and stays it over kill -9', async () => {
    const { pid } = agent
    const result = await update(at('next.update'))
    expect(result, readFileSync(at('log'), 'utf8')).toMatchObject({ code: 0, said: expect.stringContaining('Version 1.1.0 was installed') })
    await runs('1.1.0')
    expect(agent.pid).toBe(pid)
    expect(readlinkSync(`/proc/${pid}/exe`)).toMatch(new RegExp(`^${folder}/state/versions/[0-9a-f]{64}\\.program$`))
    await vi.waitFor(
      async () => expect((await ada.api<Device>('GET', `/api/v1/devices/${id}`)).body).toMatchObject({ agent_version: '1.1.0' }),
      patience,
    )
    agent.kill('SIGKILL')
    await startAgent()
    await runs('1.1.0')
  })

  it('goes back to that from one that hangs, when its time to reach the gateway is over', async () => {
    const result = await update(packed('1.2.0', 'for (;;);'))
    expect(result).toMatchObject({
      code: 1,
      said: expect.stringMatching(/version 1\.2\.0 was taken back .*\(not_reached\): version 1\.1\.0 runs/),
    })
    await runs('1.1.0')
    expect(status()?.updates).toMatchObject({ keys: 'development', last: { what: 'rolled_back', version: '1.2.0', reason: 'not_reached' } })
  })

  it('takes nothing older, and tells the operator all of it', async () => {
    expect(await update(packed('1.0.5', ''))).toMatchObject({ code: 1, said: expect.stringContaining('only newer ones are taken') })
    const acts = (await panelNow().state()).acts.map(({ act, service }) => `${act} ${service}`)
    expect(acts).toEqual(
      [
        'rolled_back 1.2.0',
        'agreed 1.2.0',
        'offered 1.2.0',
        'installed 1.1.0',
        'agreed 1.1.0',
        'offered 1.1.0',
        'rolled_back 1.0.1',
        'agreed 1.0.1',
        'offered 1.0.1',
      ].map((act) => `update_${act}`),
    )
  })

  it('runs the installed program when the newer one is damaged', async () => {
    const file = readlinkSync(`/proc/${agent.pid}/exe`)
    agent.kill('SIGKILL')
    rmSync(file)
    await startAgent()
    await runs('1.0.0')
    expect(status()?.updates.last).toMatchObject({ what: 'rolled_back', version: '1.1.0', from: '1.0.0', reason: 'cannot_run' })
  })
})
