import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Socket } from 'node:net'
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core'
import { buildPages } from '../../admin-ui/dev/build-pages.ts'
import { readBarFiles } from '../../gateway/proxy/bar/read-bar-files.ts'
import { fakeBarSessions, type FakeBarSessions } from '../../gateway/proxy/testing/fake-bar-sessions.ts'
import { proxyWorld, service, sessionId, type ProxyWorld } from '../../gateway/proxy/testing/proxy-world.ts'
import { launchChromium } from './chromium.ts'

/** A technician's browser in his bar, around a machine of the test's own; sessions are a fake. */
export interface BarInBrowser extends AsyncDisposable {
  readonly world: ProxyWorld
  readonly sessions: FakeBarSessions
  readonly browser: Browser
  readonly context: BrowserContext
  /** Opens the bar as the portal does. */
  open(query?: Readonly<Record<string, string>>, context?: BrowserContext, page?: Page): Promise<Page>
  /** The machine's page in the frame of this bar, once it is there. */
  frameOf(bar: Page): Promise<Frame>
}

export interface BarInBrowserOptions {
  readonly machine?: (request: IncomingMessage, response: ServerResponse) => void
  readonly raw?: (socket: Socket) => void
}

export async function barInBrowser({ machine, raw }: BarInBrowserOptions): Promise<BarInBrowser> {
  await using parts = new AsyncDisposableStack()
  const pages = await buildPages()
  const files = await readBarFiles(join(pages.portal, 'bar'))
  const recorder = await readFile(join(pages.portal, 'recorder.js'))
  await pages.remove()
  const sessions = fakeBarSessions()
  const served = machine === undefined ? {} : { machine: createServer(machine) }
  const world = parts.use(await proxyWorld({ ...served, ...(raw === undefined ? {} : { raw }), recorder, bar: { files, sessions } }))
  const browser = await launchChromium()
  parts.defer(() => browser.close())
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } })
  const kept = parts.move()
  return {
    world,
    sessions,
    browser,
    context,
    async open(query = {}, own = context, given) {
      const url = await world.proxy.mintBar(sessionId, service, 'mia')
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
      const page = given ?? (await own.newPage())
      await page.goto(url.href)
      return page
    },
    async frameOf(bar) {
      const handle = await bar.locator('iframe#machine').elementHandle()
      const frame = await handle?.contentFrame()
      if (frame === null || frame === undefined) throw new Error('the bar has no frame')
      await frame.waitForURL((url) => url.pathname !== '/.sallyport/enter')
      await frame.waitForLoadState()
      return frame
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
