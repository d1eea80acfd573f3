import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openLiveWork } from '../support/dripping-machine.ts'
import { startMachineInOwnNetwork, type MachineInOwnNetwork } from '../support/machine-in-own-network.ts'
import { openOwnNetwork, type OwnNetwork } from '../support/own-network.ts'
import type { PortalClient } from '../support/portal-client.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'
import { ServiceAdministrator } from '../support/service-administrator.ts'
import { openService, untilOnline } from '../support/technician-at-work.ts'
import type { Told } from './history.ts'
import { expectSoundHistory, historyOf, operator } from './installation-under-fault.ts'

/** R4 of security.md, section 4.1: hosts of their own, in a network namespace. */
const deadAfterMs = 15_000
/** Both sides look once a second, on a machine that may be busy. */
const slackMs = 3_000
const gracePeriodMs = 60_000
const backWithinMs = 10_000

const network = openOwnNetwork()
const whyNot = network === null ? ' (not run: no network namespace can be made here; it takes root, ip and tc)' : ''

describe.skipIf(network === null)(`the line between a machine and the gateway${whyNot}`, () => {
  const line = network as OwnNetwork
  let installation: RunningInstallation
  let machine: MachineInOwnNetwork
  let mia: PortalClient
  let administrator: ServiceAdministrator
  const told: Told[] = []

  beforeAll(async () => {
    installation = await runInstallation({
      gateway: ({ tunnel, est }) => ({
        tunnel: { ...tunnel, host: '0.0.0.0', names: [...tunnel.names, line.ourAddress] },
        est: { ...est, host: '0.0.0.0' },
      }),
    })
    mia = await installation.signIn('mia')
    administrator = new ServiceAdministrator(await installation.signIn('ada'))
    await untilOnline(mia)
    machine = await startMachineInOwnNetwork(line, installation)
    await untilOnline(mia)
  })
  afterAll(async () => {
    await machine[Symbol.asyncDispose]()
    await installation[Symbol.asyncDispose]()
    line[Symbol.dispose]()
  })
  afterEach(async () => {
    line.heal()
    await untilOnline(mia)
    await administrator.endAllSessions()
    const { dataDir } = installation
    await expectSoundHistory(() => historyOf({ dataDir, agent: { process: machine.agent } }, { told, resources: [], seen: [machine.seen] }))
  })

  it.each([
    ['is unplugged', () => line.unplug()],
    ['loses what the gateway sends', () => line.loseToInside()],
    ['loses what the machine sends', () => line.loseFromInside()],
  ])('%s: both sides cut every stream after 15 s, and the session goes on soon after it is whole again', async (_what, cut) => {
    const { panel } = machine
    const { session, expiresAt, socket, downloadEnded } = await openLiveWork({ technician: mia, panel, operator })
    told.push({ what: 'requested', session }, { what: 'approved', session })
    const atMachine = machine.nextCloses()
    const cutAt = performance.now()
    cut()
    const ends = await Promise.all([socket.closed, downloadEnded, atMachine.socket, atMachine.download])
    for (const atMs of ends) {
      expect(atMs - cutAt).toBeGreaterThan(deadAfterMs - slackMs)
      expect(atMs - cutAt).toBeLessThan(deadAfterMs + slackMs)
    }
    const away = await mia.waitForSession(session, ({ tunnel_lost_at }) => tunnel_lost_at !== null)
    expect(away).toMatchObject({ state: 'open', machine: { online: false } })
    const shown = await panel.waitFor(({ connection }) => connection.state !== 'connected')
    expect(shown.connection.state).toMatch(/^(?:offline|connecting)$/u)
    expect(shown.session).toMatchObject({ id: session, expires_at: expiresAt })

    line.heal()
    const healedAt = performance.now()
    await untilOnline(mia)
    expect(performance.now() - healedAt).toBeLessThan(backWithinMs)
    const back = await mia.waitForSession(session, ({ tunnel_lost_at }) => tunnel_lost_at === null)
    expect(back).toMatchObject({ state: 'open', expires_at: expiresAt })
    expect((await openService(mia, session)).status).toBe(200)
  })

  it('is unplugged for longer than a session bears: the machine is back just as soon', async () => {
    const { panel } = machine
    const { session } = await openLiveWork({ technician: mia, panel, operator })
    told.push({ what: 'requested', session }, { what: 'approved', session })
    line.unplug()
    const ended = await mia.waitForSession(session, ({ state }) => state === 'ended', deadAfterMs + gracePeriodMs + 2 * slackMs)
    expect(ended).toMatchObject({ end_reason: 'device_lost' })
    // No try was answered for a minute and a quarter.
    line.heal()
    const healedAt = performance.now()
    await untilOnline(mia)
    expect(performance.now() - healedAt).toBeLessThan(backWithinMs)
  })
})
