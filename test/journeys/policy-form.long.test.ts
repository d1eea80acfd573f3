import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { siteTime } from '../../gateway/decisions/site-time.ts'
import type { DraftFile, DraftSummary } from '../../gateway/http-api/contract/policy-drafts.ts'
import type { MachinePage } from '../../gateway/http-api/contract/machines.ts'
import { launchChromium } from '../support/chromium.ts'
import type { PanelClient } from '../support/panel-client.ts'
import { policyPeople, SecurityTeam } from '../support/policy-at-work.ts'
import type { PortalClient } from '../support/portal-client.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'
import { signedInPage } from '../support/signed-in-page.ts'
import { approvedSession, askFor, openService, untilOnline } from '../support/technician-at-work.ts'

/** Pictures for whoever wants to look: `SALLYPORT_PICTURES=DIR`. */
const pictures = process.env['SALLYPORT_PICTURES']
const slow = 180_000
const site = 'Heidelberg, hall 2'

/** Sam changes what is set in the data by the form, on the keyboard; Mia, Noah and the operators see what that does. */
describe('the common changes, by the form', () => {
  let installation: RunningInstallation
  let browser: Browser
  let sam: SecurityTeam
  let mia: PortalClient
  let noah: PortalClient
  let panel: PanelClient
  let page: Page

  beforeAll(async () => {
    installation = await runInstallation({ gateway: { policy: { fourEyes: false } } })
    await policyPeople(installation)
    sam = new SecurityTeam(await installation.signIn('sam'))
    mia = await installation.signIn('mia')
    noah = await installation.signIn('noah')
    panel = await installation.panel()
    browser = await launchChromium()
    page = await signedInPage(browser, sam.client)
    page.setDefaultTimeout(30_000)
    await untilOnline(mia)
  }, slow)
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await picture('form-failed')
  })
  afterAll(async () => {
    await browser.close()
    await installation[Symbol.asyncDispose]()
  })

  const picture = async (name: string, of = page): Promise<void> => {
    if (pictures !== undefined) await of.screenshot({ path: join(pictures, `${name}.png`) })
  }
  const section = (name: string): Locator => page.getByRole('group', { name, exact: true })
  const pane = (): Locator => page.getByRole('region', { name: 'Pane', exact: true })
  const type = async (field: Locator, text: string): Promise<void> => {
    await field.focus()
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type(text)
  }
  const typeEntry = async (field: Locator, text: string): Promise<void> => {
    await field.focus()
    await page.keyboard.type(text)
    await page.keyboard.press('Enter')
  }
  /** A name into the field of a list, and on with Tab to its button. */
  const add = async (within: Locator, label: string, name: string, nth = 0): Promise<void> => {
    await type(within.getByRole('textbox', { name: label, exact: true }), name)
    await page.keyboard.press('Tab')
    expect(
      await within
        .getByRole('button', { name: 'Add', exact: true })
        .nth(nth)
        .evaluate((button) => button.matches(':focus')),
    ).toBe(true)
    await page.keyboard.press('Enter')
  }
  const draftOf = async (name: string): Promise<string> => {
    const { body } = await sam.client.api<{ items: readonly DraftSummary[] }>('GET', '/api/v1/policy/drafts')
    return body.items.find((draft) => draft.name === name)?.id ?? 'none'
  }
  const dataOf = async (draft: string, name: string): Promise<unknown> => {
    const path = `/api/v1/policy/drafts/${draft}/file?path=data/${name}.json`
    return (JSON.parse((await sam.client.api<DraftFile>('GET', path)).body.text) as Record<string, unknown>)[name]
  }
  const begin = async (name: string): Promise<string> => {
    await page.goto(`${installation.portal}/policy`)
    await page.getByRole('button', { name: 'New draft' }).click()
    await page.getByLabel('Name of the draft').fill(name)
    await page.getByRole('button', { name: 'Begin the draft' }).click()
    await page.getByRole('region', { name: 'Files' }).getByRole('button', { name: 'Common changes' }).click()
    await section('Regions').waitFor()
    return draftOf(name)
  }
  /** Submits what the form wrote, and activates it whatever it denies. */
  const activate = async (comment: string): Promise<void> => {
    await pane().getByRole('group').getByRole('button', { name: 'Submit', exact: true }).click()
    await pane().getByText('No errors, and every test passes.').waitFor()
    await pane().getByLabel('What changes, and why').fill(comment)
    await pane()
      .getByRole('button', { name: /^Submit/u })
      .last()
      .click()
    await page.waitForURL(/\/policy\/revisions\//u)
    const revision = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '')
    const asked = await sam.activate(revision)
    const done = asked.status === 409 ? await sam.activate(revision, asked.body.denied_percent) : asked
    expect(done).toMatchObject({ status: 200 })
  }
  const today = (): string => siteTime(Math.floor(Date.now() / 1000), 'Europe/Berlin').local.date

  it(
    'writes what is typed into the data files and shows it, and leaves every test green',
    async () => {
      const draft = await begin('By the form')
      await add(section('Regions'), 'Region', 'asia')
      await typeEntry(section('Regions').getByRole('combobox', { name: 'Covers' }), 'europe')
      await expect.poll(() => dataOf(draft, 'regions')).toEqual({ only_listed: false, covers: { asia: ['europe'] } })
      await section('Regions').getByText('What it writes: data/regions.json').click()
      await section('Regions').getByRole('region').getByText('"asia": ["europe"]').waitFor()

      await type(section('Time limits').getByRole('textbox', { name: 'Minutes for web interfaces' }), '90')
      await expect.poll(() => dataOf(draft, 'limits')).toMatchObject({ max_duration_s: { http: 5_400, ssh: 3_600 } })

      const hours = section('Opening hours')
      await add(hours, 'Site', site)
      const monday = hours.getByRole('group', { name: `Monday, ${site}` })
      await type(monday.getByRole('textbox', { name: 'From' }), '06:30')
      await type(monday.getByRole('textbox', { name: 'Until' }), '6:00')
      await monday.getByText('A time such as 07:30; 24:00 is the end of the day.').waitFor()
      await type(monday.getByRole('textbox', { name: 'Until' }), '06:00')
      await monday.getByText('It must end after it begins.', { exact: false }).waitFor()
      await type(monday.getByRole('textbox', { name: 'Until' }), '12:00')
      await monday.getByRole('button', { name: 'Add hours on Monday' }).press('Enter')
      await hours
        .getByRole('group', { name: `Friday, ${site}` })
        .getByRole('button', { name: 'Remove hours 1 of Friday' })
        .press('Enter')
      await hours
        .getByRole('group', { name: `Friday, ${site}` })
        .getByText('closed')
        .waitFor()
      await typeEntry(hours.getByRole('combobox', { name: 'Closed on these days' }), 'tomorrow')
      await hours.getByText('“tomorrow” is no date such as 2026-12-24.').waitFor()
      await typeEntry(hours.getByRole('combobox', { name: 'Closed on these days' }), today())
      const usual = [{ from: '07:00', to: '17:00' }]
      const monday2 = [
        { from: '06:30', to: '12:00' },
        { from: '12:00', to: '23:00' },
      ]
      const week = { monday: monday2, tuesday: usual, wednesday: usual, thursday: usual }
      await expect.poll(() => dataOf(draft, 'opening_hours')).toEqual({ site: { [site]: { week, closed: [today()] } } })

      const approvers = section('Who may approve')
      await add(approvers, 'Site', site)
      await typeEntry(approvers.getByRole('combobox', { name: 'Operators' }), 'Peter Weiss')
      await approvers.getByRole('checkbox', { name: 'pressed for this very session' }).press('Space')
      await approvers.getByRole('checkbox', { name: 'Nobody approves a session of their own' }).press('Space')
      const bound = { operators: ['Peter Weiss'], modes: ['attended'] }
      await expect.poll(() => dataOf(draft, 'approvers')).toEqual({ not_oneself: true, site: { [site]: bound }, product_line: {} })

      const requests = section('Requests that are refused')
      await add(requests, 'Service', 'hmi', 1)
      await type(requests.getByRole('textbox', { name: 'Path' }), '/firmware/*')
      await typeEntry(requests.getByRole('combobox', { name: 'Methods' }), 'get')
      const refused = [{ effect: 'deny', methods: ['POST', 'GET'], path: '/firmware/*' }]
      await expect.poll(() => dataOf(draft, 'request_rules')).toEqual({ product_line: {}, service: { hmi: refused } })

      await picture('form-requests')
      await pane()
        .getByText(/^\d+ tests pass\.$/u)
        .waitFor()
      expect(await pane().getByText('Error', { exact: true }).count()).toBe(0)
      for (const name of ['Regions', 'Opening hours', 'Who may approve']) {
        await section(name).scrollIntoViewIfNeeded()
        await picture(`form-${name.toLowerCase().replaceAll(' ', '-')}`)
      }
      await activate('Regions, hours, approvers and requests, by the form')
    },
    slow,
  )

  it(
    'closes the site with the time of its next opening, and opens what another region covers',
    async () => {
      const seen = await noah.api<MachinePage>('GET', '/api/v1/machines')
      expect(seen.body.items.map(({ id }) => id)).toContain('press-7')
      const asked = await askFor(mia)
      expect(asked).toMatchObject({ status: 403, body: { code: 'denied_by_policy', denials: [{ code: 'outside_hours' }] } })
      const [{ message, until }] = (asked.body as unknown as { denials: [{ message: string; until: number }] }).denials
      expect(message).toMatch(
        /^The site is closed now\. It opens on (?:monday at 06:30|(?:tues|wednes|thurs)day at 07:00) by its clock\.$/u,
      )
      expect(siteTime(until, 'Europe/Berlin').local.date > today()).toBe(true)
      const technician = await signedInPage(browser, mia, 'de-DE')
      await technician.goto(`${installation.portal}/machines/press-7`)
      await technician.getByText('Der Standort ist jetzt geschlossen.').first().waitFor()
      await picture('form-closed-de', technician)
      await technician.context().close()
    },
    slow,
  )

  it(
    'lets only those approve who may, and refuses the requests of the service, when the site is open again',
    async () => {
      const draft = await begin('Open again')
      await section('Opening hours')
        .getByRole('button', { name: `Remove ${site}` })
        .press('Enter')
      await expect.poll(() => dataOf(draft, 'opening_hours')).toEqual({ site: {} })
      // Whoever may approve there is who the matrix asks.
      await pane().getByRole('group').getByRole('button', { name: 'Matrix', exact: true }).click()
      await pane().getByRole('button', { name: 'Mia Brandt and Press 7: can open it if its operator agrees, newly gets in' }).waitFor()
      await picture('form-matrix')
      await activate('The site is always open')
      expect(await askFor(mia, { duration_s: 5_401 })).toMatchObject({ status: 403, body: { denials: [{ code: 'duration_too_long' }] } })

      const asked = await askFor(mia)
      const { id } = asked.body
      await panel.waitFor((state) => state.request?.session === id)
      await panel.approve(id, { operator: 'Olga Neumann' })
      const ended = await mia.waitForSession(id, ({ state }) => state === 'ended', 10_000)
      expect(ended).toMatchObject({ state: 'ended', end_denials: [{ code: 'approver_not_listed' }] })

      const session = await approvedSession({ technician: mia, panel, operator: 'Peter Weiss' })
      const work = await openService(mia, session.id)
      expect((await work.get('/')).status).toBe(200)
      expect((await work.get('/firmware/new')).status).toBe(403)
    },
    slow,
  )

  it(
    'is there in German, and on a small screen without scrolling sideways',
    async () => {
      await begin('Small')
      await add(section('Opening hours'), 'Site', site)
      await add(section('Who may approve'), 'Product line', 'press', 1)
      const address = page.url()
      const small = await signedInPage(browser, sam.client, 'de-DE')
      await small.setViewportSize({ width: 360, height: 780 })
      await small.goto(address)
      await small.getByRole('group', { name: 'Öffnungszeiten', exact: true }).waitFor()
      for (const name of ['Regionen', 'Öffnungszeiten', 'Wer zustimmen darf', 'Anfragen, die abgelehnt werden']) {
        await small.getByRole('group', { name, exact: true }).scrollIntoViewIfNeeded()
        await picture(`form-small-${name.split(/[ ,]/u)[0]?.toLowerCase()}`, small)
      }
      expect(await small.evaluate('document.documentElement.scrollWidth <= 360')).toBe(true)
      await small.context().close()
    },
    slow,
  )
})
