import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'

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
  // The browser's console is silent about some violations, such as an `eval` whose refusal the page caught.
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
      // oxlint-disable-next-line no-console -- how it reaches the test
      console.error(`Content Security Policy: ${violatedDirective} stopped ${blockedURI} of ${sourceFile}:${lineNumber}`)
    })
  })
  // Sooner than a test's own end, so that it says what was waited for.
  context.setDefaultTimeout(10_000)
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

/** Presses Tab until `wanted` has the focus, as somebody without a mouse does. @throws when it is not reached, or a focus on the way is not to be seen */
export const tabTo = async (page: Page, wanted: Locator): Promise<void> => {
  const seen: string[] = []
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab')
    const focus = await page.evaluate(focusNow)
    seen.push(focus.name)
    if (focus.fault !== null) throw new Error(`${focus.name}: ${focus.fault}`)
    if (await wanted.evaluate((element) => element === document.activeElement)) return
  }
  throw new Error(`Not reached by Tab; these were: ${seen.join(' | ')}`)
}

/** Runs in the page: what has the focus, and why it cannot be seen to have it, or null. */
const focusNow = (): { readonly name: string; readonly fault: string | null } => {
  const element = document.activeElement ?? document.body
  const name = `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40) ?? ''}`
  if (element === document.body) return { name, fault: null }
  const framed = element.closest('label, .mantine-TagsInput-input') ?? element
  const marked = [element, framed].some((one) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(one)
    return outlineStyle !== 'none' && outlineWidth !== '0px'
  })
  if (!marked) return { name, fault: 'has the focus without a sign of it' }
  const { left, top, width, height } = framed.getBoundingClientRect()
  const covering = document.elementFromPoint(left + width / 2, top + height / 2)
  const clear = covering !== null && (framed.contains(covering) || covering.contains(framed))
  return { name, fault: clear ? null : `has the focus under ${covering?.className ?? 'the edge of the window'}` }
}

/** Whether the page is wider than its window. */
export const widerThanWindow = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
