import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CookieFetch } from '../../support/browser-less.ts'
import { allowInBrowser } from '../../support/allow-in-browser.ts'
import { commandLine } from '../../support/command-line.ts'
import { PanelClient } from '../../support/panel-client.ts'
import { PortalClient } from '../../support/portal-client.ts'
import { approvedSession } from '../../support/technician-at-work.ts'
import { forge, type Heard, type Wanted } from './forge.ts'
import { reboundName, runInPage, patienceMs, startPortalInBrowser, whoIs, type PortalInBrowser } from './portal-in-browser.ts'
import { allAnswered, answersTo, stateOfPortal, still, wantedOfApi, wantedOfPanel } from './wanted-changes.ts'

/**
 * A page of somebody else makes the browser of a person who is signed in send requests (CWE-352; OWASP CSRF Prevention Cheat Sheet; security.md 3.3 "cross-origin
 * POST to approval endpoint"; RFC 6265bis section 8.8.2: SameSite is no more than a second line). Every route that changes something is attacked, by the
 * programs' own lists: a new one that anybody can reach fails here.
 */
let around: PortalInBrowser
let context: BrowserContext
let desk: Page
let evil: Page
let ada: PortalClient
let session: string
let panel: PanelClient
beforeAll(async () => {
  around = await startPortalInBrowser()
  ;({ context, desk } = await around.signedIn('ada'))
  evil = await context.newPage()
  const { demo, portal } = around
  ada = new PortalClient(portal)
  await ada.signIn(demo.account('ada'))
  const mia = new PortalClient(portal)
  await mia.signUndertaking(await mia.signIn(demo.account('mia')))
  panel = await PanelClient.pair(demo.machine('press-7').panel)
  ;({ id: session } = await approvedSession({ technician: mia, panel, operator: 'Olga Neumann' }))
}, patienceMs)
afterAll(() => around[Symbol.asyncDispose]())

/** Another site; and another port of the portal's own name, which is the same site and gets every cookie of the portal (RFC 6265bis, section 8.5). */
const strangers = ['attacker.localhost', 'sallyport.localhost']

/** Sends every kind of request for everything that is wanted; gives back what the servers behind it answered. */
async function attackFrom(address: string, wanted: readonly Wanted[]): Promise<readonly Heard[]> {
  await evil.goto(address)
  const { outcomes, heard } = await forge(evil, wanted)
  // No answer was handed to the page, not even as one that it may not read; a beacon is told nothing, and a frame shows an error page.
  for (const outcome of outcomes) {
    const told = Object.keys(outcome).filter((way) => outcome[way] !== 'failed')
    expect(told.toSorted()).toEqual(['beacon', 'form, multipart', 'form, text/plain as JSON', 'form, urlencoded'])
  }
  return heard
}

describe('the API of the portal', () => {
  it.each(strangers)(
    'changes nothing for a page at %s, on any of its routes',
    async (name) => {
      const wanted = await wantedOfApi(around, ada, session)
      expect(wanted.length).toBeGreaterThanOrEqual(20)
      const before = await stateOfPortal(ada)
      const heard = await attackFrom(around.strangerAt(name), wanted)
      expect(answersTo(heard, wanted)).toEqual(allAnswered(wanted, 403))
      const simple = heard.filter(({ method, site }) => method !== 'OPTIONS' && site !== undefined)
      expect(simple.length).toBeGreaterThanOrEqual(10 * wanted.length)
      const sameSite = name === new URL(around.portal).hostname
      // SameSite keeps the cookie from another site alone: of the same site every request carries it, and is refused all the same.
      expect(new Set(simple.map(({ site, cookie }) => [site, cookie?.includes('__Host-sallyport=')].join()))).toEqual(
        new Set([sameSite ? 'same-site,true' : 'cross-site,false']),
      )
      expect(await stateOfPortal(ada)).toBe(before)
      expect(await whoIs(desk)).toBe('ada')
    },
    90_000,
  )

  it('opens no WebSocket of a forwarded port', async () => {
    for (const name of strangers) {
      await evil.goto(around.strangerAt(name))
      const opened = await runInPage(
        evil,
        `return new Promise((resolve) => {
           const socket = new WebSocket(given)
           socket.addEventListener('open', () => resolve('open'))
           socket.addEventListener('close', ({ code }) => resolve(code))
         })`,
        `${around.portal.replace('http', 'ws')}/api/v1/sessions/${session}/services/hmi/stream`,
      )
      expect(opened).toBe(1006)
    }
  })
})

