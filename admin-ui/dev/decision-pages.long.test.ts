import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPages, type StartedPages } from './start-pages.ts'

let started: StartedPages

beforeAll(async () => {
  started = await startPages()
}, 60_000)

afterAll(() => started.close())

const decisionsOf = async (path = '/decisions', language?: 'de-DE') => {
  const { page } = await started.signedIn('ada', language === undefined ? {} : { locale: language })
  await page.goto(`${started.gateway.origin}${path}`)
  return page
}

describe('the pages of decisions', () => {
  test('keep no answer with names when names are hidden again, nor when the page is left', async () => {
    const page = await decisionsOf()
    const box = page.getByRole('checkbox', { name: 'Show names and addresses' })
    const named = page.getByRole('link', { name: /^Denied: Mia Bauer/ })
    const hidden = page.getByRole('link', { name: /^Denied: Person/ })
    await hidden.waitFor()
    await box.check()
    await named.click()
    await page.getByRole('heading', { name: 'Why' }).waitFor()
    await page.keyboard.press('Escape')
    await box.uncheck()
    await hidden.waitFor()
    // From now on the gateway answers nothing with names: whatever is shown of them was kept.
    await page.route(/\/api\/v1\/decisions\b.*personal=shown/, () => undefined)
    await box.check()
    await page.getByText(/are shown\. This is recorded/).waitFor()
    expect([await hidden.count(), await named.count()]).toEqual([0, 0])
    await page.unroute(/\/api\/v1\/decisions\b.*personal=shown/)
    await page.getByRole('link', { name: 'Sessions', exact: true }).first().click()
    await page.getByRole('heading', { name: 'Sessions' }).waitFor()
    await page.getByRole('link', { name: 'Decisions', exact: true }).first().click()
    await hidden.waitFor()
    await box.check()
    await named.waitFor()
    await page.getByRole('link', { name: 'Sessions', exact: true }).first().click()
    await page.getByRole('heading', { name: 'Sessions' }).waitFor()
    await page.route(/\/api\/v1\/decisions\b.*personal=shown/, () => undefined)
    await page.getByRole('link', { name: 'Decisions', exact: true }).first().click()
    await hidden.waitFor()
    await box.check()
    await page.getByText(/are shown\. This is recorded/).waitFor()
    expect(await named.count()).toBe(0)
    await page.context().close()
  }, 60_000)

  test('show no name while the answer without names is on its way', async () => {
    const page = await decisionsOf()
    await page.getByRole('link', { name: /^Denied: Person/ }).waitFor()
    await page.getByRole('checkbox', { name: 'Show names and addresses' }).check()
    const named = page.getByRole('link', { name: /Mia Bauer/ })
    await named.first().waitFor()
    await page.getByRole('combobox', { name: 'Result' }).selectOption({ label: 'Denied' })
    await named.first().waitFor()
    await page.route(/\/api\/v1\/decisions\?.*personal=hidden/, () => undefined)
    await page.getByRole('checkbox', { name: 'Show names and addresses' }).uncheck()
    await named.first().waitFor({ state: 'detached' })
    await page.context().close()
  })

  test('go on searching a long log where nothing was found yet', async () => {
    const page = await decisionsOf('/decisions?code=not_recorded')
    await page.getByText(/^Searched back to /).waitFor()
    expect(await page.getByText('No decision matches these filters.').count()).toBe(0)
    const further = page.getByRole('button', { name: 'Search further back' })
    await further.click()
    await further.click()
    await page.getByRole('link', { name: /^Denied: Person/ }).waitFor()
    await page.getByText('1 shown').waitFor()
    expect(await further.count()).toBe(0)
    await page.context().close()
  })

  test('lead from a rule that decided to its line in that revision', async () => {
    const page = await decisionsOf('/decisions/dec_1')
    const rules = page.getByRole('list', { name: 'Rules that decided' }).getByRole('listitem')
    await rules.first().waitFor()
    expect(await rules.allInnerTexts()).toEqual(['Not met\nregion', 'Not met\ntraining', 'Met\naccount', 'Met\npermission'])
    await rules.first().getByRole('link', { name: 'region' }).click()
    await page.waitForURL(/\/policy\/revisions\/sha256:a{64}\?file=rules%2Fregion\.rego&line=19$/)
    await page.getByRole('heading', { name: 'rules/region.rego' }).waitFor()
    await page.locator('.cm-activeLine', { hasText: 'denials contains {' }).first().waitFor()
    await page.context().close()
  })

  test('say the reasons in the reader’s language', async () => {
    const page = await decisionsOf('/decisions', 'de-DE')
    await page.getByRole('link', { name: /Die Maschine liegt außerhalb der eigenen Regionen\./ }).waitFor()
    await page.context().close()
  })
})
