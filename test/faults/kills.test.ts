import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '../../gateway/http-api/contract/sessions.ts'
import type { PanelClient } from '../support/panel-client.ts'
import type { PortalClient } from '../support/portal-client.ts'
import type { RunningInstallation } from '../support/running-installation.ts'
import { approvedSession, askFor, openService, untilOnline } from '../support/technician-at-work.ts'
import { operator, startUnderFault, type InstallationUnderFault } from './installation-under-fault.ts'
import { expectTheRestOfTheWay, historyOf, killWhileAsking } from './after-a-kill.ts'

/** R1, R2 and R3 of security.md, section 4.1, at moments that were chosen; `kills.long.test.ts` has more, `failpoints` each commit. */
const killsUnderLoad = 8
let world: InstallationUnderFault
let installation: RunningInstallation
let mia: PortalClient
let panel: PanelClient

beforeAll(async () => {
  world = await startUnderFault({ service: 'plain' })
  ;({ installation, mia, panel } = world)
})
afterAll(() => world[Symbol.asyncDispose]())
afterEach(() => world.expectSound())

describe('kill -9 of the gateway', () => {
  it('in an open session: it is back, the session goes on and is not prolonged, and its history is whole', async () => {
    const session = await approvedSession({ technician: mia, panel, operator })
    const before = await (await openService(mia, session.id)).socket('/count')
    await before.next()
    const known = await mia.waitForSession(session.id, ({ state }) => state === 'open')

    await world.kill('gateway')
    await before.closed
    const away = await panel.waitFor((state) => state.connection.state === 'offline')
    expect(away.session).toMatchObject({ id: session.id })
    await installation.startGateway()
    await untilOnline(mia)

    const back = await mia.waitForSession(session.id, ({ tunnel_lost_at }) => tunnel_lost_at === null)
    expect(back).toMatchObject({ id: session.id, state: 'open', expires_at: known.expires_at, approved_by: operator, tunnel_lost_at: null })
    const work = await openService(mia, session.id)
    expect(work.status).toBe(200)
    const after = await work.socket('/count')
    await after.next()
    expect((await panel.state()).session).toMatchObject({ id: session.id, expires_at: known.expires_at })

    expect((await panel.end(operator)).status).toBe(200)
    await after.closed
    expect(await mia.waitForSession(session.id, ({ state }) => state === 'ended')).toMatchObject({ end_reason: 'ended_by_operator' })
    expect(historyOf(world, session.id)).toEqual(['session.requested', 'notice.shown', 'approval.given', 'session.opened', 'session.ended'])
  })

  it(`${killsUnderLoad} times while it answers requests loses nothing that it acknowledged`, async () => {
    const administratorsClient = await installation.signIn('ada')
    const acknowledged: string[] = []
    for (let kill = 1; kill <= killsUnderLoad; kill += 1) {
      const enough = acknowledged.length + 10
      const adding = Array.from({ length: 30 }, async (_, index) => {
        const name = `Customer ${kill} ${index}`
        const answer = await administratorsClient.api('POST', '/api/v1/organisations', { name })
        if (answer.status === 201) acknowledged.push(name)
        if (acknowledged.length === enough) installation.gateway.process.kill('SIGKILL')
      })
      await Promise.allSettled(adding)
      await world.kill('gateway')
      expect(acknowledged.length).toBeGreaterThanOrEqual(enough)
      await installation.startGateway()
    }
    const { body } = await administratorsClient.api<{ items: { name: string }[] }>('GET', '/api/v1/organisations?limit=500')
    expect(body.items.map(({ name }) => name)).toEqual(expect.arrayContaining(acknowledged))
    await untilOnline(mia)
  })

  it('right after it acknowledged the request: the request is not lost', async () => {
    const { status, body } = await askFor(mia)
    expect(status).toBe(201)
    await world.kill('gateway')
    await installation.startGateway()
    await untilOnline(mia)
    await panel.waitFor((state) => state.request?.session === body.id)
    expect((await panel.approve(body.id, { operator })).status).toBe(200)
    await expectTheRestOfTheWay(world, body.id)
  })

  it('right after the press: the consent is not lost, and counts once', async () => {
    const { body } = await askFor(mia)
    await panel.waitFor((state) => state.request?.session === body.id)
    expect((await panel.approve(body.id, { operator })).status).toBe(200)
    await world.kill('gateway')
    await installation.startGateway()
    await expectTheRestOfTheWay(world, body.id)
  })

  it.each([10, 30])('%i ms after the request was sent: both sides agree on what became of it', (delayMs) => killWhileAsking(world, delayMs))

  it('while the operator ends the session: it is ended when it is back, by the operator', async () => {
    const session = await approvedSession({ technician: mia, panel, operator })
    await world.kill('gateway')
    expect((await panel.end('Peter Weiss')).status).toBe(200)
    await installation.startGateway()
    await untilOnline(mia)
    const ended = await mia.waitForSession(session.id, ({ state }) => state === 'ended')
    expect(ended).toMatchObject({ state: 'ended', end_reason: 'ended_by_operator', ended_by: 'Peter Weiss' })
  })
})

