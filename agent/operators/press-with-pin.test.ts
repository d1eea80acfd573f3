import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemRandom } from '../basics/random.ts'
import { createBenchAuthority, sessionRequest } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'
import type { ApprovalClaims } from '../wire/approval.ts'
import { requestDigest } from '../wire/session-request.ts'
import { hashPin } from './pin-hash.ts'

let authority: BenchAuthority
let bench: AgentBench
beforeAll(async () => {
  const operators = [
    { name: 'Olga', pin: await hashPin('2468', systemRandom) },
    { name: 'Omar', pin: await hashPin('1357', systemRandom) },
  ]
  authority = await createBenchAuthority({ settings: { operators } })
})
afterAll(() => authority.close())
beforeEach(async () => {
  bench = await authority.open()
})
afterEach(() => bench.close())

const claimsOf = (jws: string): ApprovalClaims => JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as ApprovalClaims

describe('a press where operators have PINs', () => {
  it('is signed with the name and how it was proven; without the PIN nobody gets in', async () => {
    const asked = sessionRequest()
    expect((await bench.show(asked)).status).toBe(202)
    const press = (body: object) =>
      bench.panel.call('POST', `/api/requests/${asked.session}/approve`, {
        body: { digest: requestDigest(asked), operator: 'Olga', ...body },
      })
    const said = async (body: object): Promise<unknown> => (JSON.parse((await press(body)).body) as { code?: string }).code
    expect(await said({})).toBe('pin_needed')
    expect(await said({ pin: '1357' })).toBe('wrong_pin')
    for (const pin of ['', '12', 'abcd', '2468 ', '1'.repeat(13), 2468, null]) expect(await said({ pin }), String(pin)).toBe('bad_request')
    expect((await bench.gateway.connect('hmi', asked.session)).status).toBe(403)
    expect((await bench.panel.state()).session).toBeNull()
    expect((await press({ pin: '2468' })).status).toBe(200)
    expect((await bench.panel.state()).session).toMatchObject({ approved_by: 'Olga', proof: 'pin' })
    const given = bench.events.find((event) => event.type === 'approval.given')
    expect(given === undefined ? null : claimsOf(given.approval)).toMatchObject({
      operator: { name: 'Olga', proof: 'pin' },
      sid: asked.session,
    })
    expect(JSON.stringify([bench.events, await bench.panel.state()])).not.toMatch(/2468|1357|argon2/)
  })

  it('is for the request that was on the screen, also when the gateway changes it while the PIN is looked at', async () => {
    const asked = sessionRequest()
    expect((await bench.show(asked)).status).toBe(202)
    const pressed = bench.panel.call('POST', `/api/requests/${asked.session}/approve`, {
      body: { digest: requestDigest(asked), operator: 'Olga', pin: '2468' },
    })
    expect((await bench.gateway.request('DELETE', `/v1/sessions/${asked.session}`)).status).toBe(204)
    const other = sessionRequest({ purpose: 'Something else' })
    expect((await bench.show(other)).status).toBe(202)
    const { status } = await pressed
    const { session, request } = await bench.panel.state()
    // Whichever came first: the press opened what was asked, which was ended, or nothing; never the other request.
    expect([200, 404]).toContain(status)
    expect([session, request?.session]).toEqual([null, other.session])
  })

  it('pauses a name whose PIN is guessed, and tells the gateway that', async () => {
    const asked = sessionRequest()
    expect((await bench.show(asked)).status).toBe(202)
    const press = (operator: string, pin: string) =>
      bench.panel.call('POST', `/api/requests/${asked.session}/approve`, { body: { digest: requestDigest(asked), operator, pin } })
    for (let tried = 0; tried < 4; tried += 1) expect((await press('Olga', '0000')).status).toBe(403)
    const answer = await press('Olga', '0000')
    expect([answer.status, JSON.parse(answer.body)]).toEqual([429, expect.objectContaining({ code: 'too_many_pins', retry_s: 30 })])
    expect((await press('Olga', '2468')).status).toBe(429)
    await expect.poll(() => bench.events).toContainEqual(expect.objectContaining({ type: 'pin.paused', operator: 'Olga', wrong: 5 }))
    expect((await press('Omar', '1357')).status).toBe(200)
  })

  it('switches on with a PIN and off without', async () => {
    const turn = (body: object) => bench.panel.call('POST', '/api/switches/plc', { body: { operator: 'Omar', ...body } })
    expect((await turn({ enabled: false })).status).toBe(200)
    expect((await turn({ enabled: true })).status).toBe(403)
    expect((await turn({ enabled: true, pin: '2468' })).status).toBe(403)
    expect((await bench.panel.state()).services.find(({ name }) => name === 'plc')?.enabled).toBe(false)
    expect((await turn({ enabled: true, pin: '1357' })).status).toBe(200)
    expect((await bench.panel.state()).services.find(({ name }) => name === 'plc')?.enabled).toBe(true)
  })
})
