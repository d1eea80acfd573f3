import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { X509Certificate } from 'node:crypto'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { systemClock as agentClock } from '../../agent/basics/clock.ts'
import { silentLogger as agentLogger } from '../../agent/basics/logger.ts'
import { systemRandom as agentRandom } from '../../agent/basics/random.ts'
import { readSettings } from '../../agent/settings/read-settings.ts'
import { startAgent } from '../../agent/start-agent.ts'
import type { RunningAgent } from '../../agent/running-agent.ts'
import { testPanel } from '../../agent/testing/test-panel.ts'
import { openTestDoor } from '../../test/support/test-door.ts'
import type { TestDoor } from '../../test/support/test-door.ts'
import { systemClock } from '../basics/clock.ts'
import type { DeviceId } from '../basics/ids.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import type { DeviceLink } from '../devices/device-link.ts'
import { newEnrolmentPassword } from './enrolment-password.ts'
import { startEstListener } from './est-listener.ts'
import type { EstListener } from './est-listener.ts'
import { createPendingEnrolments } from './pending-enrolments.ts'
import type { PendingEnrolments } from './pending-enrolments.ts'

// The agent that we ship at the doors that we ship: neither side is played by a test here.
const press = 'press-1' as DeviceId
let directory: string
let door: TestDoor
let est: EstListener
let compares = false
let pending: PendingEnrolments
const agents: RunningAgent[] = []

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'sallyport-agent-at-door-'))
  door = await openTestDoor({ directory: path.join(directory, 'gateway') })
  const { authority, certificate, store } = door
  compares = false
  pending = createPendingEnrolments(systemClock, () => {})
  est = await startEstListener({
    host: '127.0.0.1',
    port: 0,
    certificate,
    authority,
    store,
    admission: store,
    clock: systemClock,
    logger: silentLogger,
    certificateLifetimeMs: 90 * 86_400_000,
    onAlarm: () => {},
    get pending() {
      return compares ? pending : null
    },
  })
  await writeFile(path.join(directory, 'ca.pem'), authority.bundlePem)
})
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.close()
  await est.close()
  await door[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

async function start(keyType: string, password: string): Promise<void> {
  const text = JSON.stringify({
    gateway: {
      tunnel: `localhost:${door.listener.address.port}`,
      est: `https://localhost:${est.address.port}`,
      caFile: 'ca.pem',
      trustDomain: 'gateway.test',
    },
    device: { id: press, name: 'Press', site: 'Hall' },
    enrolment: { password },
    keyType,
    stateDir: 'state',
    panel: { port: 0 },
    remoteService: 'on',
    operators: ['Olga'],
    services: { hmi: { kind: 'http', target: '127.0.0.1:8080' } },
  })
  const settings = readSettings({ text, baseDir: directory, defaultPagesDir: directory })
  agents.push(await startAgent({ settings, clock: agentClock, random: agentRandom, logger: agentLogger }))
}

function openEnrolment(): string {
  const { password, passwordHash } = newEnrolmentPassword(systemRandom)
  door.store.open(press, passwordHash)
  return password
}

const connected = (): Promise<DeviceLink> => vi.waitUntil(() => door.listener.links.get(press), { timeout: 15_000 })

it.each([
  ['ec-p256', 'ec'],
  ['rsa-2048', 'rsa'],
])('an agent with a key of the kind %s enrols, connects, and its password is dead', async (keyType, kind) => {
  await start(keyType, openEnrolment())
  const link = await connected()
  expect(await link.info()).toMatchObject({ device: press, services: [{ name: 'hmi', kind: 'http' }] })
  expect(new X509Certificate(link.certificatePem).publicKey.asymmetricKeyType).toBe(kind)
  expect(await door.store.find(press)).toMatchObject({ state: 'used', firstTunnelAt: expect.any(Number) })
})

it('an agent whose first answer was lost gets the same certificate, and connects with it', async () => {
  const { claim } = door.store
  door.store.claim = async (...claimed) => {
    const outcome = await claim(...claimed)
    door.store.claim = claim
    if (outcome.outcome === 'claimed') throw new Error('the power went after it was recorded')
    return outcome
  }
  await start('ec-p256', openEnrolment())
  const link = await connected()
  expect(link.certificatePem).toBe((await door.store.find(press))?.certificatePem)
})

it('an agent that was taken out of service says why at its panel', async () => {
  await start('ec-p256', openEnrolment())
  await connected()
  door.store.setStanding(press, 'suspended')
  door.listener.disconnect(press, 'suspended')
  await vi.waitUntil(() => door.listener.links.get(press) === undefined)
  const [agent] = agents
  const { secret } = (await (
    await fetch(`${agent?.panelUrl}api/pair`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: agent?.pairingUrl.split('#pair=')[1] }),
    })
  ).json()) as { secret: string }
  const state = async () => (await fetch(`${agent?.panelUrl}api/state`, { headers: { 'sallyport-panel': secret } })).json()
  await vi.waitFor(async () => expect(await state()).toMatchObject({ connection: { state: 'refused', reason: 'suspended' } }))
})

it('waits for a person who compares the code of the panel with the one of the portal, where the gateway wants that', async () => {
  compares = true
  await start('ec-p256', openEnrolment())
  const [agent] = agents
  if (agent === undefined) throw new Error('it was started')
  const panel = testPanel(agent.panelUrl)
  await panel.pair(agent.pairingUrl)
  const connection = async () => (await panel.state()).connection
  await vi.waitFor(async () => expect((await connection()).reason).toBe('enrolment_pending'), { timeout: 10_000 })
  const asks = pending.find(press)
  expect(asks?.code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/)
  expect((await connection()).enrolment_code).toBe(asks?.code)
  await expect(door.store.find(press)).resolves.toMatchObject({ state: 'open', certificatePem: null })
  door.store.confirmKey(press, asks?.publicKeyFingerprint ?? '')
  await vi.waitFor(async () => expect(await door.store.find(press)).toMatchObject({ state: 'used' }), { timeout: 20_000 })
  await vi.waitFor(() => expect(door.listener.links.get(press)).toBeDefined(), { timeout: 10_000 })
}, 40_000)
