import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { inspectorsIdentity, openInspectingRelay, type InspectingRelay, type RelayIdentity } from '../support/inspecting-relay.ts'
import { expectPanelNames } from '../support/panel-in-an-inspected-network.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'

const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1))

describe('a network that opens TLS between the machine and the gateway', () => {
  let folder: string
  let identity: RelayIdentity
  let relays: { tunnel: InspectingRelay; est: InspectingRelay }
  let installation: RunningInstallation
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-inspected-'))
    identity = inspectorsIdentity(folder)
    // As where the company's authority was put into the trust of every computer: that makes no gateway of its firewall.
    vi.stubEnv('NODE_EXTRA_CA_CERTS', identity.caFile)
    let behind = { tunnel: 0, est: 0 }
    relays = {
      tunnel: await openInspectingRelay(() => behind.tunnel, identity),
      est: await openInspectingRelay(() => behind.est, identity),
    }
    installation = await runInstallation({
      agent: ({ gateway }) => {
        behind = { tunnel: portOf(gateway.tunnel), est: portOf(gateway.est) }
        const way = { tunnel: `127.0.0.1:${relays.tunnel.port}`, est: `https://127.0.0.1:${relays.est.port}`, serverName: 'localhost' }
        return { gateway: { ...gateway, ...way } }
      },
    })
    browser = await launchChromium()
    page = await (await browser.newContext({ locale: 'en-GB' })).newPage()
    await page.goto(installation.agent.ready.pairing_url)
    // Paired: a page that is loaded anew before has forgotten the code.
    await page.getByText('Press 7', { exact: true }).waitFor()
  }, 90_000)

  afterAll(async () => {
    vi.unstubAllEnvs()
    await browser.close()
    await installation[Symbol.asyncDispose]()
    await relays.tunnel[Symbol.asyncDispose]()
    await relays.est[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  const said = (): string[] => installation.log.filter((line) => line.includes('"tls_inspected"'))
  const named = () => ({
    issuer: 'Corp Security, Corp Web Filter',
    addresses: [`127.0.0.1:${relays.tunnel.port} (localhost)`, `127.0.0.1:${relays.est.port} (localhost)`],
  })
  const isOnline = async (): Promise<boolean | undefined> => {
    const mia = await installation.signIn('mia')
    const { body } = await mia.api<{ items: { id: string; online: boolean }[] }>('GET', '/api/v1/machines')
    return body.items.find(({ id }) => id === 'press-7')?.online
  }
  const expectNothingHeard = (relay: InspectingRelay): void => {
    expect(relay.opened.connections).toBeGreaterThan(0)
    expect(relay.opened.certificates).toBe(0)
    expect(relay.read()).toHaveLength(0)
  }

  it('is named at the panel and in the log before the machine tells its one-time password', async () => {
    await expectPanelNames(page, named())
    expect(said().join('\n')).toContain('Corp Security, Corp Web Filter')
    expectNothingHeard(relays.est)
    expect(existsSync(join(installation.dataDir, 'agent', 'state', 'device.crt'))).toBe(false)
    expect(await isOnline()).toBe(false)
  })

  it('would deceive whoever trusts its authority: this relay is a good one', async () => {
    const asked = request({
      host: '127.0.0.1',
      port: relays.est.port,
      servername: 'localhost',
      path: '/.well-known/est/cacerts',
      ca: await readFile(identity.caFile),
    }).end()
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    expect(answer.statusCode).toBe(200)
    expect(relays.est.read().toString()).toContain('GET /.well-known/est/cacerts')
    answer.destroy()
  })

  it('lets the machine enrol, by the same password, and connect once it passes its connections on', async () => {
    for (const relay of [relays.est, relays.tunnel]) relay.set('pass')
    await installation.agent.stop()
    await installation.startAgent()
    await page.getByText('Connected', { exact: true }).waitFor()
    await vi.waitFor(async () => expect(await isOnline()).toBe(true))
  })

  it('is named when it begins to open the tunnel, and gets no certificate of the machine', async () => {
    const before = said().length
    relays.tunnel.set('inspect')
    await expectPanelNames(page, named())
    expect(said().length).toBeGreaterThan(before)
    expectNothingHeard(relays.tunnel)
    await vi.waitFor(async () => expect(await isOnline()).toBe(false))
  })
})
