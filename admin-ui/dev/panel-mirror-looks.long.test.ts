import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { liveSessionOf, pairingCode } from './fake-agent.ts'
import type { FakeMirrorScene } from './fake-mirror.ts'
import { recordMirrorScene } from './mirror-scenes.ts'
import { tabTo } from './open-browser.ts'
import { faultsOf, looks, movingParts, openPanel, startPages } from './start-pages.ts'
import type { StartedPages } from './start-pages.ts'

let started: StartedPages
let recorded: FakeMirrorScene
beforeAll(async () => {
  started = await startPages()
  recorded = await recordMirrorScene(started.browser)
}, 60_000)
afterAll(() => started.close())
beforeEach(() => started.agent.set({ request: null, session: null }))

const openWith = async (scene: FakeMirrorScene, options: object = {}, session = liveSessionOf()) => {
  started.agent.mirror.set(scene)
  const opened = await openPanel(started, pairingCode, options)
  started.agent.set({ session })
  return opened
}
const liveIn = (page: Page) =>
  page.getByRole('region', { name: /^(What the technician sees|Was der Techniker sieht)$/u }).getByText('Live', { exact: true })
const picture = (page: Page) => page.frames().findLast((frame) => frame.parentFrame()?.parentFrame() === page.mainFrame())

describe('the live mirror on the panel', () => {
  test.each(looks)(
    'shows picture and steps without a fault in $language and $colorScheme, with targets for gloves',
    async ({ language, ...options }) => {
      const { page, faults } = await openWith(recorded, options)
      await expect.poll(() => picture(page)?.locator('#state').textContent(), { timeout: 8_000 }).toBe('Calibrating')
      await liveIn(page).waitFor()
      const steps = page.getByRole('list', { name: language === 'en' ? 'Steps' : 'Schritte' })
      const words =
        language === 'en'
          ? [
              'Opened “Press 1”',
              'Clicked “Start calibration”',
              'Changed “Speed” from “10” to “12”',
              'No step explains this',
              'under way',
              'log.zip\u2069”, 2',
            ]
          : [
              'Öffnete „Press 1“',
              'Klickte „Start calibration“',
              'Änderte „Speed“ von „10“ auf „12“',
              'Kein Schritt erklärt das',
              'läuft',
              'log.zip\u2069“ heruntergeladen, 2',
            ]
      for (const word of words) await steps.getByText(word).first().waitFor()
      expect([await steps.getByText('/api/state').count(), await steps.getByText('/api/calibration').count()]).toEqual([0, 1])
      expect(await page.content()).not.toContain('hunter2')
      for (const viewport of [
        { width: 1024, height: 600 },
        { width: 360, height: 740 },
      ]) {
        await page.setViewportSize(viewport)
        const sizes = await page
          .locator('.mirror :is(button, .choice-item)')
          .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height))
        expect(sizes.length).toBe(5)
        expect(sizes.filter((height) => height < 60)).toEqual([])
        const frame = await page.locator('.mirror-space').boundingBox()
        expect(frame?.width).toBeGreaterThan(viewport.width === 360 ? 300 : 500)
      }
      await page.setViewportSize({ width: 1024, height: 600 })
      expect([...(await faultsOf(page)), ...(await movingParts(page)), ...faults]).toEqual([])
      await page.context().close()
    },
    40_000,
  )

  test('shows all requests when asked to, by keys alone', async () => {
    const { page } = await openWith(recorded)
    await page.getByText('Changed “Speed”').first().waitFor()
    await tabTo(page, page.getByRole('button', { name: 'Show all requests' }))
    await page.keyboard.press('Enter')
    await page.getByText('GET /api/state').waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('GET /api/state').waitFor({ state: 'detached' })
    await page.context().close()
  })

  test('fills the width of the screen when asked to', async () => {
    const { page } = await openWith(recorded)
    await expect.poll(() => picture(page)?.locator('#state').count(), { timeout: 8_000 }).toBe(1)
    await page.getByRole('button', { name: 'Larger' }).click()
    await expect.poll(async () => (await page.locator('.mirror-space').boundingBox())?.width).toBeGreaterThan(930)
    const scale = () =>
      page
        .frames()[1]
        ?.locator('.layer')
        .evaluate((layer) => layer.getBoundingClientRect().width)
    await expect.poll(scale).toBeGreaterThan(900)
    await page.getByRole('button', { name: 'Smaller' }).click()
    await expect.poll(scale).toBeLessThan(600)
    await page.context().close()
  })

  test('draws the page that the operator chooses, and tells no step twice', async () => {
    const { page } = await openWith(recorded)
    await page.getByText('Changed “Speed”').first().waitFor()
    const before = await page.locator('.step-list li').count()
    await page.getByRole('radio', { name: /^Alarms/u }).check()
    await expect.poll(() => picture(page)?.locator('#state').textContent(), { timeout: 8_000 }).toBe('Calibrating')
    expect(await page.locator('.step-list li').count()).toBe(before)
    await page.context().close()
  })

  test.each([
    ['the customer switched it off', { wanted: false }, 'The picture is switched off at this machine'],
    ['no page is open', {}, 'No picture yet'],
    [
      'the page cannot be recorded',
      {
        pages: [
          {
            id: 'c'.repeat(32),
            service: 'hmi',
            opened_at: 1,
            told: { url: 'http://m/x', title: '', width: 0, height: 0 },
            hole: 'sandboxed' as const,
          },
        ],
      },
      'This page cannot be shown: the machine forbids it',
    ],
  ])('says why there is no picture when %s', async (_name, scene, said) => {
    const { page, faults } = await openWith(scene)
    await page.getByText(said).waitFor()
    expect(await liveIn(page).count()).toBe(0)
    expect([...(await faultsOf(page)), ...faults]).toEqual([])
    await page.context().close()
  })

  test('names services that have no pages, and a picture that stands because of a pause', async () => {
    const shell = liveSessionOf().services.filter(({ name }) => name === 'shell')
    const bytes = await openWith({}, {}, liveSessionOf({ services: shell }))
    await bytes.page.getByText('These services have no pages').waitFor()
    await bytes.page.context().close()
    const { page } = await openWith(recorded, {}, liveSessionOf({ paused: true }))
    await expect.poll(() => picture(page)?.locator('#state').textContent(), { timeout: 8_000 }).toBe('Calibrating')
    await page.getByRole('region', { name: 'What the technician sees' }).getByText('Paused', { exact: true }).waitFor()
    expect(await liveIn(page).count()).toBe(0)
    await page.context().close()
  })
})
