import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { demoPorts } from '../../deploy/demo/demo-ports.ts'
import { launchChromium } from '../support/chromium.ts'
import type { InstalledRelease, StartedProgram } from './installed-release.ts'
import { makeCertificate, type MadeCertificate } from '../support/make-certificate.ts'

const portalName = 'sallyport.example.com'
const accessDomain = 'machines.example.net'
const passwords = { admin: 'a gate that opens inwards 1', tina: 'a gate that opens inwards 2' }

/** The chapter "Put a real machine behind it" of README.md, step by step, on ports of its own, with Chromium in the place of people. */
export async function putARealMachineBehindIt(release: InstalledRelease, folder: string): Promise<void> {
  const started: StartedProgram[] = []
  const machine = await startMachine()
  const browser = await launchChromium([portalName, `id.${portalName}`, `*.${accessDomain}`])
  try {
    await walk({ release, folder, machine, browser, started })
  } catch (error) {
    throw new Error(`what the programs said:\n${started.map((program) => program.log()).join('\n')}`, { cause: error })
  } finally {
    await browser.close()
    machine.close()
    for (const { process } of started) process.kill('SIGTERM')
    // By themselves, not by a signal; on a machine that is busy a program may have to cut its own end short.
    expect(await Promise.all(started.map(({ ended }) => ended))).not.toContain(null)
  }
}

interface Walk {
  readonly release: InstalledRelease
  readonly folder: string
  readonly machine: Server
  readonly browser: Browser
  readonly started: StartedProgram[]
}

async function walk({ release, folder, machine, browser, started }: Walk): Promise<void> {
  const ports = await demoPorts(0, null)
  const portal = `https://${portalName}:${ports.public}`
  const certificate = makeCertificate(folder, [portalName, `id.${portalName}`, `*.${accessDomain}`])
  const data = join(folder, 'data')

  // 1. Install
  const setupUrl = init(release, data, portal, certificate)
  const gateway = release.start('sallyport', ['serve', '--config', join(data, 'gateway.json')], {
    env: { SALLYPORT_TUNNEL_PORT: String(ports.tunnel), SALLYPORT_EST_PORT: String(ports.est) },
  })
  started.push(gateway)
  await gateway.said('ready')
  expect(await certifiedStatus(ports.public, certificate.caFile)).toBeLessThan(400)
  const admin = await newPage(browser)
  await setPassword(admin, setupUrl, passwords.admin)
  await signIn(admin, portal, 'admin', passwords.admin)

  // 2. Register the machine
  const agentJson = JSON.parse(await registerMachine(admin, portal)) as AgentJson
  expect(agentJson.gateway).toMatchObject({ tunnel: `${portalName}:${ports.tunnel}`, est: `https://${portalName}:${ports.est}` })

  // 3. On the machine
  const agent = startAgent({ release, folder, data, ports, machine, agentJson })
  started.push(agent)
  const { pairing_url: pairingUrl } = await agent.said<{ pairing_url: string }>('pairing_url')
  const panel = await newPage(browser)
  await panel.goto(pairingUrl)
  await panel.getByRole('heading', { name: 'Remote service is switched off' }).waitFor()
  await panel.getByRole('switch', { name: /^This machine/u }).click()
  await panel.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()

  // 4. Create a technician, and ask for the machine
  const tina = await newPage(browser)
  await setPassword(tina, await createTechnician(admin, portal), passwords.tina)
  await signIn(tina, portal, 'tina', passwords.tina)
  await useMachine(tina, panel)
}

/** The first line of a page over a connection whose certificate was checked, as a stranger's browser would. */
function certifiedStatus(port: number, caFile: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port,
      servername: portalName,
      ca: readFileSync(caFile),
      headers: { host: `${portalName}:${port}` },
    })
    asked
      .once('error', reject)
      .once('response', (answer) => resolve(answer.resume().statusCode ?? 0))
      .end()
  })
}

function init(release: InstalledRelease, data: string, portal: string, { chainFile, keyFile }: MadeCertificate): string {
  const where = ['--data', data, '--organisation', 'Acme Service', '--portal', portal, '--access-domain', accessDomain]
  const { status, stdout, stderr } = release.run('sallyport', ['init', ...where, '--cert', chainFile, '--key', keyFile])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toContain(`sallyport serve --config ${join(data, 'gateway.json')}`)
  const again = release.run('sallyport', ['init', ...where])
  expect(again).toMatchObject({ status: 1, stderr: `sallyport: ${data} already holds an installation. Name a new folder.\n` })
  return /https:\S+/u.exec(stdout)?.[0] ?? ''
}

/** A browser of somebody else each time. The certificate is checked by `certifiedStatus`: this browser does not know its root. */
const newPage = async (browser: Browser): Promise<Page> =>
  (await browser.newContext({ locale: 'en-GB', ignoreHTTPSErrors: true, permissions: ['clipboard-read', 'clipboard-write'] })).newPage()

async function setPassword(page: Page, link: string, password: string): Promise<void> {
  await page.goto(link)
  await page.getByLabel('New password').fill(password)
  await page.getByLabel('The same again').fill(password)
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('heading', { name: 'Your password is set' }).waitFor()
  const again = await page.goto(link)
  expect(again?.status()).toBe(410)
}

