import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CookieFetch } from '../../support/browser-less.ts'
import { PanelClient } from '../../support/panel-client.ts'
import { PortalClient } from '../../support/portal-client.ts'
import { approvedSession, openService } from '../../support/technician-at-work.ts'
import { cookieOf as cookie, idSession, ours, untilCallback } from './until-callback.ts'
import { leadAbout, placesOf } from './open-redirects.ts'
import { patienceMs, runInPage, signInAt, signOutAddress, startPortalInBrowser, whoIs, type PortalInBrowser } from './portal-in-browser.ts'
import { expectRefused, spoiltCallbacks } from './spoilt-callbacks.ts'

/**
 * Signing in, in Chromium, against somebody who stands beside it: he sends links, has pages, an account of his own, and has set cookies before (RFC 9700 sections
 * 2.1, 4.1, 4.4, 4.5, 4.7, 4.11; RFC 9207; RFC 6749 section 10.12; CWE-352, CWE-384, CWE-601; security.md 2.2, SES-2).
 */
let around: PortalInBrowser
let portal: string
let issuer: string
beforeAll(async () => {
  around = await startPortalInBrowser()
  ;({ portal, issuer } = around)
}, patienceMs)
afterAll(() => around[Symbol.asyncDispose]())

/** Who a cookie of the portal belongs to; 401 for nobody. */
async function ownerOf(value: string): Promise<string | number> {
  const answer = await new CookieFetch().fetch(`${portal}/api/v1/me`, { headers: { cookie: `${ours}=${value}` } })
  return answer.ok ? ((await answer.json()) as { username: string }).username : answer.status
}

describe('a session that was fixed beforehand', () => {
  it('is not taken up: every cookie is another one after signing in, and the one before is worth nothing', async () => {
    const context = await around.browser.newContext()
    const page = await context.newPage()
    await page.goto(`${portal}/auth/sign-in`)
    const before = await cookie(context, issuer, idSession)
    expect(before).toBeUndefined()
    await signInAt(page, `${portal}/auth/sign-in`, around.demo.account('mia'))
    await page.waitForURL(`${portal}/**`)
    const first = (await cookie(context, portal, ours)) ?? ''
    expect(await cookie(context, portal, '__Host-sallyport-sign-in')).toBeUndefined()
    // Again, where the provider knows him: at the portal it is a sign-in of its own.
    await page.goto(`${portal}/auth/sign-in`)
    await page.waitForURL(`${portal}/**`)
    const second = (await cookie(context, portal, ours)) ?? ''
    expect(second).not.toBe(first)
    expect([await ownerOf(first), await ownerOf(second)]).toEqual([401, 'mia'])
    await context.close()
  })

  it('with a cookie of the attacker’s own at portal and provider leaves him where he was', async () => {
    const attacker = await around.signedIn('noah')
    const planted = [
      ...(await attacker.context.cookies(portal)).filter(({ name }) => name === ours),
      ...(await attacker.context.cookies(issuer)).filter(({ name }) => name.startsWith(idSession)),
    ]
    expect(planted.map(({ name }) => name).toSorted()).toEqual([ours, idSession, `${idSession}.sig`].toSorted())
    const context = await around.browser.newContext({ locale: 'en-GB' })
    await context.addCookies(planted)
    const page = await context.newPage()
    await page.goto(portal)
    // He would see the attacker's account; signing in needs his own password there, since the attacker is somebody else.
    expect(await whoIs(page)).toBe('noah')
    await page.goto(await signOutAddress(page))
    await page.waitForURL(`${portal}/**`)
    await signInAt(page, `${portal}/auth/sign-in`, around.demo.account('mia'))
    await page.waitForURL(`${portal}/**`)
    expect(await whoIs(page)).toBe('mia')
    const copy = planted.find(({ name }) => name === ours)?.value ?? ''
    expect([await cookie(context, portal, ours), await cookie(context, issuer, idSession)]).not.toContain(copy)
    // What the attacker still holds is nobody's at the portal, and at the provider it asks for a password.
    expect(await ownerOf(copy)).toBe(401)
    await attacker.desk.goto(`${portal}/auth/sign-in`)
    expect(await attacker.desk.getByLabel('Password').isVisible()).toBe(true)
    await Promise.all([context.close(), attacker.context.close()])
  })

  it('with any value as our cookie is not adopted', async () => {
    const { context, desk } = await around.signedIn('mia')
    const [held] = (await context.cookies(portal)).filter(({ name }) => name === ours)
    if (held === undefined) throw new Error('not signed in')
    for (const value of ['x', 'a'.repeat(43), '']) {
      await context.addCookies([{ ...held, value }])
      expect(await whoIs(desk)).toBe(401)
      await desk.goto(`${portal}/auth/sign-in`)
      expect(await whoIs(desk)).toBe('mia')
      const given = await cookie(context, portal, ours)
      expect(given).toHaveLength(43)
      expect([value, held.value]).not.toContain(given)
    }
    await context.close()
  })
})

