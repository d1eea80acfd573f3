import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { policyPeople } from '../support/policy-at-work.ts'
import type { PortalClient } from '../support/portal-client.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'
import { signedInPage } from '../support/signed-in-page.ts'

/** Pictures for whoever wants to look: `SALLYPORT_PICTURES=DIR`. */
const pictures = process.env['SALLYPORT_PICTURES']
const slow = 90_000
const path = 'rules/region.rego'

describe('a text that is typed and not saved', () => {
  let installation: RunningInstallation
  let browser: Browser
  let sam: PortalClient
  let page: Page
  let draft = ''
  let questions = 0

  beforeAll(async () => {
    installation = await runInstallation({})
    await policyPeople(installation)
    sam = await installation.signIn('sam')
    browser = await launchChromium()
    page = await signedInPage(browser, sam)
    page.setDefaultTimeout(30_000)
    page.on('dialog', (dialog) => {
      if (dialog.type() === 'beforeunload') questions += 1
      void dialog.accept()
    })
    await page.goto(`${installation.portal}/policy`)
    await page.getByRole('button', { name: 'New draft' }).click()
    await page.getByLabel('Name of the draft').fill('Typed in a train')
    await page.getByRole('button', { name: 'Begin the draft' }).click()
    await page.waitForURL(/\/policy\/drafts\//u)
    draft = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    await open()
  }, 180_000)
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await picture('unsaved-failed')
  })
  afterAll(async () => {
    await browser.close()
    await installation[Symbol.asyncDispose]()
  })

  const picture = async (name: string): Promise<void> => {
    if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`) })
  }
  const address = (): string => `${installation.portal}/policy/drafts/${draft}?file=${encodeURIComponent(path)}`
  const open = async (): Promise<void> => {
    await page.goto(address())
    await page.getByRole('textbox', { name: `Text of ${path}` }).waitFor()
  }
  const type = async (text: string): Promise<void> => {
    await page.getByRole('textbox', { name: `Text of ${path}` }).click()
    await page.keyboard.press('Control+Home')
    await page.keyboard.type(text)
  }
  const state = (text: string | RegExp) => page.locator('.bench-text .save-state', { hasText: text })
  const stored = () => page.evaluate(async (url) => ((await (await fetch(url)).json()) as { text: string }).text, fileAt())
  const fileAt = (): string => `/api/v1/policy/drafts/${draft}/file?path=${encodeURIComponent(path)}`
  const kept = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('sallyport.unsaved.')).length)

  it(
    'is stored when the page is left at once, after a question',
    async () => {
      await type('# quick\n')
      await page.goto(`${installation.portal}/policy`)
      expect(questions).toBe(1)
      await expect.poll(stored).toMatch(/^# quick\n/u)
      await open()
      await state('Saved').waitFor()
      expect(await kept()).toBe(0)
    },
    slow,
  )

  it(
    'is saved by itself when the gateway can be reached again',
    async () => {
      await page.context().setOffline(true)
      await type('# gap\n')
      await state('tried again by itself').waitFor()
      await picture('unsaved-offline')
      await page.context().setOffline(false)
      await state('Saved').waitFor()
      expect(await stored()).toMatch(/^# gap\n# quick\n/u)
    },
    slow,
  )

  it(
    'is offered again after an outage and a reload: taken over, or thrown away',
    async () => {
      // A request that outlives its page is not seen by the browser's own interception.
      const cut = () =>
        page.evaluate(`{
          const real = fetch
          window.fetch = (url, init) => (init?.method === 'PUT' ? Promise.reject(new TypeError('cut')) : real(url, init))
        }`)
      for (const [button, text] of [
        ['Throw it away', '# one\n'],
        ['Take it over', '# two\n'],
      ] as const) {
        await cut()
        await type(text)
        await state('tried again by itself').waitFor()
        await page.reload()
        await page.getByText(/Unsaved text of yours from .* is still in this browser/u).waitFor()
        await picture(`unsaved-offered-${button.split(' ')[0] ?? ''}`)
        await page.getByRole('button', { name: button }).click()
        await state('Saved').waitFor()
        expect(await kept()).toBe(0)
      }
      expect(await stored()).toMatch(/^# two\n# gap\n/u)
      expect(await stored()).not.toContain('# one')
    },
    slow,
  )

  it(
    'leaves the browser with the sign-out',
    async () => {
      await page.setViewportSize({ width: 360, height: 740 })
      await page.context().setOffline(true)
      await type('# secret\n')
      await state('tried again by itself').waitFor()
      await picture('unsaved-360')
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      expect(await kept()).toBe(1)
      await page.setViewportSize({ width: 1280, height: 800 })
      await page.route(`**${fileAt().split('?')[0] ?? ''}*`, (route) => route.abort())
      await page.context().setOffline(false)
      await page.getByRole('button', { name: /Sam/u }).first().click()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.waitForURL((url) => !url.pathname.startsWith('/policy'))
      await page.goto(`${installation.portal}/signed-out`)
      expect(await kept()).toBe(0)
    },
    slow,
  )
})
