import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { axeFindings } from './open-browser.ts'
import { cutOff, faultsOfPortal, people, tooLow, touching } from './faults-of-portal.ts'
import { desktop, faultsOf, looks, phone, startPages, type StartedPages } from './start-pages.ts'

let started: StartedPages

beforeAll(async () => {
  started = await startPages()
}, 60_000)
afterAll(() => started.close())

test.each(looks)(
  'every page of the portal passes axe-core, has nothing low to press, fits 360 px and a zoom of 400 % in $language and $colorScheme',
  async (look) => {
    expect(await faultsOfPortal(started, look, people, async (page) => [...(await tooLow(page)), ...(await faultsOf(page))])).toEqual([])
  },
)

/** What lies below the fold, and what opens over it. */
const drawerWords = {
  en: {
    below: ['Remote services', 'Entry without a press', 'What the operator sees'],
    file: 'Identity as a file',
    comeBack: ['Let it come back', 'Refuse'],
    cancel: 'Cancel',
  },
  de: {
    below: ['Fernservices', 'Einlass ohne Taste', 'Was der Bediener sieht'],
    file: 'Identität als Datei',
    comeBack: ['Zurückkommen lassen', 'Ablehnen'],
    cancel: 'Abbrechen',
  },
} as const

test.each(looks.flatMap((look) => [desktop, phone].map((viewport) => ({ ...look, viewport, width: viewport.width }))))(
  'the drawer of a device is whole down to its end, with its dialogs, in $language and $colorScheme at $width px',
  async ({ language, ...options }) => {
    const words = drawerWords[language]
    const { page, faults } = await started.signedIn('ada', { ...options, reducedMotion: 'reduce' })
    const look = async (what: string): Promise<void> => {
      const found = [...(await axeFindings(page)), ...(await tooLow(page)), ...(await touching(page)), ...(await cutOff(page))]
      faults.push(...found.map((fault) => `${what}: ${fault}`))
    }
    const button = (name: string) => page.getByRole('button', { name, exact: true })

    await page.goto(`${started.gateway.origin}/devices/press-1`)
    for (const part of words.below) {
      await shown(page, part)
      await look(part)
    }
    await button(words.file).click()
    await page.locator('form [inputmode=numeric]').waitFor()
    await look('identity')
    await page.locator('form:has([inputmode=numeric]) [type=submit]').click()
    await page.locator('form [inputmode=numeric]').waitFor({ state: 'detached' })
    await page.locator('.secret').scrollIntoViewIfNeeded()
    await page.locator('a[download]').hover()
    await look('identity that was made')

    await page.goto(`${started.gateway.origin}/devices/plate-2`)
    for (const decision of words.comeBack) {
      await button(decision).first().click()
      await button(words.cancel).waitFor()
      await look(decision)
      await button(words.cancel).click()
      await button(words.cancel).waitFor({ state: 'detached' })
    }
    await page.context().close()
    expect(faults).toEqual([])
  },
)

test.each(['en-GB', 'de-DE'])('a filter says on a phone what was chosen, whole, in %s', async (locale) => {
  const { page } = await started.signedIn('ada', { locale, viewport: phone })
  for (const status of ['registered', 'active', 'suspended', 'revoked']) {
    await page.goto(`${started.gateway.origin}/devices?status=${status}`)
    const chosen = page.locator('.filters select').last()
    await expect.poll(() => chosen.inputValue()).toBe(status)
    const room = await chosen.evaluate((field) => {
      const { font, paddingLeft, paddingRight } = getComputedStyle(field)
      const pen = document.createElement('canvas').getContext('2d')
      if (pen === null || !(field instanceof HTMLSelectElement)) throw new Error('no select')
      pen.font = font
      const text = field.selectedOptions[0]?.text ?? ''
      return field.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight) - pen.measureText(text).width
    })
    expect([status, room]).toEqual([status, expect.toSatisfy((px: number) => px >= 0)])
  }
  await page.context().close()
})

const shown = (page: Page, part: string): Promise<void> =>
  page.locator('legend', { hasText: part }).evaluate((legend) => legend.scrollIntoView({ block: 'start' }))
