import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { hashPin } from '../operators/pin-hash.ts'
import { systemRandom } from '../basics/random.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'
import { createBenchAuthority, sessionRequest } from '../testing/agent-bench.ts'
import { testProgram, testSigners, writePackage } from '../testing/test-updates.ts'
import { programFile } from '../updates/version-store.ts'
import { offeredFile, readVersions, writeVersions } from '../updates/versions-record.ts'
import { agentVersion } from '../version.ts'

const { trust, signers } = testSigners()
const program = testProgram('2.0.0', '')
const restart = vi.fn()
const reached = vi.fn()
const patience = { timeout: 8_000 }
let authority: BenchAuthority
let bench: AgentBench

beforeEach(() => {
  restart.mockClear()
  reached.mockClear()
})

const lay = (change: object = {}) =>
  writePackage(offeredFile(bench.stateDir), { program, signedBy: [signers.anna, signers.cem], ...change })
const updates = async () => (await bench.panel.state()).updates
const acts = async (): Promise<string[]> => (await bench.panel.state()).acts.map(({ act, by, service }) => `${act} ${service} ${by}`.trim())
const told = () =>
  bench.events.filter((event) => event.type === 'update.changed').map(({ what, version, by }) => `${what} ${version} ${by}`)
const isOffered = (): Promise<void> => vi.waitFor(async () => expect((await updates()).offer?.version).toBe('2.0.0'), patience)
const decide = (sha256: string, agree: boolean, who: object = { operator: 'Olga' }) =>
  bench.panel.call('POST', '/api/update', { body: { sha256, agree, ...who } })

describe('a newer version', () => {
  beforeAll(async () => {
    authority = await createBenchAuthority({ updates: { trust, reached: null, restart } })
  })
  afterAll(() => authority.close())
  beforeEach(async () => {
    bench = await authority.open()
  })
  afterEach(() => bench.close())

  it('is shown with who signed it and what is new, and tried when an operator has agreed', async () => {
    const { sha256, news } = lay()
    await isOffered()
    expect(await updates()).toEqual({
      keys: 'pinned',
      consent: 'ask',
      offer: { sha256, version: '2.0.0', from: agentVersion, signers: ['anna', 'cem'], news, state: 'offered', by: null, waits: null },
      last: null,
    })
    expect(restart).not.toHaveBeenCalled()
    expect((await decide('0'.repeat(64), true)).status).toBe(404)
    expect((await decide(sha256, true, { operator: 'Nobody' })).status).toBe(400)
    expect((await decide(sha256, true)).status).toBe(200)
    await vi.waitFor(() => expect(restart).toHaveBeenCalledTimes(1), patience)
    const trial = { program: sha256, version: '2.0.0', from: agentVersion, by: 'Olga', withinS: 60, begun: 0 }
    expect(await readVersions(bench.stateDir)).toMatchObject({ current: null, trial })
    expect([existsSync(programFile(bench.stateDir, sha256)), existsSync(offeredFile(bench.stateDir))]).toEqual([true, false])
    expect(await acts()).toEqual(['update_agreed 2.0.0 Olga', 'update_offered 2.0.0 anna, cem'])
    await expect.poll(told).toEqual(['offered 2.0.0 null', 'agreed 2.0.0 Olga'])
  })

  it('waits until nobody is in, and nobody asks', async () => {
    const { session } = await bench.openSession()
    const { sha256 } = lay()
    await isOffered()
    expect(await decide(sha256, true)).toMatchObject({ status: 200 })
    expect((await updates()).offer).toMatchObject({ state: 'agreed', by: 'Olga', waits: 'session' })
    const asked = sessionRequest()
    await bench.panel.call('POST', '/api/session/end', { body: { operator: null } })
    await bench.show(asked)
    await vi.waitFor(async () => expect((await updates()).offer?.waits).toBe('request'), patience)
    // Longer than it looks.
    await new Promise((resolve) => setTimeout(resolve, 2_300))
    expect([session, restart.mock.calls.length]).toEqual([session, 0])
    await bench.panel.call('POST', `/api/requests/${asked.session}/refuse`, { body: { operator: null, how: 'refused' } })
    await vi.waitFor(() => expect(restart).toHaveBeenCalledTimes(1), patience)
  })

  it('waits for the gateway, unless remote service is switched off', async () => {
    bench.gateway.close()
    await vi.waitFor(async () => expect((await bench.panel.state()).connection.state).not.toBe('connected'), patience)
    const { sha256 } = lay()
    await isOffered()
    await decide(sha256, true)
    expect((await updates()).offer?.waits).toBe('offline')
    await bench.panel.call('POST', '/api/remote', { body: { enabled: false, operator: 'Olga' } })
    await vi.waitFor(() => expect(restart).toHaveBeenCalledTimes(1), patience)
  })

  it('is gone when an operator declines it', async () => {
    const { sha256 } = lay()
    await isOffered()
    expect((await decide(sha256, false, { operator: 'Nobody' })).status).toBe(400)
    expect((await decide(sha256, false)).status).toBe(200)
    await vi.waitFor(() => expect(existsSync(offeredFile(bench.stateDir))).toBe(false))
    expect((await updates()).offer).toBeNull()
    expect((await acts())[0]).toBe('update_declined 2.0.0 Olga')
    expect(restart).not.toHaveBeenCalled()
  })

  it.each<[string, object, string]>([
    ['signed by one alone', { signedBy: [signers.anna] }, 'too_few_signatures'],
    ['as old as the one that runs', { version: agentVersion }, 'not_newer'],
  ])('that is %s is thrown away, whoever laid it there, and people see why', async (_what, change, reason) => {
    lay(change)
    await vi.waitFor(async () => expect((await updates()).last).toMatchObject({ what: 'rejected', reason }), patience)
    expect(existsSync(offeredFile(bench.stateDir))).toBe(false)
    expect(await acts()).toEqual(['update_rejected ?'])
  })

  it('that was changed after it was shown is not installed', async () => {
    const { sha256 } = lay()
    const path = offeredFile(bench.stateDir)
    utimesSync(path, 1, 1)
    await isOffered()
    // In the place where it lies, so that it looks the same from outside: the agreement is for what was signed.
    const bytes = readFileSync(path)
    bytes[bytes.length - 2]! ^= 1
    writeFileSync(path, bytes)
    utimesSync(path, 1, 1)
    await decide(sha256, true)
    await vi.waitFor(async () => expect((await updates()).last).toMatchObject({ what: 'rejected', reason: 'wrong_digest' }), patience)
    expect(restart).not.toHaveBeenCalled()
    expect(readdirSync(join(bench.stateDir, 'versions'))).toEqual([])
  })

  it('tells once how it went', async () => {
    await bench.agent.close()
    const outcome = {
      id: 'one',
      what: 'rolled_back' as const,
      version: '2.0.0',
      from: '0.1.0',
      reason: 'not_reached',
      by: 'Olga',
      atMs: 1_000,
    }
    await writeVersions(bench.stateDir, { v: 1, current: null, previous: null, trial: null, floor: null, outcome })
    for (let start = 0; start < 2; start += 1) {
      await bench.restart()
      await vi.waitFor(
        async () => expect((await updates()).last).toMatchObject({ what: 'rolled_back', reason: 'not_reached', at: 1_000 }),
        patience,
      )
      expect(await acts()).toEqual(['update_rolled_back 2.0.0 Olga'])
      if (start === 0) await bench.agent.close()
    }
    await bench.connected()
    await expect.poll(told).toEqual(['rolled_back 2.0.0 Olga'])
  })
})

