import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { startMitmproxy, startSquid, type Mitmproxy, type Squid } from '../support/native-proxies.ts'
import { expectPanelNames } from '../support/panel-in-an-inspected-network.ts'
import { runInstallation, type RunningInstallation, type WrittenAgent } from '../support/running-installation.ts'

type Way = WrittenAgent['gateway']

let browser: Browser
let installation: RunningInstallation
let page: Page
let direct: Way

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1))

/** A machine that has not enrolled yet, whose agent leads out by the way that is given, and a panel beside it. */
async function startMachine(way: (gateway: Way) => object | Promise<object>): Promise<void> {
  installation = await runInstallation({
    agent: async ({ gateway }) => {
      direct = gateway
      return { gateway: { ...gateway, ...(await way(gateway)) } }
    },
  })
  page = await (await browser.newContext({ locale: 'en-GB' })).newPage()
  await page.goto(installation.agent.ready.pairing_url)
  await page.getByText('Press 7', { exact: true }).waitFor()
}

/** The authority of the proxy was put into the trust of the computer, as companies do. */
const trust = (caFile: string): unknown => vi.stubEnv('NODE_EXTRA_CA_CERTS', caFile)

async function restartAgent(way: object): Promise<void> {
  const file = join(installation.dataDir, 'agent', 'agent.json')
  const written = JSON.parse(await readFile(file, 'utf8')) as object
  await installation.agent.stop()
  await writeFile(file, JSON.stringify({ ...written, gateway: { ...direct, ...way } }))
  await installation.startAgent()
}

async function isOnline(): Promise<boolean | undefined> {
  const mia = await installation.signIn('mia')
  const { body } = await mia.api<{ items: { id: string; online: boolean }[] }>('GET', '/api/v1/machines')
  return body.items.find(({ id }) => id === 'press-7')?.online
}

const logged = (): string[] => installation.log.filter((line) => line.startsWith('agent:') && line.includes('"tls_inspected"'))

describe('mitmproxy in the way to the gateway', () => {
  let proxies: { tunnel: Mitmproxy; est: Mitmproxy }

  beforeAll(() =>
    startMachine(async ({ tunnel, est }) => {
      proxies = { tunnel: await startMitmproxy(portOf(tunnel)), est: await startMitmproxy(portOf(est)) }
      trust(proxies.est.caFile)
      return { tunnel: `127.0.0.1:${proxies.tunnel.port}`, est: `https://127.0.0.1:${proxies.est.port}` }
    }),
  )
  afterAll(async () => {
    vi.unstubAllEnvs()
    await installation[Symbol.asyncDispose]()
    for (const proxy of [proxies.tunnel, proxies.est]) await proxy[Symbol.asyncDispose]()
  })

  it('is named at the panel and in the log before the machine tells its one-time password', async () => {
    await expectPanelNames(page, { issuer: 'mitmproxy', addresses: [`127.0.0.1:${proxies.tunnel.port}`, `127.0.0.1:${proxies.est.port}`] })
    expect(logged().at(-1)).toContain('somebody with a certificate from \\"mitmproxy\\"')
    expect(await proxies.est.requests()).toHaveLength(0)
    expect(await isOnline()).toBe(false)
  })

  it('is named when it opens the tunnel of a machine that has enrolled, and reads nothing of it', async () => {
    const { port, caFile } = proxies.tunnel
    trust(caFile)
    const before = logged().length
    await restartAgent({ tunnel: `127.0.0.1:${port}` })
    await expectPanelNames(page, { issuer: 'mitmproxy', addresses: [`127.0.0.1:${port}`, direct.est.replace('https://', '')] })
    await page.getByText('Not connected', { exact: true }).waitFor()
    expect(logged().length).toBeGreaterThan(before)
    expect(await proxies.tunnel.requests()).toHaveLength(0)
    expect(await isOnline()).toBe(false)
  })

  it('would deceive whoever trusts its authority: it is set up well', async () => {
    const where = { host: '127.0.0.1', port: proxies.est.port, path: '/.well-known/est/cacerts', servername: 'localhost' }
    const asked = request({ ...where, ca: await readFile(proxies.est.caFile) }).end()
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    expect(answer.statusCode).toBe(200)
    answer.resume()
    await once(answer, 'end')
    await vi.waitFor(async () => expect((await proxies.est.requests()).toString('latin1')).toContain('/.well-known/est/cacerts'))
  })

  it('is no more when the people of the network take it out of the way', async () => {
    await restartAgent({})
    await page.getByText('Connected', { exact: true }).waitFor()
    await vi.waitFor(async () => expect(await isOnline()).toBe(true))
  })
})

describe('Squid as the only way out', () => {
  let squid: Squid
  const through = () => ({ address: `127.0.0.1:${squid.port}`, user: squid.user, passwordFile: squid.passwordFile })

  beforeAll(async () => {
    squid = await startSquid('inspect')
    trust(squid.caFile)
    await startMachine(() => ({ proxy: through() }))
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await installation[Symbol.asyncDispose]()
    await squid[Symbol.asyncDispose]()
  })

  const named = () => ({ issuer: 'Plant Security, Plant Proxy', addresses: [direct.tunnel, direct.est.replace('https://', '')] })
  const expectNothingRead = async (): Promise<void> => {
    const seen = await squid.requests()
    expect(seen).toContain('CONNECT')
    expect(seen).not.toMatch(/POST|GET|PRI|well-known/)
  }

  it('is named where it opens TLS, and reads no enrolment', async () => {
    await expectPanelNames(page, named())
    expect(logged().at(-1)).toContain('Plant Proxy')
    await expectNothingRead()
    expect(await isOnline()).toBe(false)
  })

  it('leads to the gateway once it passes TLS on: the machine enrols and connects by itself', async () => {
    await squid.set('pass')
    await page.getByText('Connected', { exact: true }).waitFor({ timeout: 120_000 })
    await vi.waitFor(async () => expect(await isOnline()).toBe(true))
    expect(await squid.requests()).toMatch(new RegExp(`CONNECT ${direct.est.replace('https://', '')} press`))
    expect(await squid.requests()).not.toContain('DENIED/200')
  })

  it('is named when it begins to open the tunnel, and the machine comes back by itself when it stops', async () => {
    await squid.set('inspect')
    await expectPanelNames(page, named())
    await vi.waitFor(async () => expect(await isOnline()).toBe(false))
    await expectNothingRead()
    await squid.set('pass')
    await page.getByText('Connected', { exact: true }).waitFor({ timeout: 120_000 })
  })

  it('is named for what it is where it wants another password, or is not there', async () => {
    await restartAgent({ proxy: { address: `127.0.0.1:${squid.port}` } })
    await page.getByText('The proxy of this network wants a user and password that fit (gateway.proxy).').waitFor()
    await restartAgent({ proxy: { address: '127.0.0.1:9' } })
    await page.getByText('The proxy of this network (gateway.proxy) does not answer.').waitFor()
  })
})
