import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { leadAbout, placesOf, type Led } from './open-redirects.ts'
import { signOutAddress, patienceMs, startPortalInBrowser, type PortalInBrowser } from './portal-in-browser.ts'

/**
 * Every parameter and path that names a place, with every way to name one of the attacker's: the browser stays with portal and provider (RFC 9700 sections 4.1 and
 * 4.11; CWE-601). The first few of each are tried in `sign-in.test.ts`.
 */
let around: PortalInBrowser
let portal: string
let issuer: string
let evil: string
let page: Page
let led: Led
beforeAll(async () => {
  around = await startPortalInBrowser()
  ;({ portal, issuer } = around)
  evil = around.strangerAt('attacker.localhost')
  ;({ desk: page } = await around.signedIn('mia'))
  led = leadAbout(around, page)
}, patienceMs)
afterAll(() => around[Symbol.asyncDispose]())

it('return_to of the portal leads to a page of the portal', async () => {
  for (const place of placesOf(evil, portal))
    expect((await led.to(`${portal}/auth/sign-in?return_to=${encodeURIComponent(place)}`)).origin, place).toBe(portal)
})

it('no path of portal or provider leads away', async () => {
  const { host } = new URL(evil)
  const paths = [`//${host}/`, `/%2f%2f${host}`, `/%5c%5c${host}`, `/.%2f/${host}`, `/x/..//${host}`, `/auth//${host}`, `/?lang=//${host}`]
  for (const origin of [portal, issuer]) for (const path of paths) await led.to(`${origin}${path}`)
  await led.to(`${portal}/sign-in-failed?code=${encodeURIComponent(evil)}`)
  await led.to(`${portal}/command-line?port=80@${host}&state=${'s'.repeat(22)}&code_challenge=${'c'.repeat(43)}`)
  await led.to(`${portal}/demo/panels/${encodeURIComponent(`//${host}`)}`)
})

it('an authorization request that was not pushed leads nowhere, whatever redirect_uri, response_mode, response_type, request or PKCE it has', async () => {
  const callback = `${portal}/auth/callback`
  const asked = {
    client_id: (await led.genuineRequest()).searchParams.get('client_id') ?? '',
    response_type: 'code',
    scope: 'openid',
    state: 's',
    nonce: 'n',
    redirect_uri: callback,
    code_challenge: 'c'.repeat(43),
    code_challenge_method: 'S256',
  }
  const redirects = [
    ...placesOf(evil, portal),
    `${callback}/`,
    `${callback}?x=1`,
    `${callback}/../../x`,
    callback.toUpperCase(),
    `${portal}/`,
  ]
  for (const redirect_uri of redirects) {
    const query = new URLSearchParams({ ...asked, redirect_uri }).toString()
    expect((await led.to(`${issuer}/auth?${query}`)).origin, redirect_uri).toBe(issuer)
  }
  const tricks: readonly Readonly<Record<string, string>>[] = [
    { response_mode: 'fragment' },
    { response_mode: 'form_post' },
    { response_mode: 'web_message', web_message_uri: evil },
    { response_mode: 'query.jwt' },
    { response_type: 'token' },
    { response_type: 'code id_token', response_mode: 'fragment' },
    { code_challenge: '', code_challenge_method: '' },
    { code_challenge_method: 'plain' },
    { request: 'e30.e30.' },
    { request_uri: `${evil}/request.jwt` },
    { client_id: evil },
  ]
  for (const trick of tricks) {
    const at = await led.to(`${issuer}/auth?${new URLSearchParams({ ...asked, ...trick }).toString()}`)
    // The registered address is told of the error, and nobody else.
    expect(at.origin === issuer || at.pathname === '/sign-in-failed', JSON.stringify(trick)).toBe(true)
  }
})

it('what stands beside a request that was pushed leads nowhere else', async () => {
  // What was pushed counts (RFC 9126, section 4): the browser comes back to the portal as it would have, or stays at the provider.
  const beside = [
    { redirect_uri: `${evil}/` },
    { response_mode: 'fragment' },
    { response_type: 'token' },
    { code_challenge_method: 'plain' },
  ]
  for (const trick of beside) {
    const pushed = await led.genuineRequest()
    for (const [name, value] of Object.entries(trick)) pushed.searchParams.set(name, value)
    const at = await led.to(pushed.href)
    expect(at.origin === issuer || at.href === `${portal}/`, JSON.stringify(trick)).toBe(true)
  }
})

it('post_logout_redirect_uri leads nowhere else, with the ID token of the portal and without', async () => {
  const { host } = new URL(evil)
  for (const place of placesOf(evil, portal)) await led.to(`${issuer}/session/end?post_logout_redirect_uri=${encodeURIComponent(place)}`)
  await page.goto(`${portal}/auth/sign-in`)
  const out = new URL(await signOutAddress(page))
  for (const place of [...placesOf(evil, portal), `${portal}/x`, `${portal}//${host}/`]) {
    out.searchParams.set('post_logout_redirect_uri', place)
    expect((await led.to(out.href)).origin, place).toBe(issuer)
  }
})
