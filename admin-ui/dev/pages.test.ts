import type { Browser, Page } from 'playwright-core'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { buildPages } from './build-pages.ts'
import { liveSessionOf, pairingCode, requestOf, startFakeAgent } from './fake-agent.ts'
import type { FakeAgent } from './fake-agent.ts'
import { sessionIdOf } from './fake-data.ts'
import { startFakeGateway } from './fake-gateway.ts'
import type { FakeGateway } from './fake-gateway.ts'
import { axeFindings, openBrowser, openPage, widerThanWindow } from './open-browser.ts'
import { panelScenes } from './panel-scenes.ts'
import { portalScenes } from './portal-scenes.ts'

const looks = [
  { language: 'en', locale: 'en-GB', colorScheme: 'light' },
  { language: 'de', locale: 'de-DE', colorScheme: 'dark' },
] as const
const desktop = { width: 1280, height: 800 }
const phone = { width: 360, height: 740 }
const people = [null, 'mia', 'noah', 'ada', 'ari'] as const

let pages: Awaited<ReturnType<typeof buildPages>>
let browser: Browser
let gateway: FakeGateway
let agent: FakeAgent

beforeAll(async () => {
  ;[pages, browser] = await Promise.all([buildPages(), openBrowser()])
  gateway = await startFakeGateway({ pagesDir: pages.portal })
  agent = await startFakeAgent({ pagesDir: pages.panel })
}, 60_000)

afterAll(async () => {
  await browser.close()
  await Promise.all([gateway.close(), agent.close(), pages.remove()])
})

const signedIn = (who: string | null, options: object = {}) =>
  openPage(browser, { origin: gateway.origin, viewport: desktop, locale: 'en-GB', ...(who === null ? {} : { who }), ...options })

const panelPage = async (options: object = {}) => {
  const opened = await openPage(browser, { origin: agent.origin, viewport: { width: 1024, height: 600 }, locale: 'en-GB', ...options })
  await opened.page.goto(`${agent.origin}/#pair=${pairingCode}`)
  await opened.page.getByText('Press 1', { exact: true }).first().waitFor()
  return opened
}

/** What is wrong with the page as it stands: what axe-core finds, and whether it is too wide for a small phone. */
const faultsOf = async (page: Page): Promise<string[]> => {
  const found = await axeFindings(page)
  await page.setViewportSize(phone)
  if (await widerThanWindow(page)) found.push('wider than 360 px')
  return found
}

const gzippedScriptBytes = async (dir: string): Promise<number> => {
  const scripts = (await readdir(join(dir, 'assets'))).filter((name) => name.endsWith('.js'))
  const sizes = await Promise.all(scripts.map(async (name) => gzipSync(await readFile(join(dir, 'assets', name))).length))
  return sizes.reduce((sum, size) => sum + size, 0)
}

describe('every page of the portal', () => {
  test.each(looks)(
    'passes axe-core, fits 360 px and breaks no content security policy in $language and $colorScheme',
    async ({ language, ...options }) => {
      const faultsAs = async (who: (typeof people)[number]): Promise<string[]> => {
        const { page, faults } = await signedIn(who, options)
        const found: string[] = []
        for (const scene of portalScenes.filter((scene) => scene.who === who)) {
          await page.setViewportSize(desktop)
          await page.goto(gateway.origin + scene.path)
          await page.getByRole('heading', { name: scene.ready }).first().waitFor()
          await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' })
          expect(await page.locator('html').getAttribute('lang')).toBe(language)
          found.push(...(await faultsOf(page)).map((fault) => `${scene.name}: ${fault}`))
        }
        await page.context().close()
        return [...found, ...faults]
      }
      const faults = await Promise.all(people.map(faultsAs))
      expect(faults.flat()).toEqual([])
    },
    // Fifteen seconds on two free cores; much more beside other tests.
    120_000,
  )

  test('weighs less than 250 kB of script, the panel less than 160 kB', async () => {
    expect(await gzippedScriptBytes(pages.portal)).toBeLessThan(250_000)
    expect(await gzippedScriptBytes(pages.panel)).toBeLessThan(160_000)
  })
})

