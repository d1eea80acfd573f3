import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { liveSessionOf, pairingCode, requestOf, rightPin } from './fake-agent.ts'
import { panelScenes } from './panel-scenes.ts'
import { faultsOf, looks, openPanel, startPages } from './start-pages.ts'
import type { StartedPages } from './start-pages.ts'

let started: StartedPages
beforeAll(async () => {
  started = await startPages()
}, 60_000)
afterAll(() => started.close())

const callsTo = (act: string): unknown[] => started.agent.calls.filter(({ path }) => path.endsWith(`/${act}`)).map(({ body }) => body)

/** On the keyboard, as soon as the field has the focus by itself. */
const typePin = async (page: Page, name: string): Promise<void> => {
  const field = page.getByRole('dialog', { name }).getByLabel('PIN', { exact: true })
  await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true)
  await page.keyboard.type(rightPin)
  await page.keyboard.press('Enter')
}

describe('a panel whose operators have PINs', () => {
  test.each(looks)(
    'asks for one in $language and $colorScheme, on keys for gloves, without a fault',
    async ({ language: _, ...options }) => {
      const { page, faults } = await openPanel(started, pairingCode, options)
      started.agent.set({ pins: true, session: null, request: requestOf() })
      await page.getByRole('radio', { name: 'Olga Petrova' }).check()
      await page
        .getByRole('button', { name: /^(Remote service|Fernservice)/u })
        .and(page.locator(':enabled'))
        .click()
      const dialog = page.getByRole('dialog', { name: /^PIN (of|von) Olga Petrova$/u })
      await dialog.waitFor()
      for (const viewport of [
        { width: 1024, height: 600 },
        { width: 360, height: 740 },
      ]) {
        await page.setViewportSize(viewport)
        const keys = await dialog.getByRole('button').evaluateAll((all) =>
          all.map((one) => {
            const { width, height, bottom } = one.getBoundingClientRect()
            return { name: one.textContent, width, height, seen: bottom <= window.innerHeight }
          }),
        )
        expect(keys.length).toBeGreaterThan(12)
        expect(keys.filter(({ seen }) => !seen)).toEqual([])
        expect(keys.filter(({ width, height }) => Math.min(width, height) < 60)).toEqual([])
      }
      expect([...(await faultsOf(page)), ...faults]).toEqual([])
      await page.context().close()
    },
    30_000,
  )

  test('lets in by the right PIN alone, typed by touch or by keyboard, and shows none of it', async () => {
    const { page } = await openPanel(started, pairingCode)
    started.agent.calls.length = 0
    started.agent.set({ pins: true, session: null, request: requestOf() })
    await page.getByRole('radio', { name: 'Olga Petrova' }).check()
    const allow = page.getByRole('button', { name: /^Remote service/u })
    await allow.and(page.locator(':enabled')).click()
    const dialog = page.getByRole('dialog', { name: 'PIN of Olga Petrova' })
    const enter = dialog.getByRole('button', { name: 'OK' })
    for (const digit of ['1', '1', '1']) await dialog.getByRole('button', { name: digit, exact: true }).click()
    expect(await enter.isDisabled()).toBe(true)
    await dialog.getByRole('button', { name: '1', exact: true }).click()
    expect(await dialog.getByLabel('PIN', { exact: true }).getAttribute('type')).toBe('password')
    await enter.click()
    await dialog.getByRole('alert').getByText('This PIN is not right.').waitFor()
    expect([await dialog.getByLabel('PIN', { exact: true }).inputValue(), callsTo('approve')]).toEqual(['', []])
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await allow.and(page.locator(':enabled')).click()
    await expect.poll(() => dialog.getByLabel('PIN', { exact: true }).evaluate((field) => field === document.activeElement)).toBe(true)
    await page.keyboard.type(`${rightPin}5`)
    await dialog.getByRole('button', { name: 'Delete the last digit' }).click()
    await dialog.getByLabel('PIN', { exact: true }).press('Enter')
    await page.getByRole('banner').getByText('Mia Bauer is in this machine').waitFor()
    expect(callsTo('approve')).toEqual([expect.objectContaining({ operator: 'Olga Petrova', pin: rightPin })])
    // The machine is told before the field is there, and when it is gone: no byte of a session passes in between.
    // Another field than one that is open at a second panel.
    const where: unknown = expect.stringMatching(/^[0-9a-f-]{36}$/)
    await expect.poll(() => callsTo('typing')).toEqual([true, false, true, false].map((on) => ({ on, where })))
    expect(started.agent.calls.map(({ path }) => path.split('/').at(-1))).toEqual(['typing', 'typing', 'typing', 'approve', 'typing'])
    await page.context().close()
  })

  test('asks nothing of who refuses, ends or switches off, and a PIN of who switches on', async () => {
    const { page } = await openPanel(started, pairingCode)
    started.agent.set({ pins: true, request: requestOf() })
    await page.getByRole('button', { name: 'Refuse' }).click()
    started.agent.set({ request: null, session: liveSessionOf({ proof: 'pin' }) })
    await page.getByText('Allowed by Olga Petrova (with PIN)').waitFor()
    await page.getByRole('button', { name: 'End now' }).click()
    await page.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()
    for (const [service, pin] of [
      ['Web interface', undefined],
      ['Service shell', rightPin],
    ] as const) {
      await page.getByRole('switch', { name: new RegExp(service, 'u') }).click()
      await page.getByRole('radio', { name: 'Jonas Keller' }).check()
      await page.getByRole('button', { name: 'Switch', exact: true }).click()
      if (pin === undefined) continue
      await typePin(page, 'PIN of Jonas Keller')
      await page.getByRole('switch', { name: /Service shell/u, checked: true }).waitFor()
    }
    expect([callsTo('hmi'), callsTo('shell')]).toEqual([
      [{ enabled: false, operator: 'Jonas Keller' }],
      [{ enabled: true, operator: 'Jonas Keller', pin: rightPin }],
    ])
    started.agent.set({ pins: false })
    await page.context().close()
  })

  test('pauses and lets only look at one press, and takes that back by who shows who he is', async () => {
    const { page } = await openPanel(started, pairingCode)
    started.agent.calls.length = 0
    started.agent.set({ pins: true, request: null, session: liveSessionOf() })
    await page.getByRole('button', { name: 'Pause' }).click()
    // Both are said to who does not see the screen.
    await page.getByRole('status').getByText('Paused: nothing passes').waitFor()
    await page.getByRole('button', { name: 'View only' }).click()
    await page.getByRole('status').getByText('View only: pages can be looked at, nothing is sent').waitFor()
    await page.getByText('A filter on methods').waitFor()
    expect(callsTo('conduct')).toEqual([
      { paused: true, operator: null },
      { view_only: true, operator: null },
    ])
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('radio', { name: 'Jonas Keller' }).check()
    await page.getByRole('dialog', { name: 'Go on' }).getByRole('button', { name: 'Go on' }).click()
    await typePin(page, 'PIN of Jonas Keller')
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    expect(callsTo('conduct').at(-1)).toEqual({ paused: false, session: liveSessionOf().id, operator: 'Jonas Keller', pin: rightPin })
    started.agent.set({ pins: false, session: null })
    await page.context().close()
  })

  test('loosens how a service may be entered by PIN, tightens it without, and says it for as long as it holds', async () => {
    const { page } = await openPanel(started, pairingCode)
    started.agent.calls.length = 0
    started.agent.set({ ...panelScenes[0]?.state(), pins: true })
    await page.getByRole('button', { name: 'Change: Entering Web interface' }).click()
    const dialog = page.getByRole('dialog', { name: 'Entering Web interface' })
    await dialog.getByRole('radio', { name: /^Unattended/u }).check()
    await dialog.getByText('Looser than now').waitFor()
    await dialog.getByRole('radio', { name: 'Olga Petrova' }).check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await typePin(page, 'PIN of Olga Petrova')
    await page.getByText('Unattended: Web interface').waitFor()
    await page.getByRole('button', { name: 'Change: Entering Web interface' }).click()
    await dialog.getByRole('radio', { name: /^May come back/u }).check()
    await dialog.getByRole('radio', { name: '5 min', exact: true }).check()
    await dialog.getByRole('radio', { name: 'Jonas Keller' }).check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Unattended: Web interface').waitFor({ state: 'detached' })
    expect(callsTo('hmi')).toEqual([
      { mode: 'unattended', operator: 'Olga Petrova', pin: rightPin },
      { mode: 'reconnect', minutes: 5, operator: 'Jonas Keller' },
    ])
    started.agent.set({ pins: false })
    await page.context().close()
  })
})
