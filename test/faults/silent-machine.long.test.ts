import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startMachineInOwnNetwork, type MachineInOwnNetwork } from '../support/machine-in-own-network.ts'
import { openOwnNetwork, type OwnNetwork } from '../support/own-network.ts'
import type { PortalClient } from '../support/portal-client.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'
import { approvedSession, openService, untilOnline } from '../support/technician-at-work.ts'
import { expectSoundHistory, historyOf, operator } from './installation-under-fault.ts'

/** APR-3 and APR-12 of security.md: what of a machine can be seen from outside, counted on its cable. */
const network = openOwnNetwork()
const whyNot = network === null ? ' (not run: no network namespace can be made here; it takes root, ip and tc)' : ''

describe.skipIf(network === null)(`a machine, from outside${whyNot}`, () => {
  const line = network as OwnNetwork
  let installation: RunningInstallation
  let machine: MachineInOwnNetwork
  let mia: PortalClient
  beforeAll(async () => {
    installation = await runInstallation({
      gateway: ({ tunnel, est }) => ({
        tunnel: { ...tunnel, host: '0.0.0.0', names: [...tunnel.names, line.ourAddress] },
        est: { ...est, host: '0.0.0.0' },
      }),
    })
    mia = await installation.signIn('mia')
    await untilOnline(mia)
    machine = await startMachineInOwnNetwork(line, installation)
    await untilOnline(mia)
  })
  afterAll(async () => {
    const { dataDir } = installation
    await expectSoundHistory(() =>
      historyOf({ dataDir, agent: { process: machine.agent } }, { told: [], resources: [], seen: [machine.seen] }),
    )
    await machine[Symbol.asyncDispose]()
    await installation[Symbol.asyncDispose]()
    line[Symbol.dispose]()
  })

  it('has no open port, while somebody works on it', async () => {
    const session = await approvedSession({ technician: mia, panel: machine.panel, operator })
    expect((await openService(mia, session.id)).status).toBe(200)
    expect(await openPorts(line.insideAddress)).toEqual([])
    // The scan would find one.
    expect(await isOpen(line.ourAddress, installation.ports.tunnel)).toBe(true)
  }, 300_000)

  it('sends not one packet while remote service is off, and comes back when somebody at the panel turns it on', async () => {
    const before = line.packetsOut()
    await expect.poll(() => line.packetsOut(), { timeout: 15_000 }).toBeGreaterThan(before)
    expect((await machine.panel.setRemote(false, operator)).ok).toBe(true)
    await untilOnline(mia, false)
    // The goodbyes of TCP.
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    const quiet = line.packetsOut()
    await new Promise((resolve) => setTimeout(resolve, 45_000))
    expect(line.packetsOut()).toBe(quiet)
    expect((await machine.panel.setRemote(true, operator)).ok).toBe(true)
    await untilOnline(mia)
    expect(line.packetsOut()).toBeGreaterThan(quiet)
  }, 120_000)
})

const isOpen = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port })
    const done = (open: boolean): void => {
      socket.destroy()
      resolve(open)
    }
    socket.setTimeout(5_000, () => done(false))
    socket.once('connect', () => done(true)).once('error', () => done(false))
  })

/** Every TCP port there is. */
async function openPorts(host: string): Promise<number[]> {
  const open: number[] = []
  let next = 1
  const scan = async (): Promise<void> => {
    for (let port = next++; port <= 65_535; port = next++) if (await isOpen(host, port)) open.push(port)
  }
  await Promise.all(Array.from({ length: 200 }, scan))
  return open
}
