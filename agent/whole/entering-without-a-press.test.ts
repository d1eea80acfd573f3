import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemRandom } from '../basics/random.ts'
import { hashPin } from '../operators/pin-hash.ts'
import { createBenchAuthority, sessionRequest } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'
import { setClock } from '../testing/set-clock.ts'
import type { ApprovalClaims } from '../wire/approval.ts'
import type { SessionRequest } from '../wire/session-request.ts'
import { requestDigest } from '../wire/session-request.ts'

let authority: BenchAuthority
let bench: AgentBench
const clock = setClock()
beforeAll(async () => {
  const operators = [
    { name: 'Olga', pin: await hashPin('2468', systemRandom), mayLoosen: true },
    { name: 'Omar', pin: await hashPin('1357', systemRandom) },
  ]
  authority = await createBenchAuthority({ settings: { operators, losses: { clock: 'go_on' } }, clock })
})
afterAll(() => authority.close())
beforeEach(async () => {
  clock.stepMs = 0
  bench = await authority.open()
})
afterEach(() => bench.close())

const post = (path: string, body: object) => bench.panel.call('POST', path, { body })
const codeOf = (answer: { body: string }): unknown => (JSON.parse(answer.body) as { code?: unknown }).code ?? 'done'
const setMode = (service: string, mode: object, who: object = { operator: 'Olga', pin: '2468' }) =>
  post(`/api/modes/${service}`, { ...mode, ...who })
const claims = (): ApprovalClaims[] =>
  bench.events
    .filter((event) => event.type === 'approval.given')
    .map(({ approval }) => JSON.parse(Buffer.from(approval.split('.')[1] ?? '', 'base64url').toString()) as ApprovalClaims)
const ask = async (change: Partial<SessionRequest> = {}): Promise<SessionRequest> => {
  const asked = sessionRequest({ services: ['hmi'], ...change })
  expect((await bench.show(asked)).status).toBe(202)
  return asked
}
const press = async (asked: SessionRequest): Promise<void> => {
  const body = { digest: requestDigest(asked), operator: 'Omar', pin: '1357' }
  expect((await post(`/api/requests/${asked.session}/approve`, body)).status).toBe(200)
}
const isIn = async (asked: SessionRequest): Promise<boolean> => (await bench.panel.state()).session?.id === asked.session
const leave = (asked: SessionRequest, reason = 'completed') =>
  bench.gateway.request('DELETE', `/v1/sessions/${asked.session}`, { headers: { 'sallyport-reason': reason } })

describe('the mode of a service', () => {
  it('is loosened by the PIN of who may loosen alone, and tightened by anybody who stands there', async () => {
    const unattended = { mode: 'unattended' }
    expect(codeOf(await setMode('hmi', unattended, { operator: 'Olga' }))).toBe('pin_needed')
    expect(codeOf(await setMode('hmi', unattended, { operator: 'Omar', pin: '1357' }))).toBe('may_not_loosen')
    expect(codeOf(await setMode('hmi', unattended, { operator: 'Olga', pin: '1357' }))).toBe('wrong_pin')
    expect(codeOf(await setMode('nothing', unattended))).toBe('unknown_service')
    for (const minutes of [0, 1_441, 1.5, '5', undefined])
      expect(codeOf(await setMode('hmi', { mode: 'reconnect', minutes }))).toBe('bad_request')
    const asked = await ask()
    expect(await isIn(asked)).toBe(false)
    expect(codeOf(await setMode('hmi', unattended))).toBe('done')
    expect(codeOf(await setMode('hmi', { mode: 'reconnect', minutes: 5 }, { operator: 'Omar' }))).toBe('done')
    expect(codeOf(await setMode('hmi', { mode: 'reconnect', minutes: 6 }, { operator: 'Omar' }))).toBe('pin_needed')
    expect(codeOf(await setMode('hmi', { mode: 'attended' }, { operator: 'Omar' }))).toBe('done')
    await expect
      .poll(() => bench.events.filter(({ type }) => type === 'mode.changed'))
      .toMatchObject([
        { service: 'hmi', mode: 'unattended', minutes: null, by: 'Olga' },
        { service: 'hmi', mode: 'reconnect', minutes: 5, by: 'Omar' },
        { service: 'hmi', mode: 'attended', by: 'Omar' },
      ])
  })

  it('none of them counts while the portal wants a press, who is in by one is out, and it comes back when the portal lets it', async () => {
    const say = async (only: string[]): Promise<number> =>
      (await bench.gateway.request('PUT', '/v1/switches', { body: JSON.stringify({ remote: true, services: {}, attended_only: only }) }))
        .status
    await setMode('hmi', { mode: 'unattended' })
    const first = await ask()
    await expect.poll(async () => (await bench.panel.state()).session?.id).toBe(first.session)
    expect(await say(['plc'])).toBe(204)
    expect((await bench.panel.state()).session?.id).toBe(first.session)
    expect(await say(['hmi', 'nowhere'])).toBe(204)
    expect((await bench.panel.state()).session).toBe(null)
    const shown = (await bench.panel.state()).services.find(({ name }) => name === 'hmi')
    expect(shown).toMatchObject({ portal_attended: true, mode: { name: 'unattended' } })
    const second = await ask()
    expect(await bench.panel.state()).toMatchObject({ request: { session: second.session }, session: null })
    await press(second)
    expect(await say(['hmi'])).toBe(204)
    expect((await bench.panel.state()).session).toMatchObject({ id: second.session, mode: 'attended' })
    await post('/api/session/end', { operator: 'Olga' })
    expect(await say([])).toBe(204)
    const third = await ask()
    expect((await bench.panel.state()).session?.id).toBe(third.session)
  })

  it('unattended lets in without a press, says so in the approval, and ends who is in by it when it is taken back', async () => {
    await setMode('hmi', { mode: 'unattended' })
    const asked = await ask()
    expect(await isIn(asked)).toBe(true)
    expect((await bench.panel.state()).session).toMatchObject({ mode: 'unattended', approved_by: 'Olga', proof: 'pin' })
    await expect.poll(claims).toMatchObject([{ mode: 'unattended', operator: { name: 'Olga', proof: 'pin' }, sid: asked.session }])
    expect((await bench.through(asked.session, { path: '/' })).response.statusCode).toBe(200)
    expect((await setMode('hmi', { mode: 'attended' }, { operator: 'Omar' })).status).toBe(200)
    expect((await bench.panel.state()).session).toBeNull()
    await expect.poll(() => bench.events).toContainEqual(expect.objectContaining({ type: 'session.ended', reason: 'ended_by_operator' }))
  })

  it('outlives the process, and does nothing for another service', async () => {
    await setMode('hmi', { mode: 'unattended' })
    await bench.agent.close()
    await bench.restart()
    await bench.connected()
    const both = await ask({ services: ['hmi', 'plc'] })
    expect(await isIn(both)).toBe(false)
    expect((await leave(both, 'withdrawn')).status).toBe(204)
    expect(await isIn(await ask())).toBe(true)
  })
})