describe('the identity provider', () => {
  /** As a browser comes to the form, without anybody being known. */
  const beginSignIn = async (): Promise<{ readonly page: Page; readonly form: URL; readonly csrf: string }> => {
    const page = await (await around.browser.newContext()).newPage()
    await page.goto(`${around.portal}/auth/sign-in`)
    return { page, form: new URL(page.url()), csrf: await page.locator('input[name=csrf]').inputValue() }
  }

  it('signs nobody in or out by a form of another page, with the victim’s cookies and the token of the attacker’s own form', async () => {
    const attacker = await beginSignIn()
    const victim = await beginSignIn()
    const { username, password } = around.demo.account('noah')
    const idCookies = () => victim.page.context().cookies(around.issuer)
    const before = (await idCookies()).map(({ name, value }) => `${name}=${value}`)
    const page = await victim.page.context().newPage()
    // Of the provider's own site, so that the cookies of the victim's sign-in come along.
    await page.goto(around.strangerAt('sibling.sallyport.localhost'))
    const { pathname } = new URL((await discovery()).pushed_authorization_request_endpoint)
    const forms = ['', '/session/end/confirm', '/session/end', '/token', pathname, '/auth', '/setup/unknown', '/me']
    const wanted = forms.map((path) => ({
      method: 'POST',
      url: path === '' ? victim.form.href : around.issuer + path,
      body: { csrf: attacker.csrf, username, password, xsrf: 'guessed', logout: 'yes' },
    }))
    const { heard } = await forge(page, wanted)
    const posted = heard.filter(({ method }) => method === 'POST')
    const toForm = posted.filter(({ url }) => url === victim.form.href)
    expect(toForm.length).toBeGreaterThanOrEqual(9)
    const told = toForm.filter(({ site }) => site !== undefined)
    expect(told.length).toBeGreaterThanOrEqual(6)
    expect(told.every(({ cookie, site }) => site === 'same-site' && cookie?.includes('interaction') === true)).toBe(true)
    // 403 by Origin and Fetch Metadata; 415 where the form is none.
    expect(new Set(toForm.map(({ status }) => status))).toEqual(new Set([403, 415]))
    expect(posted.filter(({ status }) => status < 400)).toEqual([])
    expect((await idCookies()).map(({ name, value }) => `${name}=${value}`)).toEqual(expect.arrayContaining(before))
    expect(await idCookies()).toHaveLength(before.length)
    // The form is as good as before for the person whose browser it is.
    await victim.page.getByLabel('User name').fill('lena')
    await victim.page.getByLabel('Password').fill(around.demo.account('lena').password)
    await victim.page.getByRole('button', { name: 'Sign in' }).click()
    await victim.page.waitForURL(`${around.portal}/**`)
    expect(await whoIs(victim.page)).toBe('lena')
    // Signing out needs a word of the person, or the ID token that the portal alone holds (OpenID Connect RP-Initiated Logout, section 6).
    await page.bringToFront()
    const out = `${around.issuer}/session/end`
    await runInPage(page, `await fetch(given, { mode: 'no-cors', credentials: 'include' }).catch(() => {}); location.assign(given)`, out)
    await page.getByRole('button').first().waitFor()
    expect(page.url()).toBe(out)
    await victim.page.goto(`${around.portal}/auth/sign-in`)
    // Still signed in there: no password is asked.
    await victim.page.waitForURL(`${around.portal}/**`)
    await Promise.all([attacker, victim].map(({ page: one }) => one.context().close()))
  })
})

const discovery = async (): Promise<{ readonly pushed_authorization_request_endpoint: string }> =>
  (await (await new CookieFetch().fetch(`${around.issuer}/.well-known/openid-configuration`)).json()) as {
    pushed_authorization_request_endpoint: string
  }

/** Where the portal leads the operator's browser; each time with another one-time code. */
async function pairingAddress(): Promise<URL> {
  const led = await new CookieFetch().fetch(around.demo.machine('press-7').panel)
  return new URL(led.headers.get('location') ?? '')
}

describe('the operator’s panel', () => {
  it.each(['attacker.localhost', '127.0.0.1'])(
    'does nothing for a page at %s in the operator’s browser, on any of its routes',
    async (name) => {
      const address = await pairingAddress()
      const wanted = wantedOfPanel(address.origin, session)
      expect(wanted).toHaveLength(18)
      const operator = await context.newPage()
      await operator.goto(address.href)
      await operator.getByRole('button', { name: 'End now' }).waitFor()
      const before = still(await panel.state())
      // A code that the attacker could not use up either: it is refused before it is compared.
      const { hash, origin } = await pairingAddress()
      expect(answersTo(await attackFrom(around.strangerAt(name), wanted), wanted)).toEqual(allAnswered(wanted, 403))
      expect(still(await panel.state())).toBe(before)
      const paired = await fetch(`${origin}/api/pair`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code: hash.replace('#pair=', '') }),
      })
      expect(paired.status).toBe(200)
      await operator.close()
    },
  )
})