describe('the attacker’s own code in somebody else’s browser (sign-in CSRF, RFC 6749 section 10.12)', () => {
  it('signs nobody in as the attacker, whoever is signed in there or is about to', async () => {
    const attacker = await (await around.browser.newContext({ locale: 'en-GB' })).newPage()
    const code = (): Promise<URL> => untilCallback(around, attacker, 'noah')
    const { context, desk } = await around.signedIn('mia')
    const page = await context.newPage()
    // A link, then everything that a page does by itself.
    for (const url of [await code(), await code()]) {
      await page.goto(url.href)
      expect(new URL(page.url()).pathname).toBe('/sign-in-failed')
      expect(await whoIs(desk)).toBe('mia')
    }
    for (const html of [
      (url: string) => `<iframe src="${url}" onload="done = 1"></iframe>`,
      (url: string) => `<img src="${url}" onerror="done = 1">`,
      (url: string) =>
        `<form method="post" action="${url}" target="into"></form><iframe name="into" onload="done = (self.done ?? 0) + 1"></iframe><script>document.forms[0].submit()</script>`,
    ]) {
      around.stranger.answers.set('/csrf', { body: `<!doctype html>${html((await code()).href.replaceAll('&', '&amp;'))}` })
      await page.goto(`${around.strangerAt('attacker.localhost')}/csrf`)
      await page.waitForFunction('self.done >= 1')
      expect(await whoIs(desk)).toBe('mia')
    }
    // In the middle of a sign-in of his own: the state is another one, and that ends this sign-in too.
    const fresh = await around.browser.newContext({ locale: 'en-GB' })
    const victim = await fresh.newPage()
    const own = await untilCallback(around, victim, 'lena')
    const other = await fresh.newPage()
    await other.goto((await code()).href)
    expect(new URL(other.url()).pathname).toBe('/sign-in-failed')
    await other.goto(own.href)
    expect(new URL(other.url()).pathname).toBe('/sign-in-failed')
    expect(await cookie(fresh, portal, ours)).toBeUndefined()
    await Promise.all([context.close(), fresh.close(), attacker.context().close()])
  })
})

describe('a callback', () => {
  let context: BrowserContext
  let page: Page
  beforeAll(async () => {
    ;({ context, desk: page } = await around.signedIn('mia'))
  })
  afterAll(() => context.close())

  /** One of each kind; all of them: `spoilt-callbacks.long.test.ts`. */
  const mainWays = /^(without iss|with another state|with another code|with an error)/
  it.each(spoiltCallbacks.filter(([what]) => mainWays.test(what)))('%s signs nobody in, and uses the sign-in up', async (_what, spoil) => {
    await expectRefused(around, page, spoil)
  })

  it('is good once, in the browser that left for it, and neither again nor elsewhere', async () => {
    await context.clearCookies({ name: ours })
    const url = await untilCallback(around, page, 'mia')
    const elsewhere = await (await around.browser.newContext()).newPage()
    await elsewhere.goto(url.href)
    expect(new URL(elsewhere.url()).pathname).toBe('/sign-in-failed')
    await page.goto(url.href)
    expect(await whoIs(page)).toBe('mia')
    const signedIn = await cookie(context, portal, ours)
    for (const again of [page, elsewhere]) {
      await again.goto(url.href)
      expect(new URL(again.url()).pathname).toBe('/sign-in-failed')
    }
    expect([await cookie(context, portal, ours), await whoIs(page)]).toEqual([signedIn, 'mia'])
    expect(await whoIs(elsewhere)).toBe(401)
    await elsewhere.context().close()
  })
})

