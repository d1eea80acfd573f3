import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['SALLYPORT_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'],
  })

export interface OpenedPage {
  readonly page: Page
  /** Violations of the content security policy and errors that no code caught. */
  readonly faults: string[]
}

/** A page of a browser of its own, whose faults are kept. */
export const openPage = async (
  browser: Browser,
  options: BrowserContextOptions & { readonly who?: string; readonly origin: string },
): Promise<OpenedPage> => {
  const { who, origin, ...rest } = options
  const context = await browser.newContext({ reducedMotion: 'reduce', ...rest })
  if (who !== undefined) await context.addCookies([{ name: 'who', value: who, url: origin }])
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/u.test(message.text())) faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  return { page, faults }
}

let axeSource: string | null = null

/** What axe-core finds, as `rule: element` lines. */
export const axeFindings = async (page: Page): Promise<string[]> => {
  axeSource ??= await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  await page.evaluate(axeSource)
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(options: object): Promise<{ violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[] }> }
    }
    const { violations } = await axe.run({
      resultTypes: ['violations'],
      preload: false,
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary.replaceAll(/\s+/gu, ' ')}`),
    )
  })
}

/** Whether the page is wider than its window. */
export const widerThanWindow = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