describe('coming back', () => {
  it('is for whom somebody let in, after he left by himself, until the time that was allowed is over', async () => {
    await setMode('hmi', { mode: 'reconnect', minutes: 5 })
    const first = await ask({ duration_s: 300 })
    expect(await isIn(first)).toBe(false)
    await press(first)
    await expect.poll(claims).toHaveLength(1)
    const { exp } = claims()[0] as ApprovalClaims
    expect((await leave(first)).status).toBe(204)
    const again = await ask({ duration_s: 3_600 })
    expect(await isIn(again)).toBe(true)
    await expect.poll(claims).toHaveLength(2)
    expect(claims()[1]).toMatchObject({ mode: 'reconnect', exp, operator: { name: 'Omar', proof: 'pin' } })
    expect((await leave(again)).status).toBe(204)
    const other = await ask({ technician: { id: 'per_2', name: 'Max', organisation: 'Acme', photo_sha256: null } })
    expect(await isIn(other)).toBe(false)
  })

  it('is over with the operator’s End: then only a press lets him in', async () => {
    await setMode('hmi', { mode: 'reconnect', minutes: 5 })
    const first = await ask()
    await press(first)
    await post('/api/session/end', { operator: 'Omar' })
    expect(await isIn(await ask())).toBe(false)
  })

  it('leaves no pause and no view only behind: they are taken back by an operator alone', async () => {
    await setMode('hmi', { mode: 'reconnect', minutes: 5 })
    for (const narrower of [{ paused: true }, { view_only: true }]) {
      const first = await ask()
      await press(first)
      expect((await post('/api/session/conduct', { ...narrower, operator: null })).status).toBe(200)
      expect((await leave(first, 'ended_by_technician')).status).toBe(204)
      const again = await ask()
      expect([narrower, await isIn(again)]).toEqual([narrower, false])
      expect((await leave(again, 'withdrawn')).status).toBe(204)
    }
  })

  it('is over with an End that came a moment too late, a refusal, and the service switched off meanwhile', async () => {
    await setMode('hmi', { mode: 'reconnect', minutes: 5 })
    const words: readonly (() => Promise<unknown>)[] = [
      () => post('/api/session/end', { operator: 'Omar' }),
      async () => {
        const wider = await ask({ services: ['hmi', 'plc'] })
        await post(`/api/requests/${wider.session}/refuse`, { operator: null, how: 'refused' })
      },
      async () => {
        await post('/api/switches/hmi', { operator: 'Omar', enabled: false })
        await post('/api/switches/hmi', { operator: 'Omar', pin: '1357', enabled: true })
      },
      async () => {
        await post('/api/remote', { operator: 'Omar', enabled: false })
        await post('/api/remote', { operator: 'Omar', pin: '1357', enabled: true })
        await bench.connected()
      },
    ]
    for (const [at, say] of words.entries()) {
      const first = await ask()
      await press(first)
      await leave(first)
      await say()
      const again = await ask()
      expect([at, await isIn(again)]).toEqual([at, false])
      await leave(again, 'withdrawn')
    }
  })

  it('is nothing that a planned time leaves behind when it is withdrawn', async () => {
    await setMode('hmi', { mode: 'reconnect', minutes: 5 })
    const asked = await ask()
    await post(`/api/requests/${asked.session}/refuse`, { operator: null, how: 'refused' })
    const [from, until] = [clock.nowMs() - 1_000, clock.nowMs() + 120_000]
    const window = { technician: 'per_1', services: ['hmi'], from, until, operator: 'Olga', pin: '2468' }
    expect((await post('/api/windows', window)).status).toBe(200)
    const planned = await ask()
    expect(await isIn(planned)).toBe(true)
    await leave(planned)
    const id = (await bench.panel.state()).windows[0]?.id
    expect((await post(`/api/windows/${id}/withdraw`, { operator: 'Omar' })).status).toBe(200)
    expect(await isIn(await ask())).toBe(false)
  })
})

