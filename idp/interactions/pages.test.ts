import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type * as openid from 'openid-client'
import { FakeClock } from '../../gateway/basics/fake-clock.ts'
import { startFlow } from '../test-support/sign-in-flow.ts'
import { TestBrowser } from '../test-support/test-browser.ts'
import { formHeaders, hiddenField, issuer, otherRedirectUri, redirectUri, TestIdp } from '../test-support/test-idp.ts'

const password = 'four random kitchen words'
let idp: TestIdp
let client: openid.Configuration

beforeAll(async () => {
  idp = await TestIdp.start()
  client = await idp.client()
  await idp.person('mia', password)
})
afterAll(() => idp[Symbol.asyncDispose]())

const signInPage = async (ip?: string): Promise<{ browser: TestBrowser; page: Awaited<ReturnType<TestBrowser['get']>> }> => {
  const browser = new TestBrowser(idp, ip)
  return { browser, page: (await startFlow(client, browser)).page }
}

describe('headers', () => {
  it('every page forbids scripts, frames, sniffing and storing, and keeps to TLS', async () => {
    const { page } = await signInPage()
    const pages = [
      page,
      ...(await Promise.all(
        ['/', '/nowhere', '/setup/unknown', '/session/end/success', '/auth'].map((path) => new TestBrowser(idp).get(path)),
      )),
    ]
    for (const { headers, body, url } of pages) {
      const policy = String(headers.get('content-security-policy'))
      expect(policy, url.pathname).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('script-src')
      expect(policy).not.toContain('unsafe')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('same-origin')
      expect(headers.get('strict-transport-security')).toContain('max-age=31536000')
      expect(body).not.toMatch(/<script|<style|style=|onclick/)
    }
  })

  it('the sign-in form may lead to its own application and nowhere else', async () => {
    const { page } = await signInPage()
    expect(page.headers.get('content-security-policy')).toContain(`form-action 'self' ${new URL(redirectUri).origin};`)
    const wiki = await startFlow(await idp.client('wiki'), new TestBrowser(idp), { redirect_uri: otherRedirectUri })
    expect(wiki.page.headers.get('content-security-policy')).toContain(`form-action 'self' ${new URL(otherRedirectUri).origin};`)
  })
})

