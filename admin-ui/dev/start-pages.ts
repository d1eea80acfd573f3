import type { Browser, Page } from 'playwright-core'
import { buildPages } from './build-pages.ts'
import { startFakeAgent } from './fake-agent.ts'
import { startFakeGateway } from './fake-gateway.ts'
import { axeFindings, openBrowser, openPage, widerThanWindow } from './open-browser.ts'
import type { OpenedPage } from './open-browser.ts'

export const desktop = { width: 1280, height: 800 }
export const phone = { width: 360, height: 740 }
/** What a zoom of 400 % leaves of 1280 px (WCAG 2.2, 1.4.10). */
const zoomed = { width: 320, height: 256 }

export const looks = [
  { language: 'en', locale: 'en-GB', colorScheme: 'light' },
  { language: 'de', locale: 'de-DE', colorScheme: 'dark' },
] as const

/** The built pages, a browser, and a gateway and an agent that play the contracts. */
export const startPages = async () => {
  const [pages, browser] = await Promise.all([buildPages(), openBrowser()])
  const gateway = await startFakeGateway({ pagesDir: pages.portal })
  const agent = await startFakeAgent({ pagesDir: pages.panel })
  return {
    pages,
    browser,
    gateway,
    agent,
    /** The portal, as somebody who is signed in or nobody. */
    signedIn: (who: string | null, options: object = {}): Promise<OpenedPage> =>
      openPage(browser, { origin: gateway.origin, viewport: desktop, locale: 'en-GB', ...(who === null ? {} : { who }), ...options }),
    async close(): Promise<void> {
      await browser.close()
      await Promise.all([gateway.close(), agent.close(), pages.remove()])
    },
  }
}

export type StartedPages = Awaited<ReturnType<typeof startPages>>

/** A paired panel on a screen of the usual size, of the shared agent or another one. */
export const openPanel = async (
  { browser, agent: { origin } }: { readonly browser: Browser; readonly agent: { readonly origin: string } },
  pairingCode: string,
  options: object = {},
): Promise<OpenedPage> => {
  const opened = await openPage(browser, { origin, viewport: { width: 1024, height: 600 }, locale: 'en-GB', ...options })
  await opened.page.goto(`${origin}/#pair=${pairingCode}`)
  await opened.page.getByText('Press 1', { exact: true }).first().waitFor()
  return opened
}

/** What is wrong with the page as it stands: what axe-core finds, and whether it is too wide for a small phone or a large zoom. */
export const faultsOf = async (page: Page): Promise<string[]> => [...(await axeFindings(page)), ...(await tooWide(page))]

const tooWide = async (page: Page): Promise<string[]> => {
  const found: string[] = []
  for (const size of [phone, zoomed]) {
    await page.setViewportSize(size)
    if (await widerThanWindow(page)) found.push(`wider than ${size.width} px`)
  }
  return found
}

/** Runs in the page: what would still move for somebody who asked for less motion. */
export const movingParts = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('*')]
      .filter((element) => {
        const { transitionDuration, animationDuration, animationName } = getComputedStyle(element)
        const lasts = (durations: string): boolean => durations.split(',').some((duration) => Number.parseFloat(duration) > 0.01)
        return lasts(transitionDuration) || (animationName !== 'none' && lasts(animationDuration))
      })
      .map((element) => `${element.tagName} ${element.className}`),
  )