describe('the loopback callback of sallyport login', () => {
  it('takes no code from another page, whatever it guesses, and then the one of its person', async () => {
    const home = await mkdtemp(join(tmpdir(), 'browser-attack-'))
    const login = commandLine(home)('login', around.portal, '--no-browser')
    const address = (await login.lineSaid(/\/command-line\?/)).trim()
    const port = new URL(address).searchParams.get('port')
    const evilCode = new URLSearchParams({ code: 'e'.repeat(43), state: 's'.repeat(22) }).toString()
    const wanted = ['/callback', `/callback?${evilCode}`, `/callback?${evilCode}&state=`, '/'].map((path) => ({
      method: 'POST',
      url: `http://127.0.0.1:${port}${path}`,
      body: { code: 'e'.repeat(43) },
    }))
    for (const name of ['attacker.localhost', '127.0.0.1']) {
      await evil.goto(around.strangerAt(name))
      const { heard } = await forge(evil, wanted)
      expect(heard.length).toBeGreaterThan(40)
      expect(new Set(heard.map(({ status }) => status))).toEqual(new Set([404]))
    }
    await expectStrange(`http://${reboundName}:${port}`, 404)
    await allowInBrowser(ada, address)
    expect(await login.ended).toBe(0)
    await rm(home, { recursive: true, force: true })
  })
})

/**
 * DNS rebinding: the attacker's name led to his server when the page was loaded, and leads to ours when its script asks. All is same-origin for the browser, so every
 * method and field may be sent and every answer be read.
 */
async function expectStrange(origin: string, status: number): Promise<void> {
  const page = await context.newPage()
  await page.route(`${origin}/first`, (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Attacker</h1>' }))
  await page.goto(`${origin}/first`)
  const read = await runInPage<readonly { status: number; text: string; cookies: string }[]>(
    page,
    `return Promise.all(given.map(async ([method, path]) => {
       const body = method === 'GET' ? {} : { body: '{}' }
       const answer = await fetch(path, { method, ...body, headers: { 'content-type': 'application/json', 'sallyport-panel': 'x', 'sallyport-csrf': 'x' } })
       return { status: answer.status, text: await answer.text(), cookies: document.cookie }
     }))`,
    [
      ['GET', '/'],
      ['GET', '/api/v1/me'],
      ['GET', '/auth/sign-in'],
      ['POST', '/api/v1/command-lines/token'],
      ['GET', '/.well-known/openid-configuration'],
      ['POST', '/token'],
      ['GET', '/api/state'],
      ['POST', '/api/pair'],
      ['POST', '/api/session/end'],
      ['DELETE', '/api/quiet/x'],
      ['GET', '/.sallyport/enter?code=x'],
      ['GET', '/demo/panels/press-7'],
    ],
  )
  expect(read.map((one) => one.status)).toEqual(read.map(() => status))
  // Nothing to learn: neither names nor tokens, neither pages nor where they are.
  for (const { text } of read) expect(text).not.toMatch(/localhost|csrf|<html|token|Press/)
  await page.close()
}

describe('a name of the attacker that leads to us (DNS rebinding)', () => {
  it('gets nothing of portal, API, identity provider and machines', () =>
    expectStrange(`http://${reboundName}:${new URL(around.portal).port}`, 421))

  it('gets nothing of the panel', async () => expectStrange(`http://${reboundName}:${(await pairingAddress()).port}`, 403))

  it.each([
    ['127.0.0.1', 421],
    ['localhost', 421],
    ['sallyport.localhost.', 421],
    ['x.sallyport.localhost', 421],
    ['x.id.sallyport.localhost', 421],
    ['machines.localhost', 421],
    ['web.machines.localhost', 421],
    [`web-${'a'.repeat(26)}.x.machines.localhost`, 421],
    [`web-${'a'.repeat(26)}.machines.localhost`, 403],
  ])('nor does %s, which nobody gave out', async (name, status) => {
    const page = await context.newPage()
    const answer = await page.goto(`http://${name}:${new URL(around.portal).port}/`)
    expect(answer?.status()).toBe(status)
    expect(await answer?.allHeaders()).not.toHaveProperty('set-cookie')
    await page.close()
  })
})

describe('last of all, a page of the portal itself', () => {
  it('is refused without the token that only it can read; with it, the same requests get through', async () => {
    const wanted = (await wantedOfApi(around, ada, session)).filter(({ url }) => !url.endsWith('/command-lines/token'))
    const before = await stateOfPortal(ada)
    const codes = (token: 'none' | 'own'): Promise<readonly string[]> =>
      runInPage(
        desk,
        `const { csrf_token } = await (await fetch('/api/v1/me')).json()
         const codes = []
         for (const { method, url, body } of given.wanted) {
           const headers = { 'content-type': 'application/json', ...(given.token === 'own' ? { 'sallyport-csrf': csrf_token } : {}) }
           const answer = await fetch(url, { method, headers, body: JSON.stringify(body) })
           codes.push(answer.ok ? 'done' : (await answer.json()).code)
         }
         return codes`,
        { wanted, token },
      )
    expect(new Set(await codes('none'))).toEqual(new Set(['csrf']))
    expect(await stateOfPortal(ada)).toBe(before)
    const through = await codes('own')
    expect(through.filter((code) => ['csrf', 'cross_site', 'not_signed_in'].includes(code))).toEqual([])
    expect(through.filter((code) => code === 'done').length).toBeGreaterThanOrEqual(5)
    expect(await stateOfPortal(ada)).not.toBe(before)
  })
})
