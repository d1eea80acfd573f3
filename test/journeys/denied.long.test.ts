import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Organisation } from '../../gateway/http-api/contract/administration.ts'
import { launchChromium } from '../support/chromium.ts'
import { freshRule, levelRule } from '../support/denying-rules.ts'
import { SecurityTeam } from '../support/policy-at-work.ts'
import type { PortalClient } from '../support/portal-client.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'
import { ServiceAdministrator } from '../support/service-administrator.ts'
import { signedInPage } from '../support/signed-in-page.ts'
import { untilOnline } from '../support/technician-at-work.ts'

/** Pictures for whoever wants to look: `SALLYPORT_PICTURES=DIR`. */
const pictures = process.env['SALLYPORT_PICTURES']
const slow = 120_000

let installation: RunningInstallation
let browser: Browser
let mia: PortalClient
let sam: SecurityTeam
let administrator: ServiceAdministrator
let technician: Page
let administration: Page
const password = 'four random kitchen words'

beforeAll(async () => {
  installation = await runInstallation({ gateway: { policy: { fourEyes: false } } })
  mia = await installation.signIn('mia')
  sam = new SecurityTeam(await installation.signIn('sam'))
  const ada = await installation.signIn('ada')
  administrator = new ServiceAdministrator(ada)
  await untilOnline(mia)
  browser = await launchChromium()
  technician = await signedInPage(browser, mia, 'de-DE')
  administration = await signedInPage(browser, ada)
  for (const page of [technician, administration]) page.setDefaultTimeout(30_000)
}, 180_000)
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return
  await picture(technician, 'denied-technician-failed')
  await picture(administration, 'denied-administration-failed')
})
afterAll(async () => {
  await browser.close()
  await installation[Symbol.asyncDispose]()
})

const picture = async (page: Page, name: string): Promise<void> => {
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
}
const machine = (page: Page) => page.goto(`${installation.portal}/machines/press-7`)
const service = (page: Page, name: string) => page.locator('li.service', { hasText: name })

/** A policy with these files instead of what decides now, from the one who may activate alone here. */
async function decideBy(change: (files: Record<string, string>) => Record<string, string>, comment: string): Promise<string> {
  const before = await sam.active()
  const submitted = await sam.submit(change(await sam.sourcesOf(before)), comment)
  expect(submitted.status, JSON.stringify(submitted.body)).toBe(201)
  const activated = await sam.activate(submitted.body.revision, 100)
  expect(activated.status, JSON.stringify(activated.body)).toBe(200)
  return before
}

describe('a technician without the training that a service needs', () => {
  it(
    'reads it in his language, with what to do and who grants it, and asks; the administration sees it at once and grants it; he works',
    async () => {
      await decideBy((files) => ({ ...files, ...levelRule }), 'Level 3 for presses')
      await machine(technician)
      const card = service(technician, 'Operating panel')
      await card.getByText('An Pressen arbeitet nur, wer Stufe 3 hat.').waitFor()
      await card.getByText('Den Kurs für Stufe 3 besuchen und eintragen lassen.').waitFor()
      await card.getByText('Die Serviceverwaltung erteilt es.').waitFor()
      await picture(technician, 'denied-technician-de')

      await administration.goto(`${installation.portal}/grants`)
      await administration.getByText('Nobody asks for anything.').waitFor()
      await card.getByRole('button', { name: 'Darum bitten' }).click()
      const dialog = technician.getByRole('dialog')
      await dialog.getByLabel('Wofür brauchen Sie es').fill('Die Farbe läuft seit der Nachtschicht weg')
      await dialog.getByRole('button', { name: 'Bitte senden' }).click()
      await card.getByText('erbeten, wartet auf Antwort').waitFor()

      // Without loading anything again.
      const row = administration.locator('li.row-grant', { hasText: 'Mia Brandt asks:' })
      await row.getByText('Die Farbe läuft seit der Nachtschicht weg').waitFor({ timeout: 5_000 })
      await row.getByText('Only level 3 works on presses.').waitFor()
      await administration.getByRole('link', { name: 'Requests (1)' }).waitFor()
      await picture(administration, 'denied-request-en')
      await row.getByRole('link', { name: 'Go to the person' }).click()
      const person = administration.getByRole('dialog', { name: 'Mia Brandt' })
      await person.getByText('Trainings').first().waitFor()
      await picture(administration, 'denied-person')
      const { trainings } = await administrator.person('mia')
      await administrator.change('mia', { trainings: trainings.map((training) => ({ ...training, level: 3 })) })

      await technician.goto(`${installation.portal}/grants`)
      await technician.getByText('erteilt', { exact: true }).waitFor()
      await picture(technician, 'denied-granted-de')
      await machine(technician)
      await card.getByRole('link', { name: /Operating panel/u }).click()
      await technician.getByLabel('Grund').fill('Die Farbe läuft weg')
      await technician.getByRole('button', { name: 'Den Bediener fragen' }).click()
      await technician.waitForURL(/\/sessions\/ses_/u)
      await administrator.endAllSessions()
    },
    slow,
  )

  it(
    'reads the sentence with which it is declined, beside the reason',
    async () => {
      const { trainings } = await administrator.person('mia')
      await administrator.change('mia', { trainings: trainings.map((training) => ({ ...training, level: 1 })) })
      await machine(technician)
      const card = service(technician, 'Operating panel')
      await card.getByRole('button', { name: 'Darum bitten' }).click()
      await technician.getByRole('dialog').getByRole('button', { name: 'Bitte senden' }).click()
      await administration.goto(`${installation.portal}/grants`)
      const row = administration.locator('li.row-grant', { hasText: 'waiting' })
      await row.getByRole('button', { name: 'Decline' }).click()
      const dialog = administration.getByRole('dialog', { name: 'Decline the request' })
      await dialog.getByLabel('Your answer').fill('The course is on Monday: Lena has level 3 until then.')
      await dialog.getByRole('button', { name: 'Decline' }).click()
      await card.getByText('Abgelehnt von Ada Lindqvist. The course is on Monday: Lena has level 3 until then.').waitFor({ timeout: 5_000 })
      await picture(technician, 'denied-declined-de')
      await administrator.change('mia', { trainings: trainings.map((training) => ({ ...training, level: 3 })) })
    },
    slow,
  )
})

