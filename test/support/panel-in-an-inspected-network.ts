import type { Page } from 'playwright-core'
import { expect, vi } from 'vitest'

/** The panel's page says in both languages, on a screen and on a phone, who opens TLS and what to ask the people of the network for. */
export async function expectPanelNames(
  page: Page,
  { issuer, addresses }: { readonly issuer: string; readonly addresses: readonly string[] },
): Promise<void> {
  for (const [language, words] of Object.entries(wordsOf(issuer))) {
    await page.evaluate((chosen) => localStorage.setItem('sallyport.language', chosen), language)
    await page.reload()
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 })
      for (const text of [...words, ...addresses]) await page.getByText(text).first().waitFor()
      await vi.waitFor(async () => expect(await page.evaluate(isTooWide)).toBe(false))
    }
  }
  await page.evaluate(() => localStorage.setItem('sallyport.language', 'en'))
  await page.reload()
}

/** Read in the page. */
const isTooWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'

const wordsOf = (issuer: string): Readonly<Record<'de' | 'en', readonly string[]>> => ({
  en: [
    'It was not the gateway that answered: this network opens encrypted connections.',
    `has a certificate from “${issuer}”`,
    'Ask the people who run this network to let these addresses pass without TLS inspection:',
  ],
  de: [
    'Nicht das Gateway hat geantwortet: Dieses Netz bricht verschlüsselte Verbindungen auf.',
    `hat ein Zertifikat von „${issuer}“`,
    'Bitten Sie die Zuständigen für dieses Netz, diese Adressen ohne TLS-Inspektion durchzulassen:',
  ],
})
