import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { tunnelSettings } from '../../agent/wire/tunnel-settings.ts'
import type { StartedChild } from '../../gateway/commands/start-child.ts'
import type { Machine } from '../../gateway/http-api/contract/machines.ts'
import type { DrippingMachine } from '../support/dripping-machine.ts'
import type { PanelClient } from '../support/panel-client.ts'
import type { PortalClient } from '../support/portal-client.ts'
import type { RunningInstallation } from '../support/running-installation.ts'
import { openService, untilOnline } from '../support/technician-at-work.ts'
import { operator, startUnderFault, type InstallationUnderFault } from './installation-under-fault.ts'

/** R4 of security.md, section 4.1. A process that stands still says nothing, like one behind a cut line; and its own clock goes on. */
const deadAfterMs = 15_000
const gracePeriodMs = 60_000
/** After a minute without a gateway the agent tries again at any moment within this time, and only then tells what it ended. */
const { reconnectCapMs } = tunnelSettings
/** Both sides look once a second, on a machine that may be busy. */
const slackMs = 3_000

let world: InstallationUnderFault
let installation: RunningInstallation
let machine: DrippingMachine
let mia: PortalClient
let panel: PanelClient

beforeAll(async () => {
  world = await startUnderFault()
  ;({ installation, machine, mia, panel } = world)
})
afterAll(() => world[Symbol.asyncDispose]())
afterEach(async () => {
  for (const child of [installation.gateway, installation.agent]) thaw(child)
  await world.expectSound()
})

const freeze = (child: StartedChild<unknown>): number => {
  child.process.kill('SIGSTOP')
  return performance.now()
}
const thaw = (child: StartedChild<unknown>): number => {
  child.process.kill('SIGCONT')
  return performance.now()
}
const live = () => world.live()

function expectDead(frozenAt: number, ...closedAt: number[]): void {
  for (const atMs of closedAt) {
    expect(atMs - frozenAt).toBeGreaterThan(deadAfterMs - slackMs)
    expect(atMs - frozenAt).toBeLessThan(deadAfterMs + slackMs)
  }
}

/** Both sides know the session as it was, with its time gone on, and it can be worked in. */
async function expectGoesOn(session: string, expiresAt: number): Promise<void> {
  const back = await mia.waitForSession(session, ({ tunnel_lost_at }) => tunnel_lost_at === null)
  expect(back).toMatchObject({ state: 'open', expires_at: expiresAt, tunnel_lost_at: null, machine: { online: true } })
  const shown = await panel.waitFor(({ connection }) => connection.state === 'connected')
  expect(shown.session).toMatchObject({ id: session, expires_at: expiresAt })
  const work = await openService(mia, session)
  expect(work.status).toBe(200)
  const socket = await work.socket('/count')
  await socket.next()
  socket.close()
}

describe('an agent that stands still', () => {
  it('is dead to the gateway after 15 s: it cuts the browser’s streams; the session goes on once the agent is back', async () => {
    const { session, expiresAt, work, socket, downloadEnded } = await live()
    const atMachine = machine.nextCloses()
    const frozenAt = freeze(installation.agent)
    expectDead(frozenAt, ...(await Promise.all([socket.closed, downloadEnded])))
    const away = await mia.waitForSession(session, ({ tunnel_lost_at }) => tunnel_lost_at !== null)
    expect(away).toMatchObject({ state: 'open', expires_at: expiresAt, machine: { online: false } })
    expect((await mia.api<Machine>('GET', '/api/v1/machines/press-7')).body.online).toBe(false)
    expect((await work.get('/')).status).toBe(503)

    const thawedAt = thaw(installation.agent)
    const closed = await Promise.all([atMachine.download, atMachine.socket])
    for (const atMs of closed) expect(atMs - thawedAt).toBeLessThan(1_000)
    await untilOnline(mia)
    expect(performance.now() - thawedAt).toBeLessThan(10_000)
    await expectGoesOn(session, expiresAt)
  })

  it('for longer than the grace period loses the session on both sides', async () => {
    const { session, socket } = await live()
    const frozenAt = freeze(installation.agent)
    expectDead(frozenAt, await socket.closed)
    const ended = await mia.waitForSession(session, ({ state }) => state === 'ended', gracePeriodMs + 2 * slackMs)
    expect(ended).toMatchObject({ state: 'ended', end_reason: 'device_lost' })
    expect((ended.ended_at ?? 0) - (ended.tunnel_lost_at ?? 0)).toBeGreaterThanOrEqual(gracePeriodMs / 1000 - 1)
    thaw(installation.agent)
    await untilOnline(mia)
    const { session: none, history } = await panel.waitFor((state) => state.session === null)
    expect(none).toBeNull()
    expect(history[0]).toMatchObject({ session, reason: 'device_lost' })
  })
})

describe('a gateway that stands still', () => {
  it('is dead to the agent after 15 s: it cuts the machine’s streams and says so on its panel; the session goes on', async () => {
    const { session, expiresAt, socket, downloadEnded } = await live()
    const atMachine = machine.nextCloses()
    const frozenAt = freeze(installation.gateway)
    expectDead(frozenAt, ...(await Promise.all([atMachine.download, atMachine.socket])))
    const shown = await panel.waitFor(({ connection }) => connection.state !== 'connected')
    expect(shown.connection).toMatchObject({ state: 'offline', reason: 'dead' })
    expect(shown.session).toMatchObject({ id: session, expires_at: expiresAt })

    const thawedAt = thaw(installation.gateway)
    const closed = await Promise.all([socket.closed, downloadEnded])
    for (const atMs of closed) expect(atMs - thawedAt).toBeLessThan(1_000)
    await untilOnline(mia)
    expect(performance.now() - thawedAt).toBeLessThan(10_000)
    await expectGoesOn(session, expiresAt)
  })

  it('for longer than the grace period loses the session on both sides', async () => {
    const { session } = await live()
    const atMachine = machine.nextCloses()
    freeze(installation.gateway)
    await atMachine.socket
    const cutAt = performance.now()
    const { history } = await panel.waitFor((state) => state.session === null, gracePeriodMs + 2 * slackMs)
    expect(performance.now() - cutAt).toBeGreaterThan(gracePeriodMs - slackMs)
    expect(history[0]).toMatchObject({ session, reason: 'device_lost' })
    thaw(installation.gateway)
    const ended = await mia.waitForSession(session, ({ state }) => state === 'ended', reconnectCapMs + slackMs)
    expect(ended).toMatchObject({ state: 'ended', end_reason: 'device_lost' })
    await untilOnline(mia)
  })

  it('does not keep the operator from ending the session: every stream is cut in that moment', async () => {
    const { session, socket } = await live()
    const atMachine = machine.nextCloses()
    freeze(installation.gateway)
    const pressedAt = performance.now()
    expect((await panel.end(operator)).status).toBe(200)
    const closed = await Promise.all([atMachine.download, atMachine.socket])
    for (const atMs of closed) expect(atMs - pressedAt).toBeLessThan(1_000)
    thaw(installation.gateway)
    await socket.closed
    const ended = await mia.waitForSession(session, ({ state }) => state === 'ended')
    expect(ended).toMatchObject({ state: 'ended', end_reason: 'ended_by_operator', ended_by: operator })
  })
})
