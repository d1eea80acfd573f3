import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startChild } from '../../gateway/commands/start-child.ts'
import { openService, untilOnline } from '../support/technician-at-work.ts'
import { startUnderFault, type InstallationUnderFault } from './installation-under-fault.ts'

/** R13 of security.md, section 4.1: another issuing authority under the same root while a session lives. */
let world: InstallationUnderFault
beforeAll(async () => {
  world = await startUnderFault()
})
afterAll(() => world[Symbol.asyncDispose]())

const run = promisify(execFile)
const repository = new URL('../../', import.meta.url)
const sallyport = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  run(process.execPath, ['--disable-warning=ExperimentalWarning', new URL('gateway/main.ts', repository).pathname, ...args])

it('the authority is renewed: the session goes on, machines of before and of after are let in, and both know the gateway by the root alone', async () => {
  const { installation, mia } = world
  const pki = join(installation.dataDir, 'gateway', 'pki', 'authority')
  const config = ['--config', join(installation.dataDir, 'gateway.json')]
  const before = new X509Certificate(await readFile(join(pki, 'issuing.pem')))
  const pinned = join(installation.dataDir, 'pinned-before.pem')
  await copyFile(installation.caFile, pinned)
  const { session } = await world.live()

  await rename(join(pki, 'root'), join(installation.dataDir, 'root-offline'))
  await expect(sallyport('renew-authority', ...config)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('root-key.pem') })
  await rename(join(installation.dataDir, 'root-offline'), join(pki, 'root'))
  expect((await sallyport('renew-authority', ...config)).stdout).toContain('Restart the gateway')
  const after = new X509Certificate(await readFile(join(pki, 'issuing.pem')))
  expect([after.fingerprint256 === before.fingerprint256, after.subject === before.subject, after.issuer === before.issuer]).toEqual([
    false,
    true,
    true,
  ])

  installation.gateway.process.kill('SIGTERM')
  await installation.gateway.ended
  await installation.startGateway()
  // With the certificate of before, whose issuer issues no more.
  await untilOnline(mia)
  expect(await mia.waitForSession(session, ({ tunnel_lost_at }) => tunnel_lost_at === null)).toMatchObject({ state: 'open' })
  expect((await openService(mia, session)).status).toBe(200)

  // A machine that knows only the bundle of before enrols and connects: its certificate is by the new one.
  const stateDir = join(installation.dataDir, 'agent-after')
  await mkdir(stateDir)
  const written = JSON.parse(await readFile(join(installation.dataDir, 'agent', 'agent.json'), 'utf8')) as { gateway: object }
  const settings = {
    ...written,
    gateway: { ...written.gateway, caFile: pinned },
    device: { id: 'flow-1', name: 'flow-1', site: 'Hall' },
    enrolment: { password: installation.enrolmentPassword('flow-1') },
    stateDir,
    panel: { host: '127.0.0.1', port: 0 },
  }
  await writeFile(join(stateDir, 'agent.json'), JSON.stringify(settings), { mode: 0o600 })
  const args = ['--config', join(stateDir, 'agent.json')]
  const agent = await startChild({ name: 'agent', program: new URL('agent/main.ts', repository), args, onLog: () => {} })
  try {
    await expect.poll(async () => (await world.administrator.device('flow-1')).online, { timeout: 20_000 }).toBe(true)
  } finally {
    await agent.stop()
  }
  await world.expectSound()
}, 120_000)
