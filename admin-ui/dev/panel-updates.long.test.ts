import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pairingCode, rightPin } from './fake-agent.ts'
import { noUpdate, updateFailed, updateOf } from './fake-update.ts'
import { faultsOf, openPanel, startPages } from './start-pages.ts'
import type { StartedPages } from './start-pages.ts'

let started: StartedPages
beforeAll(async () => {
  started = await startPages()
}, 60_000)
afterAll(() => started.close())

const bodies = (): unknown[] => started.agent.calls.filter(({ path }) => path === '/api/update').map(({ body }) => body)

describe('an update at the panel', () => {
  test('says what it is, who signed it and what is new, and is agreed to with a PIN', async () => {
    const { page, faults } = await openPanel(started, pairingCode)
    started.agent.calls.length = 0
    started.agent.set({ pins: true, session: null, request: null, updates: updateOf() })
    const note = page.getByRole('region', { name: 'Update to version 1.3.0' })
    await note.getByText('From 1.2.0 to 1.3.0. Signed by northwind-release-a and northwind-release-b.').waitFor()
    await note.getByText('Comes back sooner after the network was away.').waitFor()
    for (const name of ['Install', 'Decline']) {
      const box = await note.getByRole('button', { name }).boundingBox()
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(60)
    }
    await note.getByRole('button', { name: 'Install' }).click()
    const dialog = page.getByRole('dialog', { name: 'Install version 1.3.0' })
    await dialog.getByText(/version 1\.2\.0 runs again\. This needs the PIN/u).waitFor()
    await dialog.getByRole('radio', { name: 'Olga Petrova' }).check()
    await dialog.getByRole('button', { name: 'Install' }).click()
    const field = page.getByRole('dialog', { name: 'PIN of Olga Petrova' }).getByLabel('PIN', { exact: true })
    await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.type(rightPin)
    await page.keyboard.press('Enter')
    await note.getByText('Olga Petrova agreed. It is installed when the gateway is reached.').waitFor()
    expect(bodies()).toEqual([{ sha256: 'a'.repeat(64), agree: true, operator: 'Olga Petrova', pin: rightPin }])
    // It can be taken back until it begins.
    await note.getByRole('button', { name: 'Decline' }).click()
    const declining = page.getByRole('dialog', { name: 'Decline version 1.3.0' })
    await declining.getByRole('radio', { name: 'Olga Petrova' }).check()
    await declining.getByRole('button', { name: 'Decline' }).click()
    await note.waitFor({ state: 'detached' })
    expect(bodies().at(-1)).toEqual({ sha256: 'a'.repeat(64), agree: false, operator: 'Olga Petrova' })
    expect([...(await faultsOf(page)), ...faults]).toEqual([])
    await page.context().close()
  }, 60_000)

  test('that was taken back is named with the reason, in German too, and keys for development are', async () => {
    const { page } = await openPanel(started, pairingCode, { locale: 'de-DE' })
    started.agent.set({ pins: false, session: null, request: null, updates: updateFailed('not_reached') })
    await page.getByText('Die Aktualisierung auf Version 1.3.0 wurde zurückgenommen: Version 1.2.0 läuft.').waitFor()
    await page.getByText('Die neue Version hat das Gateway nicht rechtzeitig erreicht. Sie kann noch einmal versucht werden.').waitFor()
    started.agent.set({ updates: updateFailed('something_new') })
    await page.getByText('Grund: something_new').waitFor()
    started.agent.set({ updates: { ...updateOf(), keys: 'development' } })
    await page.getByText(/^Mit Schlüsseln für die Entwicklung signiert/u).waitFor()
    started.agent.set({ updates: noUpdate })
    await page.getByRole('heading', { name: 'Niemand ist in dieser Maschine' }).waitFor()
    expect(await page.getByText('Aktualisierung').count()).toBe(0)
    await page.context().close()
  }, 60_000)
})