describe('the portal', () => {
  test('leads a technician from asking over waiting to an open service and its end', async () => {
    const { page } = await signedIn('mia')
    await page.goto(`${gateway.origin}/machines`)
    await page.getByRole('link', { name: 'Press 1' }).click()
    await page.getByRole('link', { name: 'Ask for Web interface' }).click()
    await page.getByRole('button', { name: 'Ask the operator' }).click()
    await page.getByText('At least 3 characters.').waitFor()
    await page.getByRole('textbox', { name: 'Reason' }).fill('Read the log of the feeder')
    await page.getByRole('region', { name: 'What the operator will see' }).getByText('Read the log of the feeder').waitFor()
    await page.getByRole('button', { name: 'Ask the operator' }).click()
    await page.getByRole('heading', { name: 'Waiting for the operator at Press 1' }).waitFor()
    const seconds = Math.floor(Date.now() / 1000)
    const services = [{ name: 'hmi', title: 'Web interface', kind: 'http' as const, approved: true, open_streams: 0 }]
    gateway.change(sessionIdOf('e'), {
      state: 'approved',
      approved_at: seconds,
      approved_by: 'Olga Petrova',
      expires_at: seconds + 290,
      services,
    })
    await page.getByText('by Olga Petrova').waitFor()
    await page.getByText('Less than 5 minutes left.').waitFor()
    const tab = page.context().waitForEvent('page')
    await page.getByRole('button', { name: 'Open Web interface' }).click()
    await (await tab).getByRole('heading', { name: 'The machine itself' }).waitFor()
    await page.getByRole('button', { name: 'End session' }).click()
    await page.getByRole('heading', { name: 'Mia Bauer ended the session.' }).waitFor()
    await page.context().close()
  })

  test('lets nobody past the undertaking before it is accepted', async () => {
    const { page } = await signedIn('noah')
    await page.goto(`${gateway.origin}/machines/press-1`)
    const accept = page.getByRole('button', { name: 'Accept the undertaking' })
    expect(await accept.isDisabled()).toBe(true)
    await page.getByRole('checkbox', { name: 'I have read it and accept it.' }).check()
    await accept.click()
    await page.getByRole('heading', { name: 'Press 1' }).waitFor()
    await page.context().close()
  })

  test('shows a failed list with its id for support and fills it after trying again', async () => {
    const { page } = await signedIn('ada')
    gateway.failures.set('GET /people', {
      status: 500,
      body: { title: 'Something failed on our side.', status: 500, code: 'internal_error', id: 'cafe1234' },
    })
    await page.goto(`${gateway.origin}/people`)
    await page.getByRole('alert').getByText('cafe1234').waitFor()
    gateway.failures.clear()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('link', { name: 'Mia Bauer' }).waitFor()
    await page.context().close()
  })

  test('makes an account, shows its link once, and makes a picked photo a small JPEG', async () => {
    const { page } = await signedIn('ada')
    await page.goto(`${gateway.origin}/people`)
    await page.getByRole('link', { name: 'New person' }).click()
    const dialog = page.getByRole('dialog', { name: 'New person' })
    await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Tom Hart')
    await dialog.getByRole('textbox', { name: 'User name' }).fill('tom.hart')
    await dialog.getByRole('combobox', { name: 'Regions' }).fill('eu-west')
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'Create the account' }).click()
    await dialog.getByText('https://id.example/set-up/7Qx2').waitFor()
    const created = gateway.requests.find(({ method, path }) => method === 'POST' && path === '/people')
    expect(JSON.parse(created?.body.toString() ?? '{}')).toMatchObject({
      username: 'tom.hart',
      roles: ['technician'],
      regions: ['eu-west'],
    })
    const picture = await page.screenshot()
    await page.goto(`${gateway.origin}/people/per_${'1'.repeat(32)}`)
    await page.locator('input[type=file]').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: picture })
    const sent = await vi.waitFor(() => {
      const put = gateway.requests.find(({ method }) => method === 'PUT')
      if (put === undefined) throw new Error('No photo yet')
      return put
    }, 5_000)
    expect(sent.type).toBe('image/jpeg')
    expect(sent.body.subarray(0, 3).toString('hex')).toBe('ffd8ff')
    expect(sent.body.length).toBeLessThanOrEqual(64 * 1024)
    await page.context().close()
  })

  test('says what suspending does before it does it, and keeps the focus in the dialog', async () => {
    const { page } = await signedIn('ada')
    await page.goto(`${gateway.origin}/devices/press-1`)
    await page.getByRole('button', { name: 'Suspend' }).click()
    const dialog = page.getByRole('dialog', { name: 'Suspend Press 1' })
    await dialog.getByText('a running session ends').waitFor()
    for (let press = 0; press < 8; press += 1) {
      await page.keyboard.press('Tab')
      expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true)
    }
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Stolen laptop')
    await dialog.getByRole('button', { name: 'Suspend' }).click()
    await page.getByRole('dialog', { name: 'Press 1', exact: true }).getByText('Suspended').waitFor()
    await page.context().close()
  })

  test('gives an auditor the same pages without anything to change', async () => {
    const { page } = await signedIn('ari')
    await page.goto(`${gateway.origin}/devices/plate-2`)
    await page.getByRole('dialog').getByText('Changing it needs the role').waitFor()
    expect(await page.getByRole('button', { name: /Suspend|Resume|Revoke|Save|New/u }).count()).toBe(0)
    await page.context().close()
  })

  test('keeps filters in the address and finds them there again', async () => {
    const { page } = await signedIn('mia')
    await page.goto(`${gateway.origin}/machines`)
    await page.getByRole('searchbox', { name: 'Search machines' }).fill('press')
    await page.waitForURL(/\?search=press$/u)
    await page.getByRole('link', { name: 'Plate setter 2' }).waitFor({ state: 'detached' })
    await page.reload()
    expect(await page.getByRole('searchbox', { name: 'Search machines' }).inputValue()).toBe('press')
    await page.context().close()
  })

  test('holds one event stream for all tabs of a browser and shows the event in each', async () => {
    const { page } = await signedIn('mia')
    await page.goto(`${gateway.origin}/sessions/${sessionIdOf('2')}`)
    await vi.waitFor(() => expect(gateway.streamCount()).toBe(1), 5_000)
    const other = await page.context().newPage()
    await other.goto(`${gateway.origin}/sessions/${sessionIdOf('2')}`)
    await other.getByRole('button', { name: 'End session' }).waitFor()
    expect(gateway.streamCount()).toBe(1)
    gateway.change(sessionIdOf('2'), {
      state: 'ended',
      end_reason: 'ended_by_operator',
      ended_by: 'Olga Petrova',
      ended_at: Math.floor(Date.now() / 1000),
    })
    await Promise.all(
      [page, other].map((tab) => tab.getByRole('heading', { name: 'Olga Petrova ended the session at the machine.' }).waitFor()),
    )
    await page.close()
    await vi.waitFor(() => expect(gateway.streamCount()).toBe(1), 5_000)
    await page.context().close()
  })

  test('signs in by leaving for the gateway with the way back, and out again', async () => {
    const { page } = await signedIn(null)
    await page.goto(`${gateway.origin}/machines/press-1`)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.waitForURL(`${gateway.origin}/machines/press-1`)
    await page.getByRole('button', { name: 'Account of Mia Bauer' }).click()
    await page.getByRole('combobox', { name: 'Language' }).selectOption('de')
    await page.getByRole('button', { name: 'Abmelden' }).click()
    await page.getByRole('link', { name: 'Anmelden' }).waitFor()
    await page.context().close()
  })

  test('can be worked by keyboard alone', async () => {
    const { page } = await signedIn('mia')
    await page.goto(`${gateway.origin}/machines`)
    await page.getByRole('link', { name: 'Press 1' }).waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => ({
      type: document.activeElement?.getAttribute('type'),
      outline: getComputedStyle(document.activeElement ?? document.body).outlineStyle,
    }))
    expect(focused).toEqual({ type: 'search', outline: 'solid' })
    await page.context().close()
  })
})