describe('an address that would lead elsewhere (CWE-601; every way of writing one: open-redirects.long.test.ts)', () => {
  it('leads to no attacker, as return_to, redirect_uri and post_logout_redirect_uri', async () => {
    const { context, desk } = await around.signedIn('mia')
    const evil = around.strangerAt('attacker.localhost')
    const led = leadAbout(around, desk)
    const places = placesOf(evil, portal).slice(0, 2)
    for (const place of places) {
      const named = encodeURIComponent(place)
      expect((await led.to(`${portal}/auth/sign-in?return_to=${named}`)).origin, place).toBe(portal)
      const unpushed = `client_id=sallyport&response_type=code&scope=openid&redirect_uri=${named}`
      expect((await led.to(`${issuer}/auth?${unpushed}`)).origin, place).toBe(issuer)
      await led.to(`${issuer}/session/end?post_logout_redirect_uri=${named}`)
    }
    expect((await led.to(`${portal}/auth/sign-in?return_to=${encodeURIComponent('/machines?search=x')}`)).pathname).toBe('/machines')
    await desk.goto(`${portal}/auth/sign-in`)
    const out = new URL(await signOutAddress(desk))
    out.searchParams.set('post_logout_redirect_uri', `${evil}/`)
    expect((await led.to(out.href)).origin).toBe(issuer)
    await context.close()
  })
})

describe('signing out', () => {
  it('takes this browser out of every machine and every page, while its person is signed in elsewhere too; Back shows nothing', async () => {
    const { demo } = around
    const elsewhere = new PortalClient(portal)
    await elsewhere.signUndertaking(await elsewhere.signIn(demo.account('mia')))
    const panel = await PanelClient.pair(demo.machine('press-7').panel)
    const { id } = await approvedSession({ technician: elsewhere, panel, operator: 'Olga Neumann' })
    const { context, desk } = await around.signedIn('mia')
    const second = await context.newPage()
    await second.goto(`${portal}/machines`)
    await second.getByText('Mia Brandt').first().waitFor()
    await desk.goto(`${portal}/sessions/${id}`)
    const opened = context.waitForEvent('page')
    await desk
      .getByRole('button', { name: /: open without the bar$/ })
      .first()
      .click()
    const machine = await opened
    await machine.waitForURL(/\.machines\.localhost/)
    // A channel that would go on by itself.
    await runInPage(
      machine,
      `await fetch('/login', { method: 'POST', body: new URLSearchParams({ user: 'service', password: 'press' }) })
       globalThis.live = new WebSocket('/live')
       await new Promise((resolve) => live.addEventListener('message', resolve))
       localStorage.setItem('left', 'by the machine')`,
    )
    // Signing in again in this browser, as any page can make it by a link, throws him out of nothing.
    await second.goto(`${portal}/auth/sign-in`)
    await second.waitForURL(`${portal}/`)
    expect(await machine.evaluate('fetch("/").then(({ status }) => status)')).toBe(200)
    expect(await machine.evaluate('live.readyState')).toBe(1)

    await desk.reload()
    await desk.getByRole('button', { name: /Mia Brandt/ }).click()
    await desk.getByRole('button', { name: 'Sign out' }).click()
    await desk.waitForURL(`${portal}/signed-out`)
    const left = (await context.cookies([portal, issuer])).map(({ name }) => name)
    expect(left.filter((name) => name.startsWith(ours) || name.startsWith(idSession))).toEqual([])
    await expect.poll(() => machine.evaluate('live.readyState')).toBe(3)
    await expect.poll(() => machine.evaluate('fetch("/").then(({ status }) => status)')).toBe(403)
    expect(await machine.evaluate('localStorage.length')).toBe(0)
    await expect.poll(() => second.locator('body').innerText()).not.toMatch(/Mia Brandt|Press 7/)
    for (const page of [desk, second]) {
      await page.goBack()
      await page.getByRole('link', { name: /Sign in/ }).waitFor()
      expect(await page.locator('body').innerText()).not.toMatch(/Mia Brandt|Press 7/)
    }
    // Where he is still signed in, he works on.
    expect((await openService(elsewhere, id)).status).toBe(200)
    await context.close()
  })
})