async function signIn(page: Page, portal: string, username: string, password: string): Promise<void> {
  await page.goto(portal)
  await page
    .getByRole('button', { name: 'Sign in' })
    .or(page.getByRole('link', { name: 'Sign in' }))
    .click()
  await page.getByLabel('User name').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: /^Account of/u }).waitFor()
}

/** The ready `agent.json`, as its button copies it. */
async function registerMachine(page: Page, portal: string): Promise<string> {
  await page.goto(`${portal}/devices`)
  await page.getByRole('link', { name: 'New device' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel(/^Id/u).fill('press-1')
  await form.getByLabel(/^Customer/u).selectOption({ label: 'New customer …' })
  await form.getByLabel(/^Name of the new customer/u).fill('Druckhaus Berg')
  const facts = {
    Name: 'Press 1',
    Site: 'Hall 3',
    Region: 'europe',
    Country: 'DE',
    'Time zone': 'Europe/Berlin',
    'Product line': 'press',
    Model: 'SX',
  }
  for (const [label, value] of Object.entries(facts)) await form.getByRole('textbox', { name: label, exact: true }).fill(value)
  await form.getByRole('button', { name: 'Create the device' }).click()
  await form.getByText('One-time password').first().waitFor()
  return form.locator('pre', { hasText: 'trustDomain' }).innerText()
}

interface AgentJson {
  readonly gateway: object
  readonly services: { readonly hmi: object }
}

/** With the addresses of this test: the names of the example do not resolve here. */
function startAgent(parts: {
  readonly release: InstalledRelease
  readonly folder: string
  readonly data: string
  readonly ports: { readonly tunnel: number; readonly est: number; readonly panels: readonly number[] }
  readonly machine: Server
  readonly agentJson: AgentJson
}): StartedProgram {
  const { release, data, ports, machine, agentJson } = parts
  const place = join(parts.folder, 'machine')
  mkdirSync(place)
  copyFileSync(join(data, 'gateway/ca.pem'), join(place, 'gateway-ca.pem'))
  const address = { tunnel: `127.0.0.1:${ports.tunnel}`, est: `https://127.0.0.1:${ports.est}`, serverName: portalName }
  const settings = {
    ...agentJson,
    gateway: { ...agentJson.gateway, ...address },
    panel: { port: ports.panels[0] },
    services: { hmi: { ...agentJson.services.hmi, target: `127.0.0.1:${(machine.address() as AddressInfo).port}` } },
  }
  writeFileSync(join(place, 'agent.json'), JSON.stringify(settings))
  return release.start('sallyport-agent', ['--config', 'agent.json'], { cwd: place })
}

async function createTechnician(page: Page, portal: string): Promise<string> {
  await page.goto(`${portal}/people`)
  await page.getByRole('link', { name: 'New person' }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('textbox', { name: 'Name', exact: true }).fill('Tina Novak')
  await form.getByLabel(/^User name/u).fill('tina')
  await form.getByRole('checkbox', { name: 'Technician' }).check()
  const list = async (label: string, values: readonly string[]): Promise<void> => {
    for (const value of values) await form.getByLabel(label).pressSequentially(`${value}\n`)
  }
  await list('Regions', ['europe'])
  await list('Permissions', ['remote_access', 'service_http'])
  await form.getByRole('button', { name: 'Add a training' }).click()
  await form.getByRole('textbox', { name: 'Product line' }).fill('press')
  await form.getByRole('button', { name: 'Create the account' }).click()
  await form.getByText('Set-up link').first().waitFor()
  return /https:\S+/u.exec(await form.innerText())?.[0] ?? ''
}

async function useMachine(technician: Page, panel: Page): Promise<void> {
  await technician.getByRole('checkbox', { name: 'I have read it and accept it.' }).check()
  await technician.getByRole('button', { name: 'Accept the undertaking' }).click()
  await technician.getByRole('link', { name: 'Press 1' }).click()
  await technician
    .getByRole('link', { name: /^Ask for/u })
    .or(technician.getByRole('button', { name: /^Ask for/u }))
    .first()
    .click()
  await technician.getByLabel('Reason').fill('Ink temperature drifts')
  await technician.getByRole('button', { name: 'Ask the operator' }).click()
  await panel.getByText('Tina Novak').first().waitFor()
  await panel.getByRole('radio', { name: 'Operator' }).check({ force: true })
  await panel.getByRole('button', { name: /^Remote service/u }).click()
  const opened = technician.context().waitForEvent('page')
  await technician.getByRole('button', { name: /^Open / }).click()
  const page = await opened
  await page.frameLocator('#machine').getByText('The real machine').waitFor()
  expect(new URL(page.url())).toMatchObject({ protocol: 'https:', hostname: expect.stringMatching(/^bar-\w+\.machines\.example\.net$/u) })
  await panel.getByRole('button', { name: 'End now' }).click()
  await technician.getByRole('heading', { name: 'Operator ended the session at the machine.' }).waitFor()
}

/** The web interface of a machine that nobody told of all this. */
async function startMachine(): Promise<Server> {
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<h1>The real machine</h1>'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
