import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { systemClock as agentClock } from '../../agent/basics/clock.ts'
import { silentLogger as agentLogger } from '../../agent/basics/logger.ts'
import { systemRandom as agentRandom } from '../../agent/basics/random.ts'
import { readSettings } from '../../agent/settings/read-settings.ts'
import { startAgent } from '../../agent/start-agent.ts'
import type { RunningAgent } from '../../agent/running-agent.ts'
import { testPanel } from '../../agent/testing/test-panel.ts'
import { openEstDoor } from '../../test/support/est-door.ts'
import type { EstDoor, MachineIdentity } from '../../test/support/est-door.ts'
import { administrator } from '../ledger/event.ts'
import { personId } from '../storage/testing/example-records.ts'

// The agent that we ship at the door that we ship, on the real clock: what its state directory holds was issued months ago.
let door: EstDoor
let directory: string
const agents: RunningAgent[] = []

beforeEach(async () => {
  door = await openEstDoor({ soonestS: 1 })
  directory = await mkdtemp(path.join(tmpdir(), 'sallyport-comes-back-'))
  await writeFile(path.join(directory, 'ca.pem'), door.authority.bundlePem)
})
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.close()
  await door[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

async function start({ deviceId, key, certificate }: MachineIdentity): Promise<RunningAgent> {
  const stateDir = path.join(directory, 'state')
  await mkdir(stateDir)
  await writeFile(path.join(stateDir, 'device.key'), key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  await writeFile(path.join(stateDir, 'device.crt'), certificate.toString())
  const text = JSON.stringify({
    gateway: { tunnel: 'localhost:1', est: `https://localhost:${door.port}`, caFile: 'ca.pem', trustDomain: 'gateway.test' },
    device: { id: deviceId, name: 'Press', site: 'Hall' },
    stateDir: 'state',
    panel: { port: 0 },
    remoteService: 'on',
    operators: ['Olga'],
    services: { hmi: { kind: 'http', target: '127.0.0.1:8080' } },
  })
  const settings = readSettings({ text, baseDir: directory, defaultPagesDir: directory })
  const agent = await startAgent({ settings, clock: agentClock, random: agentRandom, logger: agentLogger })
  agents.push(agent)
  return agent
}

async function panelOf(agent: RunningAgent) {
  const panel = testPanel(agent.panelUrl)
  await panel.pair(agent.pairingUrl)
  return panel
}

const renewedLate = [{ act: 'certificate_renewed_late', by: '' }]

it('by itself within the period, and says so at its panel', async () => {
  const press = await door.enrolled('press-1', 120)
  const panel = await panelOf(await start(press))
  await vi.waitFor(async () => expect((await panel.state()).acts).toMatchObject(renewedLate), { timeout: 10_000 })
  // With a certificate it dials its tunnel, where nobody listens here.
  await vi.waitFor(async () => expect((await panel.state()).connection).toMatchObject({ state: 'offline', reason: 'ECONNREFUSED' }))
  expect(await door.eventTypes(press.deviceId)).toContain('certificate.renewed_late')
})

it('past it when an administrator has confirmed the code that its panel shows', async () => {
  const press = await door.enrolled('press-1', 200)
  const panel = await panelOf(await start(press))
  const connection = async () => (await panel.state()).connection
  await vi.waitFor(async () => expect(await connection()).toMatchObject({ state: 'enrolment_failed', reason: 'renewal_pending' }), {
    timeout: 10_000,
  })
  const asks = door.waiting.find(press.deviceId)
  expect((await connection()).enrolment_code).toBe(asks?.code)
  await door.administration.decide(press.deviceId, asks?.publicKeyFingerprint ?? '', 'confirmed', administrator(personId('Ada')))
  await vi.waitFor(async () => expect((await panel.state()).acts).toMatchObject(renewedLate), { timeout: 10_000 })
  expect((await connection()).enrolment_code ?? null).toBeNull()
})
