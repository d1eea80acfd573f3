import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { chatOf, liveSessionOf, pairingCode, refusedByAgent, requestOf, startFakeAgent } from './fake-agent.ts'
import { faultsOfPanel } from './faults-of-panel.ts'
import { openPage, tabTo } from './open-browser.ts'
import { panelScenes } from './panel-scenes.ts'
import { looks, movingParts, openPanel, startPages } from './start-pages.ts'
import type { StartedPages } from './start-pages.ts'

let started: StartedPages

beforeAll(async () => {
  started = await startPages()
}, 60_000)

afterAll(() => started.close())

beforeEach(() => {
  started.agent.set({ request: null, session: null })
  started.agent.calls.length = 0
})

/** One look, and what an operator meets every day or what is widest; `panel-looks.long.test.ts` looks at every state in both. */
const [, german] = looks
const looked = [
  'idle',
  'not-enrolled',
  'request',
  'request-long',
  'request-demands',
  'help-called',
  'session-chat',
  'extension',
  'update-long',
]

const callsTo = (act: string): unknown[] => started.agent.calls.filter(({ path }) => path.endsWith(`/${act}`)).map(({ body }) => body)

describe('the panel', () => {
  test('passes axe-core, fits 360 px and a zoom of 400 %, and breaks no content security policy in German and dark', async () => {
    const scenes = panelScenes.filter(({ name }) => looked.includes(name))
    expect(scenes).toHaveLength(looked.length)
    expect(await faultsOfPanel(started, german, scenes)).toEqual([])
  }, 60_000)

  test.each([
    {
      locale: 'en-GB',
      title: 'What this machine refused',
      lines: [
        'Connection to Web interface',
        'now: nobody has allowed it (212 times)',
        'Connection to 127.0.0.1:22',
        '1 minute ago: there is no such service here',
      ],
    },
    {
      locale: 'de-DE',
      title: 'Was diese Maschine abgewiesen hat',
      lines: [
        'Verbindung zu Web interface',
        'jetzt: niemand hat es erlaubt (212-mal)',
        'Verbindung zu 127.0.0.1:22',
        'vor 1 Minute: diesen Dienst gibt es hier nicht',
      ],
    },
  ])('says in plain words what was refused to the gateway, with and without a session, in $locale', async ({ locale, title, lines }) => {
    const { page } = await openPanel(started, pairingCode, { locale })
    const region = page.getByRole('region', { name: title })
    for (const session of [null, liveSessionOf()]) {
      started.agent.set({ session, refused: refusedByAgent() })
      await region.waitFor()
      const text = (await region.innerText()).replaceAll(/\s+/gu, ' ')
      for (const line of lines) expect(text).toContain(line)
      started.agent.set({ session, refused: [] })
      await region.waitFor({ state: 'detached' })
    }
    await page.context().close()
  })

  test('pairs by the code in the address and takes it out of there', async () => {
    const { page } = await openPanel(started, pairingCode)
    expect(new URL(page.url()).hash).toBe('')
    await page.context().close()
  })

  test('pairs by a typed code and says what is wrong with another one', async () => {
    const { page } = await openPage(started.browser, { origin: started.agent.origin, locale: 'en-GB' })
    await page.goto(started.agent.origin)
    await page.getByRole('textbox', { name: 'Pairing code' }).fill('WRONG')
    await page.getByRole('button', { name: 'Pair' }).click()
    await page.getByRole('alert').getByText('This code is not right.').waitFor()
    await page.getByRole('textbox', { name: 'Pairing code' }).fill(pairingCode)
    await page.getByRole('button', { name: 'Pair' }).click()
    await page.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()
    await page.context().close()
  })

  test('says no at once and without a name, while letting in needs both', async () => {
    const { page } = await openPanel(started, pairingCode)
    // The page's clock stands: what waits for a moment on the screen waits for ever.
    await page.clock.install()
    await page.clock.pauseAt(Date.now() + 2_000)
    for (const [name, how] of [
      ['Refuse', 'refused'],
      [/^Not now/u, 'not_now'],
      ['Not today', 'not_today'],
    ] as const) {
      started.agent.set({ request: requestOf({ session: `ses_${how}`, requested_at: Date.now() }) })
      const allow = page.getByRole('button', { name: /^Remote service.*Choose your name first$/u })
      await allow.waitFor()
      expect(await allow.isDisabled()).toBe(true)
      await page.getByRole('button', { name }).click()
      await vi.waitFor(() => expect(callsTo('refuse').at(-1)).toEqual({ operator: null, how }), 5_000)
      await allow.waitFor({ state: 'detached' })
    }
    await page.context().close()
  })

  test('lets somebody in only with a name, for what the operator left of the request, and ends it with one press', async () => {
    const { page } = await openPanel(started, pairingCode)
    started.agent.set({ request: requestOf() })
    const allow = page.getByRole('button', { name: /^Remote service/u })
    await page.getByRole('heading', { name: 'Mia Bauer asks to be let in' }).waitFor()
    await page.getByRole('button', { name: /^Remote service.*Choose your name first$/u }).click()
    await page.getByRole('alert').getByText('Choose your name first.').waitFor()
    expect(callsTo('approve')).toEqual([])
    await page.getByRole('radio', { name: 'Olga Petrova' }).check()
    await page.getByRole('checkbox', { name: 'Service shell' }).uncheck()
    await page.getByRole('button', { name: 'Shorter' }).click()
    await page.getByRole('button', { name: /^Remote service.*Allow for 45 min$/u }).waitFor()
    await allow.click()
    await page.getByRole('banner').getByText('Mia Bauer is in this machine').waitFor()
    expect(callsTo('approve')).toEqual([{ digest: 'open ses_1 ', operator: 'Olga Petrova', services: ['hmi'], duration_s: 2700 }])
    await page.getByRole('button', { name: 'End now' }).click()
    await page.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()
    await page.context().close()
  })

  test('shows who, why, services, duration, names and both answers on a screen of 1024 by 600 without scrolling', async () => {
    const { page } = await openPanel(started, pairingCode, { locale: 'de-DE' })
    started.agent.set({ request: requestOf() })
    const parts = [
      page.getByText('INC-4711'),
      page.getByRole('checkbox', { name: 'Service shell' }),
      page.getByRole('button', { name: 'Kürzer' }),
    ]
    parts.push(page.getByRole('radio', { name: 'Shift leader' }), page.getByRole('button', { name: 'Heute nicht' }))
    for (const part of parts) {
      await part.waitFor()
      const clear = await part.evaluate((element) => {
        const { left, top, width, height } = element.getBoundingClientRect()
        const there = document.elementFromPoint(left + width / 2, top + height / 2)
        return there !== null && (element.contains(there) || there.contains(element))
      })
      expect([await part.evaluate((element) => element.outerHTML.slice(0, 80)), clear]).toEqual([expect.anything(), true])
    }
    await page.context().close()
  })

  test('leads through its whole job without a mouse, with the focus in sight and where things go on', async () => {
    const { page } = await openPanel(started, pairingCode)
    const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '')
    await tabTo(page, page.getByRole('switch', { name: /Web interface/u }))
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Switch Web interface off' })
    await dialog.waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await vi.waitFor(async () => expect(await focused()).toMatch(/^Web interface/u), 5_000)
    started.agent.set({ request: requestOf() })
    await vi.waitFor(async () => expect(await focused()).toBe('Mia Bauer asks to be let in'), 5_000)
    expect(await page.getByRole('status').allTextContents()).toContain('Mia Bauer asks to be let in')
    await tabTo(page, page.getByRole('radio', { name: 'Olga Petrova' }))
    await page.keyboard.press('Space')
    const allow = page.getByRole('button', { name: /^Remote service/u })
    await allow.and(page.locator(':enabled')).waitFor()
    await tabTo(page, allow)
    await page.keyboard.press('Enter')
    await vi.waitFor(async () => expect(await focused()).toBe('Mia Bauer is in this machine'), 5_000)
    await tabTo(page, page.getByRole('button', { name: 'End now' }))
    await page.keyboard.press('Enter')
    await vi.waitFor(async () => expect(await focused()).toBe('Nobody is in this machine'), 5_000)
    await page.context().close()
  })

  test('rings while somebody waits, says so when the browser does not let it, and can be silenced', async () => {
    const { page } = await openPage(started.browser, { origin: started.agent.origin, locale: 'en-GB' })
    // A browser without a screen lets every page sound: this is how the others answer before the first touch.
    await page.addInitScript(() => {
      const Free = AudioContext
      Object.assign(window, { tones: 0 })
      window.AudioContext = class extends Free {
        constructor() {
          super()
          void super.suspend()
        }
        override resume(): Promise<void> {
          return navigator.userActivation.hasBeenActive ? super.resume() : super.suspend()
        }
        override createOscillator(): OscillatorNode {
          ;(window as unknown as { tones: number }).tones += 1
          return super.createOscillator()
        }
      }
    })
    const tones = (): Promise<number> => page.evaluate(() => (window as unknown as { tones: number }).tones)
    await page.goto(`${started.agent.origin}/#pair=${pairingCode}`)
    started.agent.set({ request: requestOf() })
    await page.getByRole('button', { name: 'Touch for sound' }).click()
    await page.getByRole('button', { name: 'Sound is on' }).waitFor()
    await vi.waitFor(async () => expect(await tones()).toBeGreaterThan(0), 5_000)
    started.agent.set({ request: null, session: liveSessionOf({ chat: chatOf().slice(0, 1) }) })
    await page.getByText('Which sheet size').first().waitFor()
    const silent = await tones()
    started.agent.set({ session: liveSessionOf({ chat: [...chatOf(), { ...chatOf()[0]!, n: 3, text: 'And how thick?' }] }) })
    await vi.waitFor(async () => expect(await tones()).toBe(silent + 1), 5_000)
    await page.getByRole('button', { name: 'Sound is on' }).click()
    await page.getByRole('dialog').getByRole('radio', { name: /^Off/u }).check()
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'Sound is off' }).waitFor()
    started.agent.set({ session: null })
    const before = await tones()
    started.agent.set({ request: requestOf({ requested_at: Date.now() + 1 }) })
    await page
      .getByRole('button', { name: /^Remote service/u })
      .and(page.locator(':enabled'))
      .waitFor()
    expect(await tones()).toBe(before)
    await page.context().close()
  })

  test('has nothing that moves for whoever asked for less motion', async () => {
    const { page } = await openPanel(started, pairingCode, { reducedMotion: 'reduce' })
    started.agent.set({ session: liveSessionOf(), request: requestOf({ kind: 'extend', duration_s: 1800 }) })
    await page.getByRole('heading', { name: 'Mia Bauer asks for more time' }).waitFor()
    expect(await movingParts(page)).toEqual([])
    await page.context().close()
  })

  test('keeps End now at its place and its size while an extension is asked for', async () => {
    const { page } = await openPanel(started, pairingCode)
    started.agent.set({ session: liveSessionOf() })
    const end = page.getByRole('button', { name: 'End now' })
    const before = await end.boundingBox()
    started.agent.set({ request: requestOf({ kind: 'extend', duration_s: 1800 }) })
    await page.getByRole('heading', { name: 'Mia Bauer asks for more time' }).waitFor()
    expect(await end.boundingBox()).toEqual(before)
    started.agent.set({ session: null, request: null })
    await page.context().close()
  })

  test('makes every control at least 60 px high and the remote service button more than a fifth of the screen', async () => {
    const { page } = await openPanel(started, pairingCode)
    started.agent.set({ request: requestOf() })
    const allow = page.getByRole('button', { name: /^Remote service/u })
    await allow.waitFor()
    const heights = await page
      .locator('button, label')
      .evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().height)))
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(60)
    const box = await allow.boundingBox()
    expect((box?.width ?? 0) * (box?.height ?? 0)).toBeGreaterThan((1024 * 600) / 5)
    started.agent.set({ request: null })
    await page.context().close()
  })

  test('shows that what it knows is old when the agent is gone, and never offers to let somebody in then', async () => {
    const mortal = await startFakeAgent({ pagesDir: started.pages.panel })
    const { page } = await openPage(started.browser, { origin: mortal.origin, locale: 'en-GB' })
    await page.goto(`${mortal.origin}/#pair=${pairingCode}`)
    mortal.set({ session: liveSessionOf(), request: requestOf({ kind: 'extend', duration_s: 1800 }) })
    const allow = page.getByRole('button', { name: /^Remote service/u })
    await allow.and(page.locator(':enabled')).waitFor()
    await mortal.close()
    await page.getByText(/^No word from the agent of this machine for/u).waitFor()
    await page.getByRole('banner').getByText('Last known: live').waitFor()
    expect(await allow.isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'End now' }).click()
    await page.getByText('The agent of this machine does not answer. Nothing was changed.').waitFor()
    await page.context().close()
  })

  test('does not say that nobody is in the machine when the agent is gone', async () => {
    const mortal = await startFakeAgent({ pagesDir: started.pages.panel })
    const { page } = await openPanel({ browser: started.browser, agent: mortal }, pairingCode)
    await page.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()
    await mortal.close()
    await page.getByRole('heading', { name: 'It is not known whether somebody is in this machine' }).waitFor()
    expect(await page.getByText('Nobody is in this machine').count()).toBe(0)
    expect(await page.getByRole('switch').first().isDisabled()).toBe(true)
    await page.context().close()
  })

  test('shows a session on while the gateway cannot be reached, says why, and still ends it', async () => {
    const { page } = await openPanel(started, pairingCode)
    const connection = {
      state: 'offline' as const,
      since: Date.now(),
      reason: 'ECONNREFUSED',
      stranger: null,
      next_attempt_at: Date.now() + 9_000,
    }
    started.agent.set({ session: liveSessionOf(), connection })
    await page.getByRole('banner').getByText('Mia Bauer is in this machine').waitFor()
    await page.getByRole('main').getByText('The gateway does not answer at its address.').waitFor()
    await page.getByRole('button', { name: 'End now' }).click()
    await page.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()
    expect(callsTo('end')).toEqual([{ operator: null }])
    started.agent.set({ connection: { state: 'connected', since: Date.now(), reason: null, stranger: null, next_attempt_at: null } })
    await page.context().close()
  })
})
