import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createBenchAuthority, sessionRequest } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'
import type { PortalSwitches } from '../wire/agent-api.ts'
import { requestDigest } from '../wire/session-request.ts'

let authority: BenchAuthority
let bench: AgentBench
beforeAll(async () => {
  authority = await createBenchAuthority()
})
afterAll(() => authority.close())
beforeEach(async () => {
  bench = await authority.open()
})
afterEach(() => bench.close())

const say = async (body: PortalSwitches | object | string): Promise<number> =>
  (await bench.gateway.request('PUT', '/v1/switches', { body: typeof body === 'string' ? body : JSON.stringify(body) })).status
const all = { remote: true, services: {} }
const hmiOff = { remote: true, services: { hmi: false, plc: true } }
const turn = (service: string, enabled: boolean) =>
  bench.panel.call('POST', `/api/switches/${service}`, { body: { enabled, operator: 'Olga' } })
const portalOf = async (name: string) => (await bench.panel.state()).services.find((service) => service.name === name)?.portal

describe('the switches of the portal, at the machine', () => {
  it('are shown at the panel beside its own, from when the gateway says them', async () => {
    expect([await portalOf('hmi'), (await bench.panel.state()).remote.portal]).toEqual([null, null])
    expect(await say(hmiOff)).toBe(204)
    expect([await portalOf('hmi'), await portalOf('plc'), await portalOf('gone')]).toEqual([false, true, true])
    expect((await bench.panel.state()).services.every(({ enabled }) => enabled)).toBe(true)
    expect(await say({ remote: false, services: {} })).toBe(204)
    expect(await bench.panel.state()).toMatchObject({ remote: { on: true, portal: false }, connection: { state: 'connected' } })
  })

  it('end who is in and bar who comes, by the agent itself', async () => {
    const { session } = await bench.openSession({ services: ['hmi', 'plc'] })
    const { stream } = await bench.gateway.connect('plc', session)
    const cut = new Promise((resolve) => stream.on('error', () => {}).once('close', resolve))
    expect(await say(all)).toBe(204)
    expect((await bench.panel.state()).session?.id).toBe(session)
    expect(await say(hmiOff)).toBe(204)
    await cut
    await expect
      .poll(() => bench.events)
      .toContainEqual(expect.objectContaining({ type: 'session.ended', session, reason: 'switch_off', by: null }))
    const refused = await bench.show(sessionRequest({ services: ['hmi'] }))
    expect([refused.status, refused.body]).toEqual([409, expect.stringContaining('switch_off')])
    await bench.openSession({ services: ['plc'] })
    expect(await say({ remote: false, services: {} })).toBe(204)
    expect((await bench.panel.state()).session).toBe(null)
    expect((await bench.show(sessionRequest({ services: ['plc'] }))).status).toBe(409)
    expect(await say(all)).toBe(204)
    expect((await bench.show(sessionRequest({ services: ['plc'] }))).status).toBe(202)
  })

  it('bar a press on a request that was shown before', async () => {
    const asked = sessionRequest({ services: ['hmi'] })
    expect((await bench.show(asked)).status).toBe(202)
    await say(hmiOff)
    const body = { digest: requestDigest(asked), operator: 'Olga' }
    const pressed = await bench.panel.call('POST', `/api/requests/${asked.session}/approve`, { body })
    expect([pressed.status, pressed.body]).toEqual([409, expect.stringContaining('switch_off')])
  })

  it('loosen nothing: what is off at the panel stays off, and both switches keep what they say', async () => {
    expect((await turn('hmi', false)).status).toBe(200)
    expect(await say({ remote: true, services: { hmi: true } })).toBe(204)
    expect((await bench.show(sessionRequest({ services: ['hmi'] }))).status).toBe(409)
    await say(hmiOff)
    expect((await turn('hmi', true)).status).toBe(200)
    expect((await bench.panel.state()).services.find(({ name }) => name === 'hmi')).toMatchObject({ enabled: true, portal: false })
    expect((await bench.show(sessionRequest({ services: ['hmi'] }))).status).toBe(409)
    expect((await turn('hmi', true)).status).toBe(200)
    // Turned once, told once.
    await expect.poll(() => bench.events.filter(({ type }) => type === 'switch.changed')).toHaveLength(2)
    await say(all)
    expect((await bench.show(sessionRequest({ services: ['hmi'] }))).status).toBe(202)
  })

  it('change nothing when they cannot be read', async () => {
    await say(hmiOff)
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`s${at}`, true]))
    for (const wrong of [
      '',
      '[]',
      '{',
      {},
      { remote: 'yes', services: {} },
      { remote: true },
      { remote: true, services: { hmi: 1 } },
      { remote: true, services: many },
    ])
      expect([wrong, await say(wrong)]).toEqual([wrong, 400])
    expect(await say('x'.repeat(20_000))).toBe(413)
    expect((await bench.gateway.request('GET', '/v1/switches')).status).toBe(405)
    expect([await portalOf('hmi'), await portalOf('plc')]).toEqual([false, true])
  })

  it('are kept for the services that are here, whatever else the gateway names', async () => {
    const invented = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`made-up-${at}`, false]))
    expect(await say({ remote: true, services: { ...invented, __proto__: false, constructor: false, hmi: false } })).toBe(204)
    expect([await portalOf('hmi'), await portalOf('plc')]).toEqual([false, true])
    expect((await bench.panel.state()).services.some(({ name }) => name.startsWith('made-up'))).toBe(false)
  })

  it('are switched on again only as often as people would, and off always', async () => {
    let on = 0
    for (let times = 0; times < 60; times += 1) {
      expect(await say(hmiOff)).toBe(204)
      on += Number((await say(all)) === 204)
    }
    expect(on).toBeGreaterThanOrEqual(30)
    expect(on).toBeLessThan(40)
    expect(await portalOf('hmi')).toBe(false)
    expect((await bench.panel.state()).refused).toContainEqual(expect.objectContaining({ what: 'switches', why: 'too_often' }))
  })
})