describe('the panel', () => {
  test.each(looks)(
    'passes axe-core, fits 360 px and breaks no content security policy in $language and $colorScheme',
    async ({ language: _, ...options }) => {
      const { page, faults } = await panelPage(options)
      const found: string[] = []
      for (const scene of panelScenes) {
        await page.setViewportSize({ width: 1024, height: 600 })
        agent.set(scene.state())
        if (scene.name === 'request' || scene.name === 'extension')
          await page
            .getByRole('button', { name: /^(Remote service|Fernservice)/u })
            .and(page.locator(':enabled'))
            .waitFor()
        found.push(...(await faultsOf(page)).map((fault) => `${scene.name}: ${fault}`))
      }
      agent.set({ request: null, session: null })
      await page.context().close()
      expect([...found, ...faults]).toEqual([])
    },
    60_000,
  )

  test('pairs by the code in the address and takes it out of there', async () => {
    const { page } = await panelPage()
    expect(new URL(page.url()).hash).toBe('')
    await page.context().close()
  })

  test('pairs by a typed code and says what is wrong with another one', async () => {
    const { page } = await openPage(browser, { origin: agent.origin, locale: 'en-GB' })
    await page.goto(agent.origin)
    await page.getByRole('textbox', { name: 'Pairing code' }).fill('WRONG')
    await page.getByRole('button', { name: 'Pair' }).click()
    await page.getByRole('alert').getByText('This code is not right.').waitFor()
    await page.getByRole('textbox', { name: 'Pairing code' }).fill(pairingCode)
    await page.getByRole('button', { name: 'Pair' }).click()
    await page.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()
    await page.context().close()
  })

  test('lets somebody in only with a name, for what the operator left of the request, and ends it with one press', async () => {
    const { page } = await panelPage()
    agent.set({ request: requestOf() })
    const allow = page.getByRole('button', { name: /^Remote service/u })
    await page.getByRole('heading', { name: 'Mia Bauer asks to be let in' }).waitFor()
    await allow.click()
    await page.getByText('Choose your name first.').waitFor()
    expect(agent.calls.filter(({ path }) => path.endsWith('/approve'))).toEqual([])
    await page.getByRole('radio', { name: 'Olga Petrova' }).check()
    await page.getByRole('checkbox', { name: 'Service shell' }).uncheck()
    await page.getByRole('button', { name: 'Shorter' }).click()
    await allow.click()
    await page.getByRole('banner').getByText('Mia Bauer is in this machine').waitFor()
    expect(agent.calls.find(({ path }) => path.endsWith('/approve'))?.body).toEqual({
      operator: 'Olga Petrova',
      services: ['hmi'],
      duration_s: 2700,
    })
    await page.getByRole('button', { name: 'End now' }).click()
    await page.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()
    await page.context().close()
  })

  test('keeps End now at its place and its size while an extension is asked for', async () => {
    const { page } = await panelPage()
    agent.set({ session: liveSessionOf() })
    const end = page.getByRole('button', { name: 'End now' })
    const before = await end.boundingBox()
    agent.set({ request: requestOf({ kind: 'extend', duration_s: 1800 }) })
    await page.getByRole('heading', { name: 'Mia Bauer asks for more time' }).waitFor()
    expect(await end.boundingBox()).toEqual(before)
    agent.set({ session: null, request: null })
    await page.context().close()
  })

  test('makes every control at least 60 px high and the remote service button more than a fifth of the screen', async () => {
    const { page } = await panelPage()
    agent.set({ request: requestOf() })
    const allow = page.getByRole('button', { name: /^Remote service/u })
    await allow.waitFor()
    const heights = await page
      .locator('button, label')
      .evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().height)))
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(60)
    const box = await allow.boundingBox()
    expect((box?.width ?? 0) * (box?.height ?? 0)).toBeGreaterThan((1024 * 600) / 5)
    agent.set({ request: null })
    await page.context().close()
  })

  test('shows that what it knows is old when the agent is gone, and never offers to let somebody in then', async () => {
    const mortal = await startFakeAgent({ pagesDir: pages.panel })
    const { page } = await openPage(browser, { origin: mortal.origin, locale: 'en-GB' })
    await page.goto(`${mortal.origin}/#pair=${pairingCode}`)
    mortal.set({ session: liveSessionOf(), request: requestOf({ kind: 'extend', duration_s: 1800 }) })
    const allow = page.getByRole('button', { name: /^Remote service/u })
    await allow.and(page.locator(':enabled')).waitFor()
    await mortal.close()
    await page.getByText(/^No word from the agent of this machine for/u).waitFor()
    expect(await allow.isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'End now' }).click()
    await page.getByText('The agent of this machine does not answer. Nothing was changed.').waitFor()
    await page.context().close()
  })
})
