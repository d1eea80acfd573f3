import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSignInLimits, signInLimitSettings } from './accounts/sign-in-limits.ts'
import { exchange, startFlow } from './test-support/sign-in-flow.ts'
import { TestBrowser } from './test-support/test-browser.ts'
import { hiddenField, issuer, otherRedirectUri, redirectUri, signedOutUri, TestIdp } from './test-support/test-idp.ts'

const password = 'four random kitchen words'
let idp: TestIdp
let client: openid.Configuration
let sub: string

beforeAll(async () => {
  idp = await TestIdp.start({ limits: createSignInLimits({ ...signInLimitSettings, freeAttempts: 1000 }) })
  client = await idp.client()
  sub = await idp.person('mia', password)
})
afterAll(() => idp[Symbol.asyncDispose]())

describe('openid-client against the running provider', () => {
  it('signs a person in by PAR, PKCE and private_key_jwt and reads who she is', async () => {
    const browser = new TestBrowser(idp)
    const flow = await startFlow(client, browser)
    expect(flow.page.url.pathname).toMatch(/^\/interaction\//)
    const landing = await browser.signIn(flow.page, 'Mia', password)
    expect(landing.url.href.startsWith(redirectUri)).toBe(true)
    expect(landing.url.searchParams.get('iss')).toBe(issuer)
    const tokens = await exchange(client, flow, landing)
    const claims = tokens.claims()
    expect(claims).toMatchObject({ sub, name: 'mia Example', preferred_username: 'mia', amr: ['pwd'], acr: 'urn:sallyport:acr:password' })
    expect(claims?.auth_time).toBeTypeOf('number')
    expect(claims?.['sid']).toMatch(/^[\w-]{22}$/)
    expect(tokens.refresh_token).toBeUndefined()
    const info = await openid.fetchUserInfo(client, tokens.access_token, sub)
    expect(info).toMatchObject({ sub, name: 'mia Example' })
  })

  it('asks for no password again while the session lives', async () => {
    const browser = new TestBrowser(idp)
    const first = await startFlow(client, browser)
    await browser.signIn(first.page, 'mia', password)
    const second = await startFlow(client, browser)
    expect(second.page.url.href.startsWith(redirectUri)).toBe(true)
    await exchange(client, second, second.page)
  })

  it('gives the session a new id at sign-in and keeps its cookies to this host, to HTTP and to TLS', async () => {
    const browser = new TestBrowser(idp)
    const flow = await startFlow(client, browser)
    const before = browser.cookies.get('__Host-sallyport-id')?.value
    await browser.signIn(flow.page, 'mia', password)
    const cookie = browser.cookies.get('__Host-sallyport-id')
    expect(cookie?.value).not.toBe(before)
    expect(cookie?.attributes.toLowerCase()).toContain('secure')
    expect(cookie?.attributes.toLowerCase()).toContain('httponly')
    expect(cookie?.attributes.toLowerCase()).toContain('samesite=lax')
    for (const name of browser.cookies.keys()) expect(name).toMatch(/^__(Host|Secure)-/)
  })

  it('goes on only in the browser that began it, whatever another host of our domain has set there', async () => {
    await idp.person('mallory', password)
    const attacker = new TestBrowser(idp)
    const { page } = await startFlow(client, attacker)
    const victim = new TestBrowser(idp)
    const tossed = [...attacker.cookies].filter(([name]) => name.startsWith('__Secure-'))
    expect(tossed).toHaveLength(4)
    for (const [name, cookie] of tossed) victim.cookies.set(name, cookie)
    // He would type his password, and the attacker's browser be signed in by it.
    const planted = await victim.get(page.url)
    expect([planted.status, planted.body.includes('sign_in_expired'), planted.body.includes('name="csrf"')]).toEqual([400, true, false])
    const typed = await victim.post(page.url, { csrf: hiddenField(page.body, 'csrf'), username: 'mia', password })
    expect([typed.status, typed.url.pathname]).toEqual([400, page.url.pathname])
    // The other way round: the attacker's own sign-in is finished where the victim sits.
    const resumed = await victim.get(page.url.pathname.replace('interaction', 'auth'))
    expect([resumed.status, resumed.body.includes('This sign-in is over')]).toEqual([400, true])
    expect(victim.cookies.has('__Host-sallyport-id')).toBe(false)
    // At an address of her own too: the library goes by the cookies.
    const own = await startFlow(client, victim)
    for (const [name, cookie] of tossed) if (name.includes('resume')) victim.cookies.set(name, { ...cookie, path: '/' })
    expect((await victim.get(own.page.url.pathname.replace('interaction', 'auth'))).status).toBe(400)
    expect((await attacker.signIn(page, 'mallory', password)).url.href.startsWith(redirectUri)).toBe(true)
  })

  it('lets ten sign-ins be under way in one browser; the oldest beyond them is over', async () => {
    const browser = new TestBrowser(idp)
    const pages: URL[] = []
    for (let n = 0; n < 11; n += 1) pages.push((await startFlow(client, browser)).page.url)
    const begun = browser.cookies.get('__Host-sallyport-begun')?.value.split('.')
    expect(begun).toEqual(
      pages
        .slice(1)
        .map(({ pathname }) => pathname.split('/')[2])
        .toReversed(),
    )
  })

  it('refuses a redirect URI that is not registered letter for letter', async () => {
    for (const uri of [`${redirectUri}/`, `${redirectUri}?x=1`, 'https://evil.example.test/', redirectUri.toUpperCase()]) {
      await expect(startFlow(client, new TestBrowser(idp), { redirect_uri: uri })).rejects.toMatchObject({
        error: 'invalid_request',
        error_description: expect.stringContaining('redirect_uri'),
      })
    }
  })

  it('refuses a request without PKCE or with its plain method', async () => {
    const request = { redirect_uri: redirectUri, scope: 'openid' }
    await expect(openid.buildAuthorizationUrlWithPAR(client, request)).rejects.toMatchObject({ error: 'invalid_request' })
    const plain = { ...request, code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' }
    await expect(openid.buildAuthorizationUrlWithPAR(client, plain)).rejects.toMatchObject({ error: 'invalid_request' })
  })

  it('refuses a request that was not pushed', async () => {
    const url = openid.buildAuthorizationUrl(client, {
      redirect_uri: redirectUri,
      scope: 'openid',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
    })
    const landing = await new TestBrowser(idp).get(url)
    expect(landing.url.searchParams.get('error') ?? landing.status).not.toBe(200)
    expect(landing.url.searchParams.get('code')).toBeNull()
  })

  it('refuses a code that is used twice, and takes back what the first use gave', async () => {
    const browser = new TestBrowser(idp)
    const flow = await startFlow(client, browser)
    const landing = await browser.signIn(flow.page, 'mia', password)
    const tokens = await exchange(client, flow, landing)
    await expect(exchange(client, flow, landing)).rejects.toMatchObject({ error: 'invalid_grant' })
    await expect(openid.fetchUserInfo(client, tokens.access_token, sub)).rejects.toMatchObject({ status: 401 })
  })

  it('lets only one of two uses of a code at the same moment win', async () => {
    const browser = new TestBrowser(idp)
    const flow = await startFlow(client, browser)
    const landing = await browser.signIn(flow.page, 'mia', password)
    const results = await Promise.allSettled([exchange(client, flow, landing), exchange(client, flow, landing)])
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeLessThan(2)
  })

  it('refuses a code with another verifier', async () => {
    const browser = new TestBrowser(idp)
    const flow = await startFlow(client, browser)
    const landing = await browser.signIn(flow.page, 'mia', password)
    await expect(exchange(client, { ...flow, verifier: openid.randomPKCECodeVerifier() }, landing)).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  it('offers nothing that it does not need', async () => {
    const metadata = client.serverMetadata()
    expect(metadata.require_pushed_authorization_requests).toBe(true)
    expect(metadata.code_challenge_methods_supported).toEqual(['S256'])
    expect(metadata.response_types_supported).toEqual(['code'])
    expect(metadata.token_endpoint_auth_methods_supported).toEqual(['private_key_jwt'])
    expect(metadata.grant_types_supported).toEqual(['authorization_code'])
    expect(metadata.registration_endpoint).toBeUndefined()
    expect(metadata.device_authorization_endpoint).toBeUndefined()
    expect(metadata.introspection_endpoint).toBeUndefined()
  })

  it('shows its error page with a number where a stranger edits the request', async () => {
    const landing = await new TestBrowser(idp).get('/auth?client_id=portal&request_uri=urn:ietf:params:oauth:request_uri:nonsense<script>')
    expect(landing.status).toBe(400)
    expect(landing.body).toContain('Number for support')
    expect(landing.body).not.toContain('<script')
  })
})

describe('signing out', () => {
  const signedIn = async (): Promise<{ browser: TestBrowser; idToken: string }> => {
    const browser = new TestBrowser(idp)
    const flow = await startFlow(client, browser)
    const tokens = await exchange(client, flow, await browser.signIn(flow.page, 'mia', password))
    return { browser, idToken: String(tokens.id_token) }
  }

  it('ends the session at once for our own application with its id token, and tells the feed', async () => {
    const { browser, idToken } = await signedIn()
    const before = await idp.admin('GET', '/admin/feed?after=0')
    const landing = await browser.get(
      openid.buildEndSessionUrl(client, { id_token_hint: idToken, post_logout_redirect_uri: signedOutUri, state: 'xyz' }),
    )
    expect(landing.url.href).toBe(`${signedOutUri}?state=xyz`)
    const { json } = await idp.admin('GET', `/admin/feed?after=${before.json.last}`)
    const sid = JSON.parse(Buffer.from(idToken.split('.')[1] as string, 'base64url').toString()).sid
    expect(json.changes).toMatchObject([{ type: 'account.signed_out', sub, sid }])
    const again = await startFlow(client, browser)
    expect(again.page.url.pathname).toMatch(/^\/interaction\//)
  })

  it('leaves the old cookie worthless', async () => {
    const { browser, idToken } = await signedIn()
    const stolen = new TestBrowser(idp)
    for (const [name, cookie] of browser.cookies) stolen.cookies.set(name, cookie)
    await browser.get(openid.buildEndSessionUrl(client, { id_token_hint: idToken, post_logout_redirect_uri: signedOutUri }))
    expect((await startFlow(client, stolen)).page.url.pathname).toMatch(/^\/interaction\//)
  })

  it('asks first where no id token is shown, and signs out by one click', async () => {
    const { browser } = await signedIn()
    const page = await browser.get('/session/end')
    expect(page.body).toContain('mia Example')
    expect((await startFlow(client, browser)).page.url.href.startsWith(redirectUri)).toBe(true)
    const asked = await browser.get('/session/end')
    const done = await browser.post('/session/end/confirm', { xsrf: hiddenField(asked.body, 'xsrf'), logout: 'yes' })
    expect(done.url.pathname).toBe('/session/end/success')
    expect(done.body).toContain('You are signed out')
    expect((await startFlow(client, browser)).page.url.pathname).toMatch(/^\/interaction\//)
  })

  it('refuses a sign-out form without its token', async () => {
    const { browser } = await signedIn()
    await browser.get('/session/end')
    expect((await browser.post('/session/end/confirm', { xsrf: 'guess', logout: 'yes' })).status).toBe(400)
    expect((await startFlow(client, browser)).page.url.href.startsWith(redirectUri)).toBe(true)
  })

  it('goes straight back where nobody is signed in, with no script on the way', async () => {
    const { idToken } = await signedIn()
    const landing = await new TestBrowser(idp).get(
      openid.buildEndSessionUrl(client, { id_token_hint: idToken, post_logout_redirect_uri: signedOutUri }),
    )
    expect(landing.url.href).toBe(signedOutUri)
  })

  it('never goes to an address that is not registered', async () => {
    const { browser, idToken } = await signedIn()
    const landing = await browser.get(
      openid.buildEndSessionUrl(client, { id_token_hint: idToken, post_logout_redirect_uri: 'https://evil.example.test/' }),
    )
    expect(landing.status).toBe(400)
  })
})

describe('an application that is not ours', () => {
  it('gets nothing before the person agreed on the consent page', async () => {
    const wiki = await idp.client('wiki')
    const browser = new TestBrowser(idp)
    const flow = await startFlow(wiki, browser, { redirect_uri: otherRedirectUri })
    const consent = await browser.signIn(flow.page, 'mia', password)
    expect(consent.body).toContain('Workshop wiki')
    expect(consent.body).toContain('wiki.example.test')
    const landing = await browser.post(consent.url, { csrf: hiddenField(consent.body, 'csrf'), answer: 'allow' })
    const tokens = await exchange(wiki, flow, landing)
    expect(tokens.claims()?.sub).toBe(sub)
  })

  it('is told access_denied when the person refuses', async () => {
    const wiki = await idp.client('wiki')
    const browser = new TestBrowser(idp)
    const flow = await startFlow(wiki, browser, { redirect_uri: otherRedirectUri })
    const consent = await browser.signIn(flow.page, 'mia', password)
    const landing = await browser.post(consent.url, { csrf: hiddenField(consent.body, 'csrf'), answer: 'refuse' })
    expect(landing.url.searchParams.get('error')).toBe('access_denied')
  })
})

describe('another person in the same browser', () => {
  it('takes over with a session of her own', async () => {
    const otherSub = await idp.person('olga', password)
    const browser = new TestBrowser(idp)
    const first = await startFlow(client, browser)
    await browser.signIn(first.page, 'mia', password)
    const flow = await startFlow(client, browser, { prompt: 'login' })
    const tokens = await exchange(client, flow, await browser.signIn(flow.page, 'olga', password))
    expect(tokens.claims()?.sub).toBe(otherSub)
  })
})
