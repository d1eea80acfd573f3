import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemRandom } from '../basics/random.ts'
import { hashPin } from '../operators/pin-hash.ts'
import { createBenchAuthority, sessionRequest } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'
import { setClock } from '../testing/set-clock.ts'
import type { AgentSnapshot } from '../wire/agent-api.ts'
import type { ApprovalClaims } from '../wire/approval.ts'
import { requestDigest, type SessionRequest } from '../wire/session-request.ts'

let authority: BenchAuthority
let bench: AgentBench
const clock = setClock()
beforeAll(async () => {
  const operators = [
    { name: 'Olga', pin: await hashPin('2468', systemRandom) },
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
const call = async (change: object = {}) =>
  codeOf(await post('/api/help', { what: 'The feeder stops', ticket: null, services: ['hmi'], operator: 'Olga', ...change }))
const called = async (): Promise<string> => (await bench.panel.state()).help?.id ?? 'none'
const snapshot = async (): Promise<AgentSnapshot> => JSON.parse((await bench.gateway.request('GET', '/v1/sessions')).body) as AgentSnapshot
const take = async (help: string, change: Partial<SessionRequest> = {}) => {
  const asked = sessionRequest({ services: ['hmi'], help, ...change })
  const { status, body } = await bench.show(asked)
  return { asked, answer: status === 202 ? 'shown' : codeOf({ body }) }
}
const press = async (asked: SessionRequest): Promise<void> => {
  const body = { digest: requestDigest(asked), operator: 'Omar', pin: '1357' }
  expect((await post(`/api/requests/${asked.session}/approve`, body)).status).toBe(200)
}
const leave = (asked: SessionRequest) =>
  bench.gateway.request('DELETE', `/v1/sessions/${asked.session}`, { headers: { 'sallyport-reason': 'completed' } })
const helpEvents = () => bench.events.filter(({ type }) => type.startsWith('help.'))
const claims = (): ApprovalClaims[] =>
  bench.events
    .filter((event) => event.type === 'approval.given')
    .map(({ approval }) => JSON.parse(Buffer.from(approval.split('.')[1] ?? '', 'base64url').toString()) as ApprovalClaims)

describe('a call for help', () => {
  it('is kept, told to the gateway with its snapshot, and there is one at a time', async () => {
    expect((await snapshot()).help).toBeNull()
    for (const [change, code] of [
      [{ what: ' ' }, 'bad_request'],
      [{ what: 'x'.repeat(501) }, 'bad_request'],
      [{ what: 'a\u202eb' }, 'bad_request'],
      [{ services: [] }, 'bad_request'],
      [{ services: ['hmi', 'hmi'] }, 'bad_request'],
      [{ services: [7] }, 'bad_request'],
      [{ services: ['nothing'] }, 'unknown_service'],
      [{ operator: 'Nobody' }, 'unknown_operator'],
    ] as const)
      expect([change, await call(change)]).toEqual([change, code])
    expect(await call({ ticket: 'INC-7' })).toBe('done')
    expect(await call()).toBe('help_open')
    const id = await called()
    await expect
      .poll(helpEvents)
      .toMatchObject([{ type: 'help.called', call: { id, what: 'The feeder stops', by: 'Olga', ticket: 'INC-7' } }])
    await bench.agent.close()
    await bench.restart()
    await bench.connected()
    expect((await snapshot()).help).toMatchObject({ id, services: ['hmi'], lets_in_until: null })
    expect(await called()).toBe(id)
  })

  it('cannot be made while nobody can come, and goes with the switch for the whole machine', async () => {
    await post('/api/switches/hmi', { enabled: false, operator: 'Olga' })
    expect(await call()).toBe('switch_off')
    expect(await call({ services: ['plc'] })).toBe('done')
    await post('/api/remote', { enabled: false, operator: 'Omar' })
    expect(await called()).toBe('none')
    expect(await call({ services: ['plc'] })).toBe('switch_off')
  })

  it('is answered for its own services alone, by a press, and over with the session', async () => {
    expect((await take(`hlp_${'0'.repeat(32)}`)).answer).toBe('help_over')
    await call()
    const id = await called()
    expect((await take(id, { services: ['hmi', 'plc'] })).answer).toBe('bad_request')
    const first = await take(id)
    expect(first.answer).toBe('shown')
    expect((await bench.panel.state()).request).toMatchObject({ answers_call: true })
    // Who is not the right one leaves the call open for another.
    await post(`/api/requests/${first.asked.session}/refuse`, { operator: 'Olga', how: 'refused' })
    const { asked } = await take(id)
    expect((await bench.panel.state()).session).toBeNull()
    await press(asked)
    expect(await bench.panel.state()).toMatchObject({ help: { taken: true }, session: { answers_call: true, mode: 'attended' } })
    expect((await leave(asked)).status).toBe(204)
    expect(await called()).toBe('none')
    await expect.poll(helpEvents).toMatchObject([{ type: 'help.called' }, { type: 'help.done', call: id, session: asked.session }])
    expect((await take(id)).answer).toBe('help_over')
  })

  it('is withdrawn at the panel, and its taker then asks like everybody', async () => {
    await call()
    const id = await called()
    expect(codeOf(await post('/api/help/withdraw', { operator: 'Nobody' }))).toBe('unknown_operator')
    expect(codeOf(await post('/api/help/withdraw', { operator: 'Omar' }))).toBe('done')
    expect(codeOf(await post('/api/help/withdraw', { operator: 'Omar' }))).toBe('no_call')
    await expect.poll(helpEvents).toMatchObject([{ type: 'help.called' }, { type: 'help.withdrawn', call: id, by: 'Omar' }])
    expect((await take(id)).answer).toBe('help_over')
  })

  it('whose taker was in when the process died is over', async () => {
    await call()
    const id = await called()
    await press((await take(id)).asked)
    await bench.agent.close()
    await bench.restart()
    await bench.connected()
    expect(await called()).toBe('none')
    await expect.poll(helpEvents).toContainEqual(expect.objectContaining({ type: 'help.done', call: id }))
  })
})

describe('a call that lets in whom the gateway sends', () => {
  it('needs the PIN of who calls, says his word in the approval, and lets in for no longer than he chose', async () => {
    expect(await call({ let_in_minutes: 5 })).toBe('pin_needed')
    expect(await call({ let_in_minutes: 5, pin: '1357' })).toBe('wrong_pin')
    for (const minutes of [0, 481, 1.5, '5'])
      expect([minutes, await call({ let_in_minutes: minutes, pin: '2468' })]).toEqual([minutes, 'bad_request'])
    expect(await call({ let_in_minutes: 5, pin: '2468' })).toBe('done')
    const { help } = await bench.panel.state()
    // A request that does not answer the call waits for a press, as ever.
    const other = sessionRequest({ services: ['hmi'] })
    await bench.show(other)
    expect((await bench.panel.state()).session).toBeNull()
    await bench.gateway.request('DELETE', `/v1/sessions/${other.session}`, { headers: { 'sallyport-reason': 'withdrawn' } })
    const { asked } = await take(help?.id ?? '', { duration_s: 3_600 })
    expect((await bench.panel.state()).session).toMatchObject({ id: asked.session, mode: 'planned', approved_by: 'Olga', proof: 'pin' })
    await expect
      .poll(claims)
      .toMatchObject([{ mode: 'planned', operator: { name: 'Olga', proof: 'pin' }, exp: Math.floor((help?.lets_in_until ?? 0) / 1000) }])
    // For this call: whoever comes next is not let in by it.
    await leave(asked)
    expect((await take(help?.id ?? '')).answer).toBe('help_over')
  })

  it('puts out who came by it when it is withdrawn', async () => {
    await call({ let_in_minutes: 5, pin: '2468' })
    await take(await called())
    expect((await bench.panel.state()).session).not.toBeNull()
    expect(codeOf(await post('/api/help/withdraw', { operator: 'Omar' }))).toBe('done')
    expect(await bench.panel.state()).toMatchObject({ session: null, help: null })
    await expect.poll(() => bench.events).toContainEqual(expect.objectContaining({ type: 'session.ended', by: 'Omar' }))
  })

  it('is a call for a press when the wall clock was set', async () => {
    await call({ let_in_minutes: 60, pin: '2468' })
    clock.stepMs = 61_000
    await expect.poll(async () => (await bench.panel.state()).help?.lets_in_until, { timeout: 15_000 }).toBeNull()
    const times = { requested_at: clock.nowS(), expires_at: clock.nowS() + 60 }
    const { asked, answer } = await take(await called(), times)
    expect(answer).toBe('shown')
    expect(await bench.panel.state()).toMatchObject({ session: null, request: { session: asked.session, answers_call: true } })
    expect((await snapshot()).help).toMatchObject({ lets_in_until: null })
  }, 20_000)
})