describe('where operators have PINs', () => {
  it('agreeing takes the PIN of one who may loosen', async () => {
    const pin = await hashPin('2468', systemRandom)
    const operators = [
      { name: 'Olga', pin, mayLoosen: true },
      { name: 'Omar', pin },
    ]
    authority = await createBenchAuthority({ updates: { trust, reached: null, restart }, settings: { operators } })
    bench = await authority.open()
    const { sha256 } = lay()
    await isOffered()
    const code = async (who: object): Promise<unknown> => JSON.parse((await decide(sha256, true, who)).body).code
    expect(await code({ operator: 'Olga' })).toBe('pin_needed')
    expect(await code({ operator: 'Olga', pin: '1111' })).toBe('wrong_pin')
    expect(await code({ operator: 'Omar', pin: '2468' })).toBe('may_not_loosen')
    expect(restart).not.toHaveBeenCalled()
    expect((await decide(sha256, true, { operator: 'Olga', pin: '2468' })).status).toBe(200)
    await vi.waitFor(() => expect(restart).toHaveBeenCalledTimes(1), patience)
    await bench.close()
    authority.close()
  })

  it('with standing consent nobody is asked', async () => {
    authority = await createBenchAuthority({ updates: { trust, reached: null, restart }, settings: { updates: { consent: 'standing' } } })
    bench = await authority.open()
    lay()
    await vi.waitFor(() => expect(restart).toHaveBeenCalledTimes(1), patience)
    expect((await readVersions(bench.stateDir)).trial).toMatchObject({ by: null })
    await bench.close()
    authority.close()
  })
})

describe('a version that is being tried', () => {
  it('has reached the gateway when that follows it, and makes room when nobody is in', async () => {
    authority = await createBenchAuthority({ updates: { trust, reached, restart }, connects: false })
    bench = await authority.open()
    await vi.waitFor(() => bench.gateway.request('GET', '/v1/info'), patience)
    await bench.gateway.request('GET', '/v1/sessions')
    expect(reached).not.toHaveBeenCalled()
    const { session } = await bench.openSession()
    await bench.connected()
    await vi.waitFor(() => expect(reached).toHaveBeenCalledTimes(1))
    lay()
    await new Promise((resolve) => setTimeout(resolve, 2_300))
    expect([restart.mock.calls.length, (await updates()).offer, session]).toEqual([0, null, session])
    await bench.panel.call('POST', '/api/session/end', { body: { operator: null } })
    await vi.waitFor(() => expect(restart).toHaveBeenCalledTimes(1), patience)
    await bench.close()
    authority.close()
  })
})
