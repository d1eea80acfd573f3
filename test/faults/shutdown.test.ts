import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PanelClient } from '../support/panel-client.ts'
import type { PortalClient } from '../support/portal-client.ts'
import type { RunningInstallation } from '../support/running-installation.ts'
import { openService, untilOnline } from '../support/technician-at-work.ts'
import { startUnderFault, type InstallationUnderFault } from './installation-under-fault.ts'

/** R18 of security.md, section 4.1. */
let world: InstallationUnderFault
let installation: RunningInstallation
let mia: PortalClient
let panel: PanelClient

beforeAll(async () => {
  world = await startUnderFault()
  ;({ installation, mia, panel } = world)
})
afterAll(() => world[Symbol.asyncDispose]())

it('a gateway that is told to end finishes what it can, ends in time, and the session goes on after its restart', async () => {
  const { session, expiresAt, work, socket, downloadEnded } = await world.live()
  const answer = await work.get('/drip?chunks=10')
  const shortDownload = answer.arrayBuffer()

  const toldAt = performance.now()
  installation.gateway.process.kill('SIGTERM')
  expect(answer.status).toBe(200)
  expect((await shortDownload).byteLength).toBe(10 * 4096)
  await expect(work.get('/')).rejects.toThrow(/ECONNREFUSED|other side closed/)
  const cutAt = await Promise.all([socket.closed, downloadEnded])
  expect(await installation.gateway.ended).toContain('exit code 0')
  for (const atMs of [...cutAt, performance.now()]) expect(atMs - toldAt).toBeLessThan(5_000)

  const away = await panel.waitFor(({ connection }) => connection.state === 'offline')
  expect(away.session).toMatchObject({ id: session, expires_at: expiresAt })
  await installation.startGateway()
  await untilOnline(mia)
  const back = await mia.waitForSession(session, ({ tunnel_lost_at }) => tunnel_lost_at === null)
  expect(back).toMatchObject({ state: 'open', expires_at: expiresAt })
  expect((await openService(mia, session)).status).toBe(200)
  await world.expectSound()
})