it(
  'what the customer decides is asked from his own administrator, who switches the service on in his portal',
  async () => {
    const { organisation } = await administrator.device('press-7')
    const cara = await customerAdministrator(organisation)
    const customer = await signedInPage(browser, cara)
    customer.setDefaultTimeout(30_000)
    await administrator.setSwitch('press-7', 'hmi', false)
    await machine(technician)
    const card = service(technician, 'Operating panel')
    await card.getByText('Der Kunde erteilt es.').waitFor()
    await customer.goto(installation.portal)
    await customer.getByRole('heading', { name: 'Devices', level: 1 }).waitFor()
    expect(await customer.getByRole('link', { name: 'People' }).count()).toBe(0)
    await picture(customer, 'denied-customer-devices')
    await customer.goto(`${installation.portal}/grants`)
    await customer.getByText('Nobody asks for anything.').waitFor()
    await card.getByRole('button', { name: 'Darum bitten' }).click()
    await technician.getByRole('dialog').getByText('Ihre Bitte geht an die Verwaltung des Kunden').waitFor()
    await technician.getByRole('dialog').getByRole('button', { name: 'Bitte senden' }).click()
    const row = customer.locator('li.row-grant', { hasText: 'waiting' })
    await row.getByText('Mia Brandt asks:').waitFor({ timeout: 5_000 })
    await administration.goto(`${installation.portal}/grants`)
    expect(await administration.locator('li.row-grant', { hasText: 'waiting' }).count()).toBe(0)
    await picture(customer, 'denied-customer-request')
    await row.getByRole('link', { name: 'Go to the machine' }).click()
    const drawer = customer.getByRole('dialog', { name: 'Press 7' })
    await drawer.getByLabel('Operating panel', { exact: true }).first().click()
    await picture(customer, 'denied-customer-device')
    await card.getByRole('link', { name: /Operating panel/u }).waitFor({ timeout: 5_000 })
    await picture(technician, 'denied-customer-granted-de')
    await customer.context().close()
  },
  slow,
)

/** Somebody of the customer, who sets a password at the pages of the identity provider by her link. */
async function customerAdministrator(organisation: Pick<Organisation, 'id'>): Promise<PortalClient> {
  const page = await browser.newPage()
  const made = await administrator.add({
    name: 'Cara Winter',
    username: 'cara',
    organisation: organisation.id,
    roles: ['customer_administrator'],
  })
  await page.goto(made.setup_url)
  const fields = page.locator('input[type=password]')
  for (let n = 0; n < (await fields.count()); n += 1) await fields.nth(n).fill(password)
  await page.locator('form button[type=submit]').click()
  await page.waitForLoadState()
  await page.close()
  return installation.signInAs({ username: 'cara', password })
}

describe('a sign-in that policy finds too old', () => {
  it(
    'leads through the identity provider and back, with the request still filled in, and then it can be sent',
    async () => {
      await machine(technician)
      await service(technician, 'Operating panel')
        .getByRole('link', { name: /Operating panel/u })
        .click()
      await technician.getByLabel('Grund').fill('Farbwerk 3 läuft heiss')
      await technician.getByLabel('Ticket (freiwillig)').fill('T-4711')
      const nowS = Math.floor(Date.now() / 1000)
      await decideBy((files) => ({ ...files, ...freshRule(nowS) }), 'Everybody signs in once more')
      await technician.getByRole('button', { name: 'Den Bediener fragen' }).click()
      const note = technician.getByRole('alert')
      await note.getByText('Die Anmeldung ist dafür zu lange her.').waitFor()
      await note.getByText(/^Sie haben sich .+ angemeldet, mit: Passwort\.$/u).waitFor()
      await picture(technician, 'denied-sign-in-again-de')
      const place = technician.url()
      await note.getByRole('link', { name: 'Erneut anmelden' }).click()
      // The provider knows her, and asks all the same, by name.
      await technician.locator('input[type=password]').fill(installation.password('mia'))
      expect(await technician.locator('input[name=username]').inputValue()).toBe('mia')
      await picture(technician, 'denied-at-the-provider-de')
      await technician.locator('form button[type=submit]').first().click()
      await technician.getByLabel('Grund').waitFor()
      expect(technician.url()).toBe(place)
      expect(await technician.getByLabel('Grund').inputValue()).toBe('Farbwerk 3 läuft heiss')
      expect(await technician.getByLabel('Ticket (freiwillig)').inputValue()).toBe('T-4711')
      await picture(technician, 'denied-back-de')
      await technician.getByRole('button', { name: 'Den Bediener fragen' }).click()
      await technician.waitForURL(/\/sessions\/ses_/u)
      expect(await technician.evaluate(() => Object.keys(sessionStorage).length)).toBe(0)
    },
    slow,
  )
})