describe('going on', () => {
  it('is for the session that somebody saw, and for none that came after it', async () => {
    await setMode('hmi', { mode: 'unattended' })
    const first = await ask()
    expect((await post('/api/session/conduct', { paused: true, operator: null })).status).toBe(200)
    await leave(first)
    const second = await ask()
    expect((await post('/api/session/conduct', { paused: true, operator: null })).status).toBe(200)
    const goOn = { paused: false, operator: 'Omar', pin: '1357' }
    expect(codeOf(await post('/api/session/conduct', { ...goOn, session: first.session }))).toBe('no_session')
    expect((await bench.panel.state()).session).toMatchObject({ id: second.session, paused: true })
    expect(codeOf(await post('/api/session/conduct', { ...goOn, session: second.session }))).toBe('done')
  })
})

describe('a planned time', () => {
  const known = async (): Promise<void> => {
    const asked = await ask()
    expect((await post(`/api/requests/${asked.session}/refuse`, { operator: null, how: 'refused' })).status).toBe(200)
  }
  const plan = (change: object = {}) =>
    post('/api/windows', {
      technician: 'per_1',
      services: ['hmi'],
      from: clock.nowMs() - 1_000,
      until: clock.nowMs() + 120_000,
      operator: 'Olga',
      pin: '2468',
      ...change,
    })

  it('lets one technician in by himself, no longer than it lasts, and ends with its withdrawal', async () => {
    await known()
    expect(codeOf(await plan({ operator: 'Omar', pin: '1357' }))).toBe('may_not_loosen')
    for (const change of [
      { technician: 'per_9' },
      { services: [] },
      { services: ['hmi', 'hmi'] },
      { until: clock.nowMs() - 1 },
      { from: clock.nowMs() + 91 * 86_400_000, until: clock.nowMs() + 91.5 * 86_400_000 },
      { until: clock.nowMs() + 15 * 86_400_000 },
    ])
      expect([change, codeOf(await plan(change))]).toEqual([change, 'bad_request'])
    expect((await plan()).status).toBe(200)
    const [window] = (await bench.panel.state()).windows
    expect(window).toMatchObject({ technician: { id: 'per_1', name: 'Mia Maier' }, services: [{ name: 'hmi' }], by: 'Olga' })
    const stranger = await ask({ technician: { id: 'per_2', name: 'Max', organisation: 'Acme', photo_sha256: null } })
    expect(await isIn(stranger)).toBe(false)
    await leave(stranger, 'withdrawn')
    const asked = await ask({ duration_s: 3_600 })
    expect(await isIn(asked)).toBe(true)
    await expect.poll(claims).toMatchObject([{ mode: 'planned', exp: Math.floor((window?.until ?? 0) / 1000) }])
    expect((await post(`/api/windows/${window?.id}/withdraw`, { operator: 'Omar' })).status).toBe(200)
    expect((await bench.panel.state()).session).toBeNull()
    expect((await post(`/api/windows/${window?.id}/withdraw`, { operator: 'Omar' })).status).toBe(404)
  })

  it('lets nobody in by a wall clock that was set a moment ago', async () => {
    await known()
    const from = clock.nowMs() + 3_600_000
    expect((await plan({ from, until: from + 600_000 })).status).toBe(200)
    clock.stepMs = 3_600_000 + 1_000
    // Nothing has looked since.
    const asked = await ask({ requested_at: clock.nowS(), expires_at: clock.nowS() + 60 })
    expect(await isIn(asked)).toBe(false)
    expect((await bench.panel.state()).windows).toEqual([])
  })

  it('is void when somebody sets the wall clock while the agent does not run', async () => {
    await known()
    expect((await plan()).status).toBe(200)
    await bench.agent.close()
    clock.stepMs = 3_600_000
    await bench.restart()
    expect((await bench.panel.state()).windows).toEqual([])
  })

  it('is void when somebody sets the wall clock', async () => {
    await known()
    expect((await plan()).status).toBe(200)
    clock.stepMs = 61_000
    await expect.poll(async () => (await bench.panel.state()).windows, { timeout: 15_000 }).toEqual([])
    await expect.poll(() => bench.events).toContainEqual(expect.objectContaining({ type: 'window.changed', planned: false, by: null }))
    expect(await isIn(await ask({ requested_at: clock.nowS(), expires_at: clock.nowS() + 60 }))).toBe(false)
  }, 20_000)
})