describe('the sign-in form', () => {
  it('has the notification, and the attributes that password managers need', async () => {
    const { page } = await signInPage()
    expect(page.body).toContain('are recorded')
    expect(page.body).toContain('autocomplete="username"')
    expect(page.body).toContain('autocomplete="current-password"')
  })

  it('keeps the user name after a wrong password and says what to do', async () => {
    const { browser, page } = await signInPage()
    const again = await browser.signIn(page, 'mia', 'not the password')
    expect(again.status).toBe(422)
    expect(again.body).toContain('value="mia"')
    expect(again.body).toContain('Type both again')
    expect(again.body).toMatch(/aria-invalid="true" aria-describedby="message"/)
  })

  it('gives the same answer for a name that does not exist', async () => {
    const { browser, page } = await signInPage()
    const unknown = await browser.signIn(page, 'nobody', 'not the password')
    const known = await browser.signIn(page, 'mia', 'not the password')
    expect(unknown.status).toBe(known.status)
    expect(unknown.body.replace('nobody', 'mia')).toBe(known.body)
  })

  it('takes what was typed as text', async () => {
    const { browser, page } = await signInPage()
    const again = await browser.signIn(page, '"><img src=x onerror=1>', 'x')
    expect(again.body).not.toContain('<img')
  })

  it('names the field that is missing', async () => {
    const { browser, page } = await signInPage()
    expect((await browser.signIn(page, '', password)).body).toContain('Type your user name.')
    expect((await browser.signIn(page, 'mia', '')).body).toContain('Type your password.')
  })

  it('refuses a form without its token, from another origin, or of another interaction', async () => {
    const { browser, page } = await signInPage()
    const { page: other } = await signInPage()
    const fields = { username: 'mia', password }
    const csrf = hiddenField(page.body, 'csrf')
    expect((await browser.post(page.url, fields)).status).toBe(403)
    expect((await browser.post(page.url, { ...fields, csrf: hiddenField(other.body, 'csrf') })).status).toBe(403)
    expect((await browser.post(page.url, { ...fields, csrf }, { ...formHeaders, origin: 'https://evil.example.test' })).status).toBe(403)
    expect((await browser.post(page.url, { ...fields, csrf }, { ...formHeaders, origin: 'null' })).status).toBe(403)
    expect((await browser.post(page.url, { ...fields, csrf }, { ...formHeaders, 'sec-fetch-site': 'same-site' })).status).toBe(403)
    expect((await browser.post(page.url, { ...fields, csrf })).url.href.startsWith(redirectUri)).toBe(true)
  })

  it('belongs to the browser that asked for it', async () => {
    const { page } = await signInPage()
    const stranger = new TestBrowser(idp)
    const answer = await stranger.post(page.url, { csrf: hiddenField(page.body, 'csrf'), username: 'mia', password })
    expect(answer.status).toBe(400)
    expect(answer.body).toContain('This sign-in is over')
  })

  it('refuses bodies that are too large, of another type, or with a field twice', async () => {
    const { browser, page } = await signInPage()
    expect((await browser.post(page.url, { username: 'x'.repeat(20_000) })).status).toBe(413)
    expect((await browser.post(page.url, {}, { ...formHeaders, 'content-type': 'text/plain' })).status).toBe(415)
    const cookie = [...browser.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ')
    const twice = await idp.fetch(page.url, { method: 'POST', headers: { ...formHeaders, cookie }, body: 'csrf=a&csrf=b' })
    expect(twice.status).toBe(400)
  })

  it('makes an address wait after five failures, and nobody else', async () => {
    const { browser, page } = await signInPage('198.51.100.7')
    for (let n = 0; n < 5; n++) expect((await browser.signIn(page, 'mia', 'wrong password')).status).toBe(422)
    const held = await browser.signIn(page, 'mia', password)
    expect(held.status).toBe(429)
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(held.body).toMatch(/You can try again in \d second/)
    const { browser: elsewhere, page: herPage } = await signInPage('198.51.100.8')
    expect((await elsewhere.signIn(herPage, 'mia', password)).url.href.startsWith(redirectUri)).toBe(true)
  })
})

describe('languages', () => {
  it('follow the browser, the choice in the address, and the cookie that remembers it', async () => {
    const german = await (await idp.fetch(`${issuer}/`, { headers: { 'accept-language': 'de-AT,de;q=0.9' } })).text()
    expect(german).toContain('<html lang="de">')
    const { browser, page } = await signInPage()
    expect(page.body).toContain('<html lang="en">')
    expect((await browser.get(`${page.url.pathname}?lang=de`)).body).toContain('Benutzername')
    expect((await browser.get(page.url)).body).toContain('Benutzername')
  })

  it('follow ui_locales of the application where nobody chose', async () => {
    const { page } = await startFlow(client, new TestBrowser(idp), { ui_locales: 'de-DE en' })
    expect(page.body).toContain('<html lang="de">')
  })
})

describe('requests that are not for this service', () => {
  it('are refused: another host, plain http behind a https issuer, other methods', async () => {
    expect((await idp.fetch('https://evil.example.test/.well-known/openid-configuration')).status).toBe(421)
    expect((await idp.fetch(`${issuer}/`, { method: 'DELETE' })).status).toBe(405)
    expect((await idp.fetch(`${issuer}/nowhere`)).status).toBe(404)
  })
})

describe('the set-up link', () => {
  const create = async (target: TestIdp, username: string): Promise<string> =>
    String((await target.admin('POST', '/admin/accounts', { username, name: 'New Person' })).json.setup_url)
  const set = async (target: TestIdp, url: string, fields: Record<string, string>): Promise<{ status: number; body: string }> => {
    const page = await (await target.fetch(url)).text()
    const csrf = hiddenField(page, 'csrf')
    const answer = await target.fetch(url, {
      method: 'POST',
      headers: formHeaders,
      body: new URLSearchParams({ csrf, ...fields }).toString(),
    })
    return { status: answer.status, body: await answer.text() }
  }

  it('names what is wrong with a password and is not used up by that', async () => {
    const url = await create(idp, 'newcomer')
    const refused = (password: string, repeat = password): Promise<{ body: string }> => set(idp, url, { password, repeat })
    expect((await refused('short')).body).toContain('at least 12 characters')
    expect((await refused('Password1234')).body).toContain('most common')
    expect((await refused('x'.repeat(257))).body).toContain('at most 256')
    expect((await refused('a fine long sentence', 'another')).body).toContain('The two passwords differ')
    expect((await refused('a fine long sentence')).body).toContain('Your password is set')
  })

  it('works once', async () => {
    const url = await create(idp, 'once')
    const page = await (await idp.fetch(url)).text()
    const body = new URLSearchParams({ csrf: hiddenField(page, 'csrf'), password, repeat: password }).toString()
    const post = (): Promise<Response> => idp.fetch(url, { method: 'POST', headers: formHeaders, body })
    const answers = await Promise.all([post(), post(), post()])
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 410, 410])
    expect(await (await idp.fetch(url)).text()).toContain('used already')
  })

  it('is voided by a newer one, and is over after a day', async () => {
    const clock = new FakeClock(Date.now())
    await using late = await TestIdp.start({ clock })
    const first = await create(late, 'late')
    const { json } = await late.admin('GET', '/admin/accounts?search=late')
    const second = String((await late.admin('POST', `/admin/accounts/${json.items[0].sub}/setup-link`)).json.setup_url)
    expect((await late.fetch(first)).status).toBe(404)
    expect((await late.fetch(second)).status).toBe(200)
    clock.advance(24 * 60 * 60 * 1000)
    const over = await late.fetch(second)
    expect(over.status).toBe(410)
    expect(await over.text()).toContain('good for 24 hours')
  })

  it('ends the sessions of before', async () => {
    const sub = await idp.person('forgetful', password)
    const browser = new TestBrowser(idp)
    const flow = await startFlow(client, browser)
    await browser.signIn(flow.page, 'forgetful', password)
    const { json } = await idp.admin('POST', `/admin/accounts/${sub}/setup-link`)
    await set(idp, String(json.setup_url), { password: 'another fine sentence', repeat: 'another fine sentence' })
    expect((await startFlow(client, browser)).page.url.pathname).toMatch(/^\/interaction\//)
  })
})
