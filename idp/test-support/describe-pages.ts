import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import * as openid from 'openid-client'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSignInLimits } from '../accounts/sign-in-limits.ts'
import { launchChromium } from '../../test/support/chromium.ts'
import { freePort } from './free-port.ts'
import { otherRedirectUri, redirectUri, TestIdp } from './test-idp.ts'

interface Setting {
  readonly locale: string
  readonly colorScheme: 'light' | 'dark'
  readonly viewport: { readonly width: number; readonly height: number }
}
export const german: Setting = { locale: 'de-DE', colorScheme: 'dark', viewport: { width: 360, height: 740 } }
export const english: Setting = { locale: 'en-GB', colorScheme: 'light', viewport: { width: 1024, height: 860 } }

const password = 'four random kitchen words'
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** Where pictures of the pages go, when somebody wants to look at them. */
const pictures = process.env['SALLYPORT_PICTURES']

let idp: TestIdp
let browser: Browser

beforeAll(async () => {
  idp = await TestIdp.start({ demoPort: await freePort(), limits: createSignInLimits() })
  browser = await launchChromium()
  for (const username of ['mia', 'blocked']) {
    await idp.admin('POST', '/admin/accounts', { username, name: 'Mia Muster', initial_password: password })
  }
})
afterAll(async () => {
  await browser.close()
  await idp[Symbol.asyncDispose]()
})

async function authorizationUrl(clientId: string, uri: string): Promise<string> {
  const client = await idp.client(clientId)
  const challenge = await openid.calculatePKCECodeChallenge(openid.randomPKCECodeVerifier())
  const request = { redirect_uri: uri, scope: 'openid profile', code_challenge: challenge, code_challenge_method: 'S256' }
  return (await openid.buildAuthorizationUrlWithPAR(client, request)).href
}

const openSignIn = async (page: Page): Promise<unknown> => page.goto(await authorizationUrl('portal', redirectUri))
const signIn = async (page: Page, username: string, secret: string): Promise<void> => {
  await page.locator('#username').fill(username)
  await page.locator('#password').fill(secret)
  await page.locator('button[type=submit]').click()
}
/** The application does not exist here: that the browser asks for its address at all is the proof that it was sent there. */
const sentBack = (page: Page): Promise<URL> =>
  page.waitForEvent('requestfailed', (request) => request.url().startsWith(redirectUri)).then((request) => new URL(request.url()))
/** In another tab, which is left on the way to the application. */
const signInElsewhere = async (page: Page): Promise<void> => {
  const tab = await page.context().newPage()
  await openSignIn(tab)
  await Promise.all([sentBack(tab), signIn(tab, 'mia', password)])
  await tab.close()
}
/** The browser gives the focus a moment after the page has loaded. */
const focusIn = (page: Page, id: string): Promise<unknown> =>
  page.waitForFunction(`document.activeElement?.id === '${id}'`, undefined, { timeout: 5_000 })
const setupUrl = async (username: string): Promise<string> =>
  String((await idp.admin('POST', '/admin/accounts', { username, name: 'Jörg Beispiel' })).json.setup_url)

