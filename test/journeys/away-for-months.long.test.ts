import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { awayFor, planTomorrow } from '../support/months-later.ts'
import type { PanelClient } from '../support/panel-client.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'
import { ServiceAdministrator } from '../support/service-administrator.ts'
import type { PortalClient } from '../support/portal-client.ts'
import { approvedSession, openService, untilOnline } from '../support/technician-at-work.ts'

const operator = 'Olga Neumann'
let installation: RunningInstallation
let mia: PortalClient
let administrator: ServiceAdministrator
/** At the machine's panel, which stays paired. */
let olga: PanelClient
let browser: Browser

beforeAll(async () => {
  installation = await runInstallation()
  mia = await installation.signIn('mia')
  administrator = new ServiceAdministrator(await installation.signIn('ada'))
  olga = await installation.panel()
  browser = await launchChromium()
  await untilOnline(mia)
}, 120_000)
afterAll(async () => {
  await browser.close()
  await installation[Symbol.asyncDispose]()
})

async function stopBoth(): Promise<void> {
  await Promise.all([installation.agent.stop(), installation.gateway.stop()])
}

async function works(): Promise<void> {
  await untilOnline(mia)
  const session = await approvedSession({ technician: mia, panel: olga, operator })
  expect((await (await openService(mia, session.id)).get('/')).status).toBe(200)
  await administrator.endAllSessions()
}

it('a machine that comes back after months works as before, and both histories say that it came late', async () => {
  await stopBoth()
  await awayFor(installation, 'press-7', 100)
  planTomorrow(installation, operator)
  // Alone, and with a certificate that has ended: what was allowed here is taken back here.
  await installation.startAgent()
  await expect.poll(async () => (await olga.state()).connection.reason).toBe('ECONNREFUSED')
  expect((await olga.state()).windows).toMatchObject([{ id: 'tomorrow' }])
  expect((await olga.withdrawWindow('tomorrow', operator)).status).toBe(200)
  expect((await olga.state()).windows).toEqual([])

  await installation.startGateway()
  await works()
  expect((await olga.state()).acts.map(({ act }) => act)).toContain('certificate_renewed_late')
  expect((await administrator.device('press-7')).late_renewal).toMatchObject({
    waiting: null,
    decided: { standing: 'renewed', by_person: false },
  })
}, 180_000)

it('one that was away for longer waits until an administrator has compared its code, in a browser', async () => {
  await stopBoth()
  await awayFor(installation, 'press-7', 200)
  await installation.startGateway()
  await installation.startAgent()

  const panel = await (await browser.newContext({ locale: 'en-GB', viewport: { width: 1024, height: 600 } })).newPage()
  await panel.goto(installation.agent.ready.pairing_url)
  await panel.getByRole('heading', { name: 'This machine was away for long' }).waitFor()
  const code = await panel.locator('.enrolment-code').innerText()

  const portal = await (await browser.newContext({ locale: 'en-GB' })).newPage()
  await portal.goto(`${installation.portal}/devices`)
  await portal
    .getByRole('button', { name: 'Sign in' })
    .or(portal.getByRole('link', { name: 'Sign in' }))
    .click()
  await portal.getByLabel('User name').fill('ada')
  await portal.getByLabel('Password').fill(installation.password('ada'))
  await portal.getByRole('button', { name: 'Sign in' }).click()
  await portal.getByText('Waits for your confirmation').waitFor()
  await portal.getByRole('link', { name: 'Press 7' }).click()
  await portal.getByRole('heading', { name: 'This machine wants to come back' }).waitFor()
  expect(await portal.locator('.compare-code').innerText()).toBe(code)
  expect(await portal.locator('.fingerprint').innerText()).toMatch(/^[0-9a-f]{64}$/)
  await portal.getByRole('button', { name: 'Let it come back' }).click()
  await portal.getByRole('dialog').last().getByText(code).waitFor()
  await portal.getByRole('dialog').last().getByRole('button', { name: 'Let it come back' }).click()

  await panel.getByText('It was renewed.').waitFor({ timeout: 60_000 })
  await portal.getByText('as an administrator had confirmed').waitFor({ timeout: 60_000 })
  await works()
}, 240_000)
