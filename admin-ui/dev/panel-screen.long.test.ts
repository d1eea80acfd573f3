import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { liveSessionOf, pairingCode, requestOf, startFakeAgent } from './fake-agent.ts'
import { lowTargets } from './low-targets.ts'
import { axeFindings, openPage } from './open-browser.ts'
import { panelScenes } from './panel-scenes.ts'
import { openPanel, startPages, type StartedPages } from './start-pages.ts'

let started: StartedPages
beforeAll(async () => {
  started = await startPages()
}, 60_000)
afterAll(() => started.close())
beforeEach(() => started.agent.set({ ...panelScenes[0]?.state(), pins: false }))

const keepPicture = async (page: Page, name: string): Promise<void> => {
  const folder = process.env['SALLYPORT_PICTURES']
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` })
}

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
      ['press-awaited', ['.press-awaited', '.end-now']],
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

describe('at 2 m', () => {
  /**
   * ISO 9241-303 asks for letters that span at least 16 minutes of arc: capitals of 2,000 mm * tan(16/60 degrees) = 9.3 mm. A screen of 10.1
   * inch (256.5 mm) with 1024x600 px has a pixel of 256.5 / hypot(1024, 600) = 0.216 mm: capitals of 43.1 px.
   */
  const leastPx = (2_000 * Math.tan((16 / 60) * (Math.PI / 180))) / (256.5 / Math.hypot(1024, 600))

  /** Height of the letters as the font of this browser draws them. */
  const capitalsOf = (where: Locator): Promise<number> =>
    where.evaluate((element) => {
      const pen = document.createElement('canvas').getContext('2d')
      if (pen === null) throw new Error('no canvas')
      const { fontWeight, fontSize, fontFamily } = getComputedStyle(element)
      pen.font = `${fontWeight} ${fontSize} ${fontFamily}`
      return pen.measureText('H').actualBoundingBoxAscent
    })
  test.each([
    ['en-GB', 'Nobody is in', 'switched off', /^0:5\d$/u],
    ['de-DE', 'Niemand ist', 'ausgeschaltet', /^0:5\d$/u],
  ] as const)('the machine, how it stands, who asks and how long he waits are read, in %s', async (locale, nobody, off, waits) => {
    const { page } = await openPanel(started, pairingCode, { locale })
    const readFar = async (where: string, text: string | RegExp): Promise<void> => {
      const part = page.locator(`${where} .far-text`).getByText(text)
      await part.waitFor()
      expect([text, await capitalsOf(part)]).toEqual([text, expect.toSatisfy((px: number) => px >= leastPx)])
      // In one line, and nothing of it outside the screen.
      const box = await part.boundingBox()
      expect(box?.height).toBeLessThan(100)
      expect((box?.x ?? 0) + (box?.width ?? Infinity)).toBeLessThanOrEqual(1024)
    }
    await readFar('.panel-top', 'Press 1')
    await readFar('.idle h1', nobody)
    expect((await page.locator('.idle-sign svg').boundingBox())?.height).toBeGreaterThanOrEqual(leastPx)
    await keepPicture(page, `far-${locale}-idle`)
    started.agent.set(panelScenes.find(({ name }) => name === 'delivered')?.state() ?? {})
    await readFar('.idle h1', off)
    started.agent.set({ ...panelScenes[0]?.state(), request: requestOf() })
    await readFar('.panel-top', 'Press 1')
    await readFar('.request h1', 'Mia Bauer')
    await readFar('.refuse-timer', waits)
    // What has to be chosen is in sight above the buttons, which are a third of the screen.
    const band = await page.locator('.request-band').boundingBox()
    expect(band?.height).toBeGreaterThanOrEqual(600 / 3)
    const choices = await page.locator('.request .choice-item, .request .duration-step button').all()
    expect(choices.length).toBe(7)
    for (const choice of choices) {
      const box = await choice.boundingBox()
      expect((box?.y ?? 0) + (box?.height ?? Infinity)).toBeLessThanOrEqual(band?.y ?? 0)
    }
    await keepPicture(page, `far-${locale}-request`)
    await page.context().close()
  })

  test('a press that is awaited at the machine stays in sight wherever the page is scrolled to', async () => {
    const { page } = await openPanel(started, pairingCode, {})
    for (const viewport of [
      { width: 1024, height: 600 },
      { width: 360, height: 740 },
    ]) {
      await page.setViewportSize(viewport)
      for (const session of [liveSessionOf(), null]) {
        started.agent.set({ ...panelScenes.find(({ name }) => name === 'press-awaited')?.state(), session })
        const note = page.getByRole('alert').filter({ hasText: 'Press the button at the machine now.' })
        await note.waitFor()
        await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
        await page.waitForFunction(() => scrollY > 100)
        // Not under the bar either: what lies at its middle is the note itself.
        const seen = await note.evaluate((element) => {
          const { left, top, width, height } = element.getBoundingClientRect()
          return element.contains(document.elementFromPoint(left + width / 2, top + height / 2))
        })
        expect([viewport.width, session?.id, seen]).toEqual([viewport.width, session?.id, true])
        await keepPicture(page, `awaited-${viewport.width}-${session === null ? 'idle' : 'session'}`)
      }
    }
    await page.context().close()
  })

  test.each(['en-GB', 'de-DE'])('who is in, that somebody is in, and the time left are read, in %s', async (locale) => {
    const { page } = await openPanel(started, pairingCode, { locale })
    const capitals = (selector: string): Promise<number> => capitalsOf(page.locator(selector))
    const bar = page.locator('.session-bar')
    const whole = (): Promise<boolean> =>
      page
        .locator('.session-bar, .session-who .far-text, .session-bar .end-now')
        .evaluateAll((all) => all.every((one) => one.scrollWidth <= one.clientWidth && getComputedStyle(one).textOverflow !== 'ellipsis'))
    for (const expiresInS of [3_125, 7_100]) {
      started.agent.set({ session: liveSessionOf({ expires_at: Math.floor(Date.now() / 1_000) + expiresInS }) })
      await page
        .locator('.session-left-time')
        .getByText(expiresInS > 3_600 ? /^1:58:/u : /^52:/u)
        .waitFor()
      expect(await capitals('.session-who .far-text')).toBeGreaterThanOrEqual(leastPx)
      expect(await capitals('.session-left-time')).toBeGreaterThanOrEqual(leastPx)
      expect(await whole()).toBe(true)
      // A sign, as high as a letter, and the frame around the whole screen.
      expect((await bar.locator('.state svg').boundingBox())?.height).toBeGreaterThanOrEqual(leastPx)
      expect((await bar.boundingBox())?.height).toBeLessThanOrEqual(600 / 3)
      await keepPicture(page, `far-${locale}-${expiresInS}`)
    }
    // A long name is whole, and leaves room for the rest.
    const name = 'Maximiliane-Charlotte von und zu Donaudampfschifffahrt'
    started.agent.set({ session: liveSessionOf({ technician: { ...liveSessionOf().technician, name } }) })
    await bar.getByText(name).waitFor()
    expect((await bar.boundingBox())?.height).toBeLessThanOrEqual(600 / 3)
    expect(await whole()).toBe(true)
    await keepPicture(page, `far-${locale}-long`)
    await page.context().close()
  })
})

describe('the sound', () => {
  test('has a sheet: when it sounds, how loud, and a tone to try; it stays as it was chosen', async () => {
    const { page } = await openPanel(started, pairingCode, {})
    await page.addInitScript(() => {
      const Real = AudioContext
      Object.assign(window, { peaks: [] })
      window.AudioContext = class extends Real {
        override createGain(): GainNode {
          const gain = super.createGain()
          const rise = gain.gain.exponentialRampToValueAtTime.bind(gain.gain)
          gain.gain.exponentialRampToValueAtTime = (value, at) => {
            if (value > 0.001) (window as unknown as { peaks: number[] }).peaks.push(value)
            return rise(value, at)
          }
          return gain
        }
      }
    })
    const peaks = (): Promise<readonly number[]> =>
      page.evaluate(() => (window as unknown as { peaks: number[] }).peaks.splice(0, Infinity))
    await page.reload()
    await page.getByRole('button', { name: 'Sound is on' }).click()
    const sheet = page.getByRole('dialog', { name: 'Sound of this screen' })
    const tried = async (volume: string): Promise<number> => {
      await sheet.getByRole('radio', { name: volume }).check()
      await sheet.getByRole('button', { name: 'Try it' }).click()
      const [first = 0, ...rest] = await peaks()
      expect(rest).toEqual([first])
      return first
    }
    const [quiet, normal, loud] = [await tried('Quiet'), await tried('Normal'), await tried('Loud')]
    expect([quiet > 0, quiet < normal, normal < loud]).toEqual([true, true, true])
    for (const viewport of [
      { width: 1024, height: 600 },
      { width: 360, height: 740 },
    ]) {
      await page.setViewportSize(viewport)
      expect(await lowTargets(sheet)).toEqual([])
      await keepPicture(page, `sound-${viewport.width}`)
    }
    expect(await axeFindings(page)).toEqual([])
    await sheet.getByRole('radio', { name: /^For requests only/u }).check()
    await sheet.getByRole('button', { name: 'Close' }).click()
    await page.reload()
    await page.getByRole('button', { name: 'Sound for requests only' }).click()
    expect(await sheet.getByRole('radio', { name: 'Loud' }).isChecked()).toBe(true)
    await sheet.getByRole('radio', { name: /^Off/u }).check()
    expect(await sheet.getByRole('button', { name: 'Try it' }).isDisabled()).toBe(true)
    await page.context().close()
  })
})
