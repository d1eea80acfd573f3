import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Frame, Page } from 'playwright-core'
import { longPast } from './fake-history.ts'
import { lowTargets } from './low-targets.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createBenchAuthority } from '../../agent/testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../../agent/testing/agent-bench.ts'
import { openTestPage } from '../../agent/testing/test-mirror.ts'
import { buildPages } from './build-pages.ts'
import { pairingCode } from './fake-agent.ts'
import { hostileEvents, machineHtml } from './mirror-pages.ts'
import { recordMirrorScene } from './mirror-scenes.ts'
import { axeFindings, openBrowser, openPage } from './open-browser.ts'
import { faultsOf, looks, openPanel, startPages } from './start-pages.ts'
import type { StartedPages } from './start-pages.ts'
import { openTechnicianPage } from './technician-page.ts'

const pageId = (n: number): string => n.toString(16).padStart(32, '0')
/** The document that the picture draws. */
const drawnIn = (page: Page): Frame | undefined =>
  page.frames().findLast((frame) => frame.parentFrame()?.parentFrame() === page.mainFrame())

describe('a session that this machine recorded', () => {
  let pages: Awaited<ReturnType<typeof buildPages>>
  let browser: Browser
  let authority: BenchAuthority
  let bench: AgentBench
  beforeAll(async () => {
    ;[pages, browser] = await Promise.all([buildPages(), openBrowser()])
    authority = await createBenchAuthority({ settings: { panel: { port: 0, pagesDir: pages.panel } } })
  }, 60_000)
  afterAll(async () => {
    authority.close()
    await browser.close()
    await pages.remove()
  })
  beforeEach(async () => {
    bench = await authority.open()
  })
  afterEach(() => bench.close())

  const openReplay = async () => {
    const opened = await openPage(browser, { origin: bench.agent.panelUrl, viewport: { width: 1024, height: 600 }, locale: 'en-GB' })
    await opened.page.goto(bench.agent.newPairingUrl())
    await opened.page.getByRole('button', { name: 'See what happened' }).first().click()
    return opened
  }
  const end = async (session: string): Promise<void> => {
    await bench.panel.call('POST', '/api/session/end', { body: { operator: 'Olga' } })
    await expect.poll(async () => (await bench.panel.state()).history.find((one) => one.session === session)?.recording?.state).toBe('kept')
  }

  test('is replayed after the agent started anew: played, sought, and from a step to its moment', async () => {
    const { session } = await bench.openSession()
    const technician = await openTechnicianPage(browser, 'http://press-1.example/setup', machineHtml)
    const to = await openTestPage(bench, session, pageId(1))
    const pass = (first = false): void =>
      to.send({
        events: technician.take(),
        ...(first ? { page: { url: technician.page.url(), title: 'Press 1', width: 900, height: 600 } } : {}),
      })
    pass(true)
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    await technician.page.getByRole('button', { name: 'Start calibration' }).click()
    pass()
    await bench.through(session, { path: '/start', method: 'POST' }, 'body')
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    await technician.page.getByRole('button', { name: 'One more' }).click()
    pass()
    await new Promise((resolve) => setTimeout(resolve, 500))
    await technician.page.context().close()
    await bench.panel.call('POST', '/api/session/chat', { body: { text: 'All well?', operator: 'Olga' } })
    await end(session)
    await bench.agent.close()
    await bench.restart()

    const { page, faults } = await openReplay()
    const steps = page.getByRole('list')
    await page.getByRole('heading', { name: 'What Mia Maier did' }).waitFor()
    await expect.poll(() => drawnIn(page)?.locator('#state').textContent(), { timeout: 8_000 }).toBe('Ready')
    await expect.poll(() => drawnIn(page)?.locator('#count').textContent(), { timeout: 12_000 }).toBe('1')
    for (const said of ['The session began', 'Opened “Press 1”', 'Clicked “Start calibration”', 'POST /start', 'Olga wrote: All well?'])
      await steps.getByText(said).first().waitFor()
    await page.getByRole('button', { name: 'Play' }).waitFor({ timeout: 8_000 })
    await steps.getByText('Clicked “Start calibration”').click()
    await expect.poll(() => drawnIn(page)?.locator('#state').textContent()).toBe('Calibrating')
    expect(await drawnIn(page)?.locator('#count').textContent()).toBe('0')
    const moment = page.getByRole('slider', { name: 'Moment of the recording' })
    await moment.focus()
    await page.keyboard.press('Home')
    await expect.poll(() => moment.getAttribute('aria-valuetext')).toMatch(/^0:00 of/u)
    await page.keyboard.press('End')
    await expect.poll(() => drawnIn(page)?.locator('#count').textContent()).toBe('1')
    expect([...faults, ...(await axeFindings(page))]).toEqual([])
    await page.getByRole('button', { name: 'Back' }).click()
    await page.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()
    await page.context().close()
  }, 60_000)

  test('that means harm asks nobody for anything and runs nothing when it is replayed', async () => {
    const { session } = await bench.openSession()
    const forged = await openTestPage(bench, session, pageId(2))
    const arrived: string[] = []
    const elsewhere = createServer((request, response) => {
      arrived.push(request.url ?? '')
      response.end()
    }).on('connection', () => arrived.push('a connection'))
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`
    for (const events of hostileEvents(origin)) forged.send({ events })
    await new Promise((resolve) => setTimeout(resolve, 300))
    await end(session)
    const { page } = await openReplay()
    const opened: string[] = []
    page.context().on('page', () => opened.push('a new page'))
    page.context().on('requestfinished', (request) => opened.push(request.url()))
    page.on('dialog', (dialog) => opened.push(dialog.message()))
    const address = page.url()
    await expect.poll(() => drawnIn(page)?.locator('#forged-last').count(), { timeout: 8_000 }).toBe(1)
    // What is there to be pressed leads nowhere either.
    await drawnIn(page)?.evaluate(() => document.querySelectorAll('a').forEach((link) => link.click()))
    await page.waitForTimeout(1_000)
    const ran = await Promise.all(page.frames().map((frame) => frame.evaluate(() => 'harmed' in window || localStorage.getItem('harmed'))))
    expect(ran.filter(Boolean)).toEqual([])
    const own = [new URL(bench.agent.panelUrl).origin, new URL(page.frames()[1]?.url() ?? '').origin]
    expect(opened.filter((url) => !/^(?:data|blob|about):/u.test(url) && !own.some((one) => url.startsWith(`${one}/`)))).toEqual([])
    expect([arrived, page.url()]).toEqual([[], address])
    elsewhere.close()
    await page.context().close()
  }, 40_000)
})

describe('the replay on the panel', () => {
  let started: StartedPages
  beforeAll(async () => {
    started = await startPages()
    started.agent.mirror.set(await recordMirrorScene(started.browser))
  }, 60_000)
  afterAll(() => started.close())
  beforeEach(() => started.agent.set({ request: null, session: null, pins: true }))

  test.each(looks)(
    'has no fault in $language and $colorScheme, with targets for gloves',
    async ({ language, ...options }) => {
      const { page, faults } = await openPanel(started, pairingCode, options)
      await page.getByRole('button', { name: language === 'en' ? 'See what happened' : 'Ansehen, was geschah' }).click()
      await page
        .getByRole('button', { name: language === 'en' ? /Clicked “Start/u : /Klickte „Start/u })
        .first()
        .click()
      await expect.poll(() => drawnIn(page)?.locator('#state').textContent(), { timeout: 8_000 }).toBe('Calibrating')
      for (const viewport of [
        { width: 1024, height: 600 },
        { width: 360, height: 740 },
      ]) {
        await page.setViewportSize(viewport)
        const sizes = await page
          .locator('.replay :is(button, input)')
          .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height))
        expect(sizes.length).toBeGreaterThan(8)
        expect(sizes.filter((height) => height < 60)).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
      }
      expect([...(await faultsOf(page)), ...faults]).toEqual([])
      await page.context().close()
    },
    40_000,
  )

  test('is deleted by somebody who shows that he may, and the history says who', async () => {
    const { page } = await openPanel(started, pairingCode, {})
    await page.getByRole('button', { name: 'See what happened' }).click()
    await page.getByRole('button', { name: 'Delete the recording' }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete this recording?' })
    await dialog.getByRole('radio', { name: 'Olga Petrova' }).check()
    await dialog.getByRole('button', { name: 'Delete the recording' }).click()
    await page.getByRole('dialog', { name: /PIN/u }).getByLabel('PIN', { exact: true }).fill('2468')
    await page.keyboard.press('Enter')
    const deleting = { method: 'POST', path: '/api/recordings/ses_9/delete', body: { operator: 'Olga Petrova', pin: '2468' } }
    await expect.poll(() => started.agent.calls).toContainEqual(deleting)
    const recording = { state: 'deleted', bytes: 1, stopped: null, protected_by: null, by: 'Olga Petrova', at: Date.now() } as const
    started.agent.set({ history: [{ ...(await historyEntry()), recording }] })
    await page.getByText('The recording was deleted by Olga Petrova').waitFor()
    await page.context().close()
  }, 30_000)

  test('is found in a past of any length: older ones are shown a page at a time, and each is replayed', async () => {
    const { page } = await openPanel(started, pairingCode, {})
    started.agent.set({ history: longPast.slice(0, 20), acts: [] })
    const guests = page.locator('.history').getByText(/^Guest \d+$/u)
    await expect.poll(() => guests.count()).toBe(20)
    const older = page.getByRole('button', { name: 'Show older' })
    expect(await lowTargets(page.locator('.history-older'))).toEqual([])
    await older.click()
    await expect.poll(() => guests.count()).toBe(39)
    await older.click()
    await expect.poll(() => guests.allTextContents()).toEqual(longPast.map(({ technician }) => technician.name))
    await older.waitFor({ state: 'detached' })
    await page.locator('li').filter({ hasText: 'Guest 44' }).getByRole('button', { name: 'See what happened' }).click()
    await page.getByRole('heading', { name: 'What Guest 44 did' }).waitFor()
    expect(started.agent.calls).toContainEqual({ method: 'GET', path: '/api/recordings/ses_p44/0', body: {} })
    await page.getByRole('button', { name: 'Back' }).click()
    await guests.getByText('Guest 44').waitFor()
    // A session that is new leaves no gap between what the agent tells and what was read before.
    const newest = { ...(await historyEntry()), started_at: Date.now(), recording: null }
    started.agent.set({ history: [newest, ...longPast.slice(0, 19)] })
    await page.locator('.history').getByText('Mia Bauer').waitFor()
    await expect.poll(() => guests.count()).toBe(45)
    await page.context().close()
  }, 30_000)

  test('is protected with a name alone, and freed by somebody who shows that he may', async () => {
    const recording = { state: 'kept', bytes: 1, stopped: null, protected_by: null, by: null, at: null } as const
    started.agent.set({ history: [{ ...(await historyEntry()), recording }] })
    const { page } = await openPanel(started, pairingCode, {})
    await page.getByRole('button', { name: 'See what happened' }).click()
    const press = async (name: string): Promise<void> => {
      await page.getByRole('button', { name }).click()
      await page.getByRole('dialog').getByRole('radio', { name: 'Olga Petrova' }).check()
      await page.getByRole('dialog').getByRole('button', { name }).click()
    }
    const asked = { method: 'POST', path: '/api/recordings/ses_9/protect' }
    await press('Protect the recording')
    await expect.poll(() => started.agent.calls).toContainEqual({ ...asked, body: { operator: 'Olga Petrova', protected: true } })
    started.agent.set({ history: [{ ...(await historyEntry()), recording: { ...recording, protected_by: 'Olga Petrova' } }] })
    await page.getByText('Protected by Olga Petrova').waitFor()
    await press('Take the protection away')
    await page.getByRole('dialog', { name: /PIN/u }).getByLabel('PIN', { exact: true }).fill('2468')
    await page.keyboard.press('Enter')
    const freed = { ...asked, body: { operator: 'Olga Petrova', pin: '2468', protected: false } }
    await expect.poll(() => started.agent.calls).toContainEqual(freed)
    // Where there are no PINs, the question says that the name alone stands for it.
    started.agent.set({ pins: false })
    await page.getByRole('button', { name: 'Delete the recording' }).click()
    await page.getByRole('dialog').getByText('This machine has no PINs: your name stands for you.').waitFor()
    await page.context().close()
  }, 30_000)

  const historyEntry = async () => {
    const { technician } = await import('./fake-agent.ts')
    return {
      session: 'ses_9',
      technician,
      started_at: Date.now() - 7_200_000,
      ended_at: Date.now() - 5_000_000,
      outcome: 'ended' as const,
      reason: 'ended_by_operator',
      by: 'Olga Petrova',
      messages: 0,
    }
  }
})
