import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { openAtPortal, signInAtPortal } from '../support/people-at-pages.ts'
import { runDemo, type RunningDemoProcess } from '../support/running-demo.ts'

const mebibyte = 1024 * 1024
const bigMb = 200

/** Pictures for whoever wants to look: `SALLYPORT_PICTURES=DIR npm test`. */
const pictures = process.env['SALLYPORT_PICTURES']

describe('the main job, through the pages alone', () => {
  let demo: RunningDemoProcess
  let browser: Browser
  let folder: string
  let technician: Page
  let operator: Page
  let machine: Page

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-journey-'))
    demo = await runDemo()
    browser = await launchChromium()
    technician = await (await newContext()).newPage()
    operator = await (await newContext()).newPage()
  }, 90_000)

  afterAll(async () => {
    await browser.close()
    await demo[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  const newContext = (): Promise<BrowserContext> =>
    browser.newContext({ locale: 'en-GB', acceptDownloads: true, viewport: { width: 1280, height: 800 } })
  const picture = async (page: Page, name: string): Promise<void> => {
    if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`) })
  }

  it('signs in, reads the undertaking and shows two of the three machines', async () => {
    await signInAtPortal(technician, demo.description.portal, demo.account('mia'))
    await technician.getByText('Press 7').first().waitFor()
    await technician.getByText('Plate setter 3').first().waitFor()
    expect(await technician.getByText('Workflow server 1').count()).toBe(0)
    await picture(technician, 'machines')
  }, 60_000)

  it('asks, and the panel shows who asks, with photo and reason', async () => {
    await operator.goto(demo.machine('press-7').panel)
    await operator.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()
    await technician.getByRole('link', { name: 'Press 7' }).click()
    await picture(technician, 'machine')
    await technician
      .getByRole('link', { name: /^Ask for/ })
      .or(technician.getByRole('button', { name: /^Ask for/ }))
      .first()
      .click()
    await technician.getByLabel('Reason').fill('Ink temperature drifts since the night shift')
    await picture(technician, 'ask')
    await technician.getByRole('button', { name: 'Ask the operator' }).click()
    await technician
      .getByText(/Waiting for the operator/)
      .first()
      .waitFor()
    await operator.getByText('Mia Brandt').first().waitFor()
    await operator.getByText('Ink temperature drifts since the night shift').waitFor()
    const photo = operator.getByRole('img', { name: /Mia Brandt/ }).first()
    expect(await photo.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth)).toBe(256)
    await picture(operator, 'panel-request')
  }, 60_000)

  it('opens after the press, and live values move', async () => {
    await operator.getByRole('radio', { name: 'Olga Neumann' }).check({ force: true })
    await operator.getByRole('button', { name: /^Remote service/ }).click()
    await operator.getByRole('button', { name: 'End now' }).waitFor()
    machine = await openAtPortal(technician)
    await machine.getByLabel('Name').fill('service')
    await machine.getByLabel('Password').fill('press')
    await machine.getByRole('button', { name: 'Sign in' }).click()
    await machine.getByText('live', { exact: true }).waitFor()
    const sheets = (): Promise<string> => machine.locator('#sheets').innerText()
    const first = await sheets()
    await expect.poll(sheets, { timeout: 10_000 }).not.toBe(first)
    expect(new URL(machine.url()).search).toBe('')
    await picture(machine, 'machine-page')
    await picture(operator, 'panel-session')
    await picture(technician, 'session')
  }, 60_000)

  it(`carries ${bigMb} MB down and up with the right SHA-256`, async () => {
    const download = machine.waitForEvent('download')
    await machine.evaluate((mb) => {
      // Runs in the page, where these names are the browser's.
      const { document } = globalThis as unknown as {
        document: { createElement(name: string): { href: string; download: string; click(): void } }
      }
      const link = document.createElement('a')
      link.href = `/download?mb=${mb}`
      link.download = 'log.bin'
      link.click()
    }, bigMb)
    const file = join(folder, 'log.bin')
    await (await download).saveAs(file)
    const bytes = await readFile(file)
    const { digest } = pressLog(bigMb)
    expect(bytes.length).toBe(bigMb * mebibyte)
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(digest)

    await machine.getByLabel('Print data').setInputFiles(file)
    await machine.getByRole('button', { name: 'Load' }).click()
    await expect.poll(() => machine.locator('#loaded').innerText(), { timeout: 90_000 }).toContain(digest)
  }, 180_000)

  it('ends when the operator ends it: the WebSocket within a second, and the page says who', async () => {
    const closed = machine.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const page = globalThis as unknown as {
            socket?: unknown
            eval(code: string): { addEventListener(name: string, listener: () => void): void }
          }
          page.eval('socket').addEventListener('close', () => resolve(Date.now()))
        }),
    )
    const pressedAt = Date.now()
    await operator.getByRole('button', { name: 'End now' }).click()
    expect((await closed) - pressedAt).toBeLessThan(1_000)
    await technician.getByRole('heading', { name: 'The operator ended the session at the machine.' }).waitFor()
    await picture(technician, 'session-over')
    await machine.reload()
    await machine
      .getByText(/operator/i)
      .first()
      .waitFor()
    await picture(machine, 'machine-over')
  }, 60_000)

  it('signs out at the portal and at the identity provider', async () => {
    await technician.getByRole('button', { name: /Account of Mia Brandt/ }).click()
    await technician.getByRole('button', { name: 'Sign out' }).click()
    await technician.getByRole('heading', { name: 'You are signed out' }).waitFor()
    await technician.goto(`${demo.description.portal}/machines`)
    await technician
      .getByRole('button', { name: 'Sign in' })
      .or(technician.getByRole('link', { name: 'Sign in' }))
      .first()
      .click()
    await technician.getByLabel('Password').waitFor()
  }, 60_000)
})

/** The press's log as its maker would compute it, apart from the program under test. */
function pressLog(mb: number): { digest: string } {
  const block = Buffer.alloc(mebibyte)
  for (let at = 0; at < mebibyte; at += 1) block[at] = (at * 31 + (at >> 8)) & 0xff
  const hash = createHash('sha256')
  for (let count = 0; count < mb; count += 1) hash.update(block)
  return { digest: hash.digest('hex') }
}
