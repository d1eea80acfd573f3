import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock, type Clock } from '../basics/clock.ts'
import { createBenchAuthority, sessionRequest } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'
import type { ApprovalClaims } from '../wire/approval.ts'
import type { SessionRequest } from '../wire/session-request.ts'

const wired = mkdtempSync(join(tmpdir(), 'agent-wired-'))
const [contact, lamp] = [join(wired, 'contact'), join(wired, 'lamp')]
/** Time passes for the button when a test says so. */
let laterMs = 0
const clock: Clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + laterMs }
const hardware = {
  button: { command: ['/usr/bin/tail', '-n0', '-f', contact] },
  lamp: { command: ['/usr/bin/tee', '-a', lamp] },
}

let authority: BenchAuthority
let bench: AgentBench
beforeAll(async () => {
  authority = await createBenchAuthority({ settings: { hardware }, clock })
})
afterAll(() => {
  authority.close()
  rmSync(wired, { recursive: true })
})
beforeEach(async () => {
  for (const file of [contact, lamp]) writeFileSync(file, '')
  bench = await authority.open()
  await expect
    .poll(async () => (await bench.panel.state()).hardware, { timeout: 5_000 })
    .toMatchObject({ button: { gone: null }, lamp: { gone: null } })
  laterMs += 2_000
})
afterEach(() => bench.close())

const press = (): void => {
  laterMs += 2_000
  appendFileSync(contact, 'pressed\n')
}
const lit = (): string[] => readFileSync(lamp, 'utf8').trim().split('\n')
const ask = async (change: Partial<SessionRequest> = {}): Promise<SessionRequest> => {
  const asked = sessionRequest({ services: ['hmi', 'plc'], ...change })
  expect((await bench.show(asked)).status).toBe(202)
  return asked
}
const claims = (): ApprovalClaims[] =>
  bench.events
    .filter((event) => event.type === 'approval.given')
    .map(({ approval }) => JSON.parse(Buffer.from(approval.split('.')[1] ?? '', 'base64url').toString()) as ApprovalClaims)
const session = async () => (await bench.panel.state()).session

describe('a button that is wired to the machine', () => {
  it('lets in who is shown, for all that he asked for, ends him, and its lamp says how it stands', async () => {
    const asked = await ask()
    press()
    await expect.poll(session).toMatchObject({ id: asked.session, approved_by: 'Button', proof: 'hardware' })
    await expect
      .poll(claims)
      .toMatchObject([{ sid: asked.session, services: ['hmi', 'plc'], mode: 'attended', operator: { name: 'Button', proof: 'hardware' } }])
    expect(claims()[0]!.exp - claims()[0]!.nbf).toBe(600)
    expect((await bench.through(asked.session, { path: '/' })).response.statusCode).toBe(200)
    await bench.panel.call('POST', '/api/session/conduct', { body: { operator: 'Olga', paused: true } })
    press()
    await expect.poll(session).toBe(null)
    await expect
      .poll(() => bench.events)
      .toContainEqual(expect.objectContaining({ type: 'session.ended', reason: 'ended_by_operator', by: 'Button' }))
    await expect.poll(lit).toEqual(['idle', 'request', 'live', 'paused', 'idle'])
    await bench.panel.call('POST', '/api/remote', { body: { operator: 'Olga', enabled: false } })
    await expect.poll(() => lit().at(-1)).toBe('off')
  })

  it('does nothing more while its contact bounces', async () => {
    const asked = await ask()
    laterMs += 2_000
    appendFileSync(contact, 'pressed\nbounced\nbounced\n')
    await expect.poll(session).toMatchObject({ id: asked.session })
    appendFileSync(contact, 'bounced\n')
    expect((await bench.through(asked.session, { path: '/' })).response.statusCode).toBe(200)
    expect(await session()).toMatchObject({ id: asked.session })
  })

  it('lets nobody in while a service that is asked for is switched off, and the panel says why', async () => {
    await ask()
    await bench.panel.call('POST', '/api/switches/plc', { body: { operator: 'Olga', enabled: false } })
    press()
    await expect.poll(async () => (await bench.panel.state()).hardware?.refused).toMatchObject({ code: 'switch_off' })
    expect(await session()).toBe(null)
  })

  it('prolongs as asked', async () => {
    const asked = await ask()
    press()
    await expect.poll(session).toMatchObject({ id: asked.session })
    const until = (await session())!.expires_at
    await ask({ kind: 'extend', session: asked.session, duration_s: 300 })
    press()
    await expect.poll(async () => (await session())?.expires_at).toBe(until + 300)
  })
})
