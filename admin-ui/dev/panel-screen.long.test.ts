import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { liveSessionOf, pairingCode, startFakeAgent } from './fake-agent.ts'
import { axeFindings, openPage } from './open-browser.ts'
import { panelScenes } from './panel-scenes.ts'
import { openPanel, startPages, type StartedPages } from './start-pages.ts'

let started: StartedPages
beforeAll(async () => {
  started = await startPages()
}, 60_000)
afterAll(() => started.close())
beforeEach(() => started.agent.set({ ...panelScenes[0]?.state(), pins: false }))

interface Locks {
  asked: number
  held: number
  lose(): void
}

describe('the screen stays awake', () => {
  test('while the panel is shown, again after it was hidden, and no longer when there is nothing to show', async () => {
    const mortal = await startFakeAgent({ pagesDir: started.pages.panel })
    const { page } = await openPage(started.browser, { origin: mortal.origin, locale: 'en-GB' })
    await page.addInitScript(() => {
      const alive = new Set<{ released: boolean }>()
      const locks: Locks = {
        asked: 0,
        get held() {
          return alive.size
        },
        // As a browser does when the page is hidden.
        lose: () => {
          for (const lock of alive) lock.released = true
          alive.clear()
        },
      }
      Object.assign(window, { locks })
      Object.defineProperty(navigator, 'wakeLock', {
        value: {
          request: (kind: string) => {
            if (kind !== 'screen') throw new TypeError(kind)
            locks.asked += 1
            const lock = {
              released: false,
              release: () => {
                lock.released = true
                alive.delete(lock)
                return Promise.resolve()
              },
            }
            alive.add(lock)
            return Promise.resolve(lock)
          },
        },
      })
    })
    const locks = (): Promise<readonly number[]> =>
      page.evaluate(() => {
        const { asked, held } = (window as unknown as { locks: Locks }).locks
        return [asked, held]
      })
    const become = (state: 'hidden' | 'visible'): Promise<void> =>
      page.evaluate((now) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, value: now })
        if (now === 'hidden') (window as unknown as { locks: Locks }).locks.lose()
        document.dispatchEvent(new Event('visibilitychange'))
      }, state)
    await page.goto(`${mortal.origin}/#pair=${pairingCode}`)
    await page.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()
    mortal.set({ session: liveSessionOf() })
    await page.getByRole('button', { name: 'End now' }).waitFor()
    expect(await locks()).toEqual([1, 1])
    await become('hidden')
    expect(await locks()).toEqual([1, 0])
    await become('visible')
    await expect.poll(locks).toEqual([2, 1])
    // Said again although it was never hidden: two are not held.
    await become('visible')
    await expect.poll(locks).toEqual([3, 1])
    // The agent knows this screen no more: it pairs anew, and may sleep until then.
    await page.route('**/api/**', (route) =>
      route.fulfill({
        status: 401,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'not_paired', message: '', title: '', status: 401 }),
      }),
    )
    await mortal.close()
    await page.getByRole('heading', { name: 'Pair this screen with the machine' }).waitFor()
    await expect.poll(locks).toEqual([3, 0])
    await page.context().close()
  })
})

describe('the language', () => {
  test('is switched on the page that pairs, on the panel and on the strip, and is kept', async () => {
    const { page } = await openPage(started.browser, { origin: started.agent.origin, locale: 'en-GB' })
    const lang = (): Promise<string> => page.evaluate(() => document.documentElement.lang)
    await page.goto(started.agent.origin)
    await page.getByRole('heading', { name: 'Pair this screen with the machine' }).waitFor()
    expect(await lang()).toBe('en')
    await page.getByRole('button', { name: 'Deutsch' }).click()
    await page.getByRole('heading', { name: 'Diesen Bildschirm mit der Maschine koppeln' }).waitFor()
    expect(await lang()).toBe('de')
    await page.goto(`${started.agent.origin}/?again#pair=${pairingCode}`)
    await page.getByRole('heading', { name: 'Niemand ist in dieser Maschine' }).waitFor()
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()
    await page.getByRole('button', { name: 'Deutsch' }).click()
    await page.getByRole('heading', { name: 'Niemand ist in dieser Maschine' }).waitFor()
    expect(await lang()).toBe('de')
    started.agent.set({ session: liveSessionOf() })
    await page.getByRole('button', { name: 'Jetzt beenden' }).waitFor()
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('button', { name: 'End now' }).waitFor()
    await page.goto(`${started.agent.origin}/strip`)
    await page.getByRole('button', { name: 'End now' }).waitFor()
    await page.getByRole('button', { name: 'Deutsch' }).click()
    await page.getByRole('button', { name: 'Jetzt beenden' }).waitFor()
    expect(await lang()).toBe('de')
    await page.context().close()
  })

  test('is switched on a strip that is not paired', async () => {
    const { page } = await openPage(started.browser, { origin: started.agent.origin, locale: 'en-GB' })
    await page.goto(`${started.agent.origin}/strip`)
    await page.getByText('This screen is not paired').waitFor()
    await page.getByRole('button', { name: 'Deutsch' }).click()
    await page.getByText('Dieser Bildschirm ist nicht gekoppelt').waitFor()
    await page.context().close()
  })
})

describe('high contrast', () => {
  test('leaves the edges and the marks of what is said by colour alone elsewhere', async () => {
    const { page } = await openPanel(started, pairingCode, { forcedColors: 'active', colorScheme: 'dark' })
    const edges = (selector: string): Promise<readonly string[]> =>
      page.locator(selector).evaluateAll((all) =>
        all.map((one) => {
          const { borderTopWidth, borderTopStyle, borderTopColor, backgroundColor } = getComputedStyle(one)
          return borderTopStyle !== 'none' && Number.parseFloat(borderTopWidth) >= 1 && borderTopColor !== backgroundColor
            ? 'seen'
            : one.outerHTML
        }),
      )
    for (const [name, parts] of [
      ['idle', ['.help-button', '.switch', '.switch-track', '.tool']],
      ['unattended', ['.unattended-now']],
      ['press-awaited', ['.hardware-note[data-awaiting]', '.end-now']],
      ['request', ['.allow', '.refuse', '.choice-item']],
      ['session-warning', ['.end-now', '.session-warning', '.conduct-button']],
      ['session-paused', ['.end-now', '.conduct-button']],
    ] as const) {
      started.agent.set(panelScenes.find((scene) => scene.name === name)?.state() ?? {})
      for (const part of parts) {
        await page.locator(part).first().waitFor()
        expect([name, part, ...new Set(await edges(part))]).toEqual([name, part, 'seen'])
      }
      const folder = process.env['SALLYPORT_PICTURES']
      if (folder !== undefined) await page.screenshot({ path: `${folder}/contrast-${name}.png` })
      expect(await axeFindings(page)).toEqual([])
    }
    // On and off are not the same picture.
    started.agent.set({ ...panelScenes[0]?.state() })
    const knob = (on: boolean): Promise<string> =>
      page
        .locator(`.switch[aria-checked='${on}'] .switch-track`)
        .first()
        .evaluate((track) => {
          const { left, backgroundColor } = getComputedStyle(track, '::after')
          return `${left} ${backgroundColor} ${getComputedStyle(track).backgroundColor}`
        })
    await page.getByRole('switch', { checked: true }).first().waitFor()
    expect(await knob(true)).not.toBe(await knob(false))
    await page.context().close()
  })
})
