import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Browser, Page } from 'playwright-core'

/** A page of the machine in the technician's browser, recorded as the gateway's recorder does. */
export interface TechnicianPage {
  readonly page: Page
  /** Events that nobody took yet. */
  take(): readonly unknown[]
  /** As the recorder does on the order `snapshot`. */
  snapshot(): Promise<void>
}

const options = '{ inlineStylesheet: true, sampling: { mousemove: 50, scroll: 100 }, emit: (event) => emitRecorded(JSON.stringify(event)) }'

/** `html`: where nobody serves `url`. */
export const openTechnicianPage = async (browser: Browser, url: string, html?: string): Promise<TechnicianPage> => {
  const recorder = await readFile(join(dirname(createRequire(import.meta.url).resolve('@rrweb/record')), 'record.umd.min.cjs'), 'utf8')
  const context = await browser.newContext({ viewport: { width: 900, height: 600 } })
  const page = await context.newPage()
  let events: unknown[] = []
  await page.exposeFunction('emitRecorded', (event: string) => void events.push(JSON.parse(event)))
  if (html !== undefined) await page.route(url, (route) => route.fulfill({ contentType: 'text/html', body: html }))
  await page.goto(url, { waitUntil: 'load' })
  await page.addScriptTag({ content: recorder })
  await page.evaluate(`(() => { const { record } = globalThis.rrwebRecord; globalThis.theRecord = record; record(${options}) })()`)
  return {
    page,
    take: () => {
      const taken = events
      events = []
      return taken
    },
    snapshot: () => page.evaluate('theRecord.takeFullSnapshot(true)'),
  }
}