describe('a machine', () => {
  it('whose web server dies answers 502 within a second, and the session goes on when the server is back', async () => {
    const session = await approvedSession({ technician: mia, panel, operator })
    const work = await openService(mia, session.id)
    const socket = await work.socket('/count')
    await world.kill('machine')
    await socket.closed
    const asked = performance.now()
    const answer = await work.get('/')
    expect(performance.now() - asked).toBeLessThan(1000)
    expect(answer.status).toBe(502)
    expect(await answer.text()).toContain('Press 7')
    expect((await mia.api<Session>('GET', `/api/v1/sessions/${session.id}`)).body.state).toBe('open')
    await installation.startMachine()
    await expect.poll(async () => (await work.get('/')).status, { timeout: 10_000 }).toBe(200)
  })

  it('whose agent is killed loses its session on both sides once the agent is back', async () => {
    const session = await approvedSession({ technician: mia, panel, operator })
    const work = await openService(mia, session.id)
    const socket = await work.socket('/count')
    const killed = performance.now()
    await world.kill('agent')
    expect((await socket.closed) - killed).toBeLessThan(1000)
    const away = await mia.waitForSession(session.id, ({ tunnel_lost_at }) => tunnel_lost_at !== null)
    expect(away).toMatchObject({ state: 'open', machine: { online: false } })
    expect((await work.get('/')).status).toBe(503)
    await installation.startAgent()
    const ended = await mia.waitForSession(session.id, ({ state }) => state === 'ended', 20_000)
    expect(ended).toMatchObject({ state: 'ended', end_reason: 'device_lost' })
    const { history, session: live } = await panel.state()
    expect(live).toBeNull()
    expect(history[0]).toMatchObject({ session: session.id, reason: 'device_lost' })
    expect((await work.get('/')).status).toBe(410)
    await untilOnline(mia)
    expect(await askFor(mia)).toMatchObject({ status: 201 })
  })

  it('whose agent is killed while the operator is asked, or before anybody came in, loses the session too', async () => {
    const { body } = await askFor(mia)
    await panel.waitFor((state) => state.request?.session === body.id)
    await world.kill('agent')
    await installation.startAgent()
    expect(await mia.waitForSession(body.id, ({ state }) => state === 'ended')).toMatchObject({ end_reason: 'device_lost' })
    expect((await panel.state()).request).toBeNull()

    await untilOnline(mia)
    const { id } = await approvedSession({ technician: mia, panel, operator })
    await world.kill('agent')
    await installation.startAgent()
    expect(await mia.waitForSession(id, ({ state }) => state === 'ended')).toMatchObject({ end_reason: 'device_lost' })
    expect((await panel.state()).session).toBeNull()
    expect((await mia.api('POST', `/api/v1/sessions/${id}/open`, { service: 'hmi' })).status).toBeGreaterThanOrEqual(400)
    await untilOnline(mia)
  })
})