const scenes: Readonly<Record<string, (page: Page, id: string) => Promise<unknown>>> = {
  'sign-in': openSignIn,
  'wrong-password': async (page) => {
    await openSignIn(page)
    await signIn(page, 'mia', 'not the password')
    await page.locator('#message').waitFor()
  },
  'missing-password': async (page) => {
    await openSignIn(page)
    await signIn(page, 'mia', '')
    await page.locator('#password-problem').waitFor()
  },
  'too-many-attempts': async (page) => {
    await openSignIn(page)
    for (let n = 0; n < 6 && (await page.locator('#password').count()) > 0; n++) await signIn(page, 'blocked', 'not the password')
    await page.locator('.message.wait').waitFor()
  },
  consent: async (page) => {
    await page.goto(await authorizationUrl('wiki', otherRedirectUri))
    await signIn(page, 'mia', password)
    await page.locator('button[value=allow]').waitFor()
  },
  'set-up': async (page, id) => page.goto(await setupUrl(`setup-${id}`)),
  'set-up-refused': async (page, id) => {
    await page.goto(await setupUrl(`refused-${id}`))
    await page.locator('#password').fill('password1234')
    await page.locator('button[type=submit]').click()
    await page.locator('#problem').waitFor()
  },
  'set-up-done': async (page, id) => {
    await page.goto(await setupUrl(`done-${id}`))
    for (const field of ['#password', '#repeat']) await page.locator(field).fill(password)
    await page.locator('button[type=submit]').click()
    await page.locator('#password').waitFor({ state: 'detached' })
  },
  'set-up-used': async (page, id) => {
    await scenes['set-up-done']?.(page, `used-${id}`)
    await page.goto(page.url())
    await page.locator('.message').waitFor()
  },
  'sign-out': async (page) => {
    await signInElsewhere(page)
    await page.goto(`${idp.issuer}/session/end`)
  },
  'signed-out': async (page) => {
    await scenes['sign-out']?.(page, '')
    await page.locator('button[name=logout]').click()
    await page.waitForURL('**/session/end/success')
  },
  error: async (page) => page.goto(`${idp.issuer}/auth?client_id=portal&request_uri=nonsense`),
  expired: async (page) => page.goto(`${idp.issuer}/interaction/unknown`),
  home: async (page) => page.goto(idp.issuer),
}

/** Every page, or these, as somebody with this browser sees them; and signing in by the keyboard alone. */
export const describePages = (setting: Setting, names: readonly string[] = Object.keys(scenes)): void => {
  describe(`in ${setting.locale}, ${setting.colorScheme}, ${setting.viewport.width} pixels wide`, () => {
    describeOne(setting, names)
  })
}

function describeOne(setting: Setting, names: readonly string[]): void {
  const withPage = async (run: (page: Page, context: BrowserContext) => Promise<void>): Promise<void> => {
    const context = await browser.newContext(setting)
    try {
      await run(await context.newPage(), context)
    } finally {
      await context.close()
    }
  }

  it.each(names)('the page "%s" can be used by everybody', (name) =>
    withPage(async (page) => {
      const complaints: string[] = []
      page.on(
        'console',
        (message) => message.type() === 'error' && /Content Security Policy/.test(message.text()) && complaints.push(message.text()),
      )
      await scenes[name]?.(page, setting.locale.toLowerCase())
      if (pictures !== undefined)
        await page.screenshot({ path: join(pictures, `idp-${name}-${setting.locale.slice(0, 2)}.png`), fullPage: true })
      await page.evaluate(axe)
      const violations: unknown =
        await page.evaluate(`axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
        .then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`)
      expect(violations).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      const small: unknown = await page.evaluate(`[...document.querySelectorAll('button, a, input:not([type=hidden])')]
        .filter((one) => one.getBoundingClientRect().height < 44).map(({ outerHTML }) => outerHTML)`)
      expect(small).toEqual([])
      expect(await page.locator('html').getAttribute('lang')).toBe(setting.locale.slice(0, 2))
      expect(complaints).toEqual([])
    }),
  )

  it('the focus is where the next thing is to be typed', () =>
    withPage(async (page) => {
      await openSignIn(page)
      await focusIn(page, 'username')
      await signIn(page, 'mia', 'not the password')
      await page.locator('#message').waitFor()
      await focusIn(page, 'password')
      expect(await page.locator('#username').inputValue()).toBe('mia')
    }))

  it('a sign-in by keyboard alone leads to the application, past the policy for forms', () =>
    withPage(async (page) => {
      await openSignIn(page)
      await focusIn(page, 'username')
      await page.keyboard.type('mia')
      await page.keyboard.press('Tab')
      await page.keyboard.type(password)
      const [landing] = await Promise.all([sentBack(page), page.keyboard.press('Enter')])
      expect(landing.searchParams.get('code')).toBeTruthy()
    }))
}
