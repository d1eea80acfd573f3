import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenForRedirect, type LoopbackRedirect } from '../../../gateway/commands/client/loopback-redirect.ts'
import { CookieFetch } from '../../support/browser-less.ts'
import { PanelClient } from '../../support/panel-client.ts'
import { PortalClient } from '../../support/portal-client.ts'
import { approvedSession } from '../../support/technician-at-work.ts'
import { runInPage, patienceMs, startPortalInBrowser, whoIs, type PortalInBrowser } from './portal-in-browser.ts'

/**
 * A page of somebody else, or of a machine, has ours in a frame or a window: clickjacking (CWE-1021; RFC 9700 section 4.16; OWASP Clickjacking Defense), window
 * references and frame counting (XS-Leaks wiki: Window References, Frame Counting, Error Events; HTML, section 7.1.3 COOP), reverse tabnabbing (CWE-1022).
 */
let around: PortalInBrowser
let portal: string
let issuer: string
let panel: URL
let context: BrowserContext
let desk: Page
let machine: Page
let session: string
let mia: PortalClient
let callback: LoopbackRedirect
beforeAll(async () => {
  around = await startPortalInBrowser()
  ;({ portal, issuer } = around)
  const { demo } = around
  mia = new PortalClient(portal)
  await mia.signUndertaking(await mia.signIn(demo.account('mia')))
  const operator = await PanelClient.pair(demo.machine('press-7').panel)
  ;({ id: session } = await approvedSession({ technician: mia, panel: operator, operator: 'Olga Neumann' }))
  ;({ context, desk } = await around.signedIn('mia'))
  machine = await context.newPage()
  await machine.goto(await entry())
  panel = new URL((await new CookieFetch().fetch(demo.machine('press-7').panel)).headers.get('location') ?? '')
  callback = await listenForRedirect({ state: 'known', withinMs: 600_000 })
}, patienceMs)
afterAll(async () => {
  await callback[Symbol.asyncDispose]()
  await around[Symbol.asyncDispose]()
})

const entry = async (): Promise<string> =>
  (await mia.api<{ url: string }>('POST', `/api/v1/sessions/${session}/open`, { service: 'hmi' })).body.url

/** Every kind of page that there is, with what it shows whoever opens it himself. */
const pages = (): readonly (readonly [kind: string, url: string, shows: RegExp])[] => {
  const { origin, host, port } = new URL(machine.url())
  return [
    ['the portal', `${portal}/`, /Machines/],
    ['a machine at the portal', `${portal}/machines/press-7`, /Press 7/],
    [
      'the page that lets a command line in',
      `${portal}/command-line?port=1&state=${'s'.repeat(22)}&code_challenge=${'c'.repeat(43)}`,
      /Allow/,
    ],
    ['an administrators’ page', `${portal}/people`, /./],
    ['a sign-in that failed', `${portal}/sign-in-failed`, /./],
    ['an answer of the API', `${portal}/api/v1/me`, /mia/],
    ['a refusal of the API', `${portal}/api/v1/unknown`, /404/],
    ['the provider’s home', `${issuer}/`, /./],
    ['an error page of the provider', `${issuer}/auth`, /./],
    ['a set-up page', `${issuer}/setup/unknown`, /./],
    ['the question whether to sign out', `${issuer}/session/end`, /Sign out/],
    ['the operator’s panel', `${panel.origin}/`, /./],
    ['a refusal of the panel', `${panel.origin}/api/state`, /not_paired/],
    ['the callback of a command line', `http://127.0.0.1:${callback.port}/callback?state=known`, /not allowed/],
    ['a bar', `${origin.replace('hmi-', 'bar-')}/`, /./],
    ['a refusal at a bar', `${origin.replace('hmi-', 'bar-')}/nothing`, /./],
    ['a refusal at the door of a machine', `${origin.replace(/-[a-z2-7]{26}\./, `-${'a'.repeat(26)}.`)}/`, /./],
    ['a refusal on the way into a machine', `${origin}/.sallyport/nothing`, /./],
    ['a name that is not served', `http://x.${host}/`, /./],
    ['a host that is not ours', `http://127.0.0.1:${port}/`, /not served/],
  ]
}

describe('a frame', () => {
  it('would show something: each of these pages is there for whoever opens it himself', async () => {
    const tab = await context.newPage()
    for (const [kind, url, shows] of pages()) {
      await tab.goto(url)
      await expect.poll(async () => [kind, await tab.locator('body').innerText()]).toEqual([kind, expect.stringMatching(shows)])
    }
    await tab.close()
  })

  it.each(['another site', 'another port of the portal’s name', 'a machine'])('of %s shows none of our pages', async (whose) => {
    const tab = whose === 'a machine' ? machine : await context.newPage()
    if (tab !== machine) await tab.goto(around.strangerAt(whose === 'another site' ? 'attacker.localhost' : 'sallyport.localhost'))
    const own = new URL(tab.url()).origin
    // The frame of a page of its own is shown: what is tried does work. The machine's own pages may frame each other (frame-ancestors 'self').
    const foreign = pages().filter(([, url]) => new URL(url).origin !== own)
    const urls = [...foreign.map(([, url]) => url), `${own}/own`]
    await runInPage(
      tab,
      `await Promise.all(given.map((url) => new Promise((resolve) => {
         const frame = Object.assign(document.createElement('iframe'), { name: url })
         frame.addEventListener('load', resolve)
         frame.src = url
         document.body.append(frame)
       })))
       for (const url of given) for (const [tag, name] of [['object', 'data'], ['embed', 'src']]) document.body.append(Object.assign(document.createElement(tag), { [name]: url, name: url }))`,
      urls,
    )
    const named = () => tab.frames().filter((frame) => frame !== tab.mainFrame())
    await expect
      .poll(() =>
        named()
          .filter((frame) => frame.name() === `${own}/own`)
          .map((frame) => frame.url()),
      )
      .toContain(`${own}/own`)
    for (const [kind, url] of foreign) {
      const shown = named().filter((frame) => frame.name() === url && !frame.url().startsWith('chrome-error:'))
      expect([kind, await Promise.all(shown.map((frame) => frame.evaluate('document.documentElement.innerText')))]).toEqual([kind, []])
    }
    await tab.reload()
    if (tab !== machine) await tab.close()
  })
})

describe('a window', () => {
  it.each(['another site', 'a machine'])(
    'that %s opens on one of our pages is lost to it: no reference, no message, no frames to count',
    async (whose) => {
      const tab = whose === 'a machine' ? machine : await context.newPage()
      if (tab !== machine) await tab.goto(around.strangerAt('attacker.localhost'))
      for (const url of [
        `${portal}/`,
        `${portal}/api/v1/me`,
        `${portal}/auth/sign-in`,
        `${issuer}/`,
        `${issuer}/session/end`,
        `${panel.origin}/`,
      ]) {
        const opened = context.waitForEvent('page')
        await runInPage(tab, `globalThis.held = open(given); held.postMessage('x', '*')`, url)
        const popup = await opened
        await popup.waitForLoadState()
        const left = () => runInPage(tab, 'return [held.closed, held.length]')
        await expect.poll(async () => [url, await left()]).toEqual([url, [true, 0]])
        expect(await popup.evaluate('[opener, name]')).toEqual([null, ''])
        await popup.close()
      }
      expect(await whoIs(desk)).toBe('mia')
      if (tab !== machine) await tab.close()
    },
  )

  it.each([
    ['alone', /: open without the bar$/, 'hmi-'],
    ['in its bar', /^Open /, 'bar-'],
  ])('that the portal opens on a machine, %s, knows nothing of the portal', async (_, button, host) => {
    await desk.goto(`${portal}/sessions/${session}`)
    const opened = context.waitForEvent('page')
    await desk.getByRole('button', { name: button }).first().click()
    const popup = await opened
    await popup.waitForURL(`${new URL(machine.url()).origin.replace('hmi-', host)}/**`)
    expect(await popup.evaluate('[opener, name, document.referrer, history.length]')).toEqual([null, '', '', 1])
    await popup.close()
  })
})

describe('what a foreign page can find out', () => {
  it.each(['attacker.localhost', 'sallyport.localhost'])(
    'at %s is the same whoever is signed in (XS-Leaks: error events)',
    async (name) => {
      const me = (await mia.api<{ id: string }>('GET', '/api/v1/me')).body.id
      const urls = [
        ...['/', '/people', '/api/v1/me', '/api/v1/machines', '/api/v1/machines/press-7', '/api/v1/machines/none', '/api/v1/people'].map(
          (path) => portal + path,
        ),
        ...[`/api/v1/sessions/${session}`, `/api/v1/people/${me}/photo`, '/api/v1/events', '/auth/sign-in', '/auth/callback'].map(
          (path) => portal + path,
        ),
        ...['/', '/session/end', '/me', '/auth'].map((path) => issuer + path),
        `${new URL(machine.url()).origin}/`,
      ]
      const told = async (browser: BrowserContext): Promise<unknown> => {
        const page = await browser.newPage()
        await page.goto(around.strangerAt(name))
        const outcomes = await runInPage(
          page,
          `const made = (tag, attributes) => new Promise((resolve) => {
           const element = Object.assign(document.createElement(tag), attributes)
           element.addEventListener('load', () => resolve('loaded ' + (element.naturalWidth ?? element.contentWindow?.length ?? '')))
           element.addEventListener('error', () => resolve('failed'))
           document.body.append(element)
         })
         const asked = (url, options) => fetch(url, options).then(({ type, status }) => type + status, () => 'failed')
         return Promise.all(given.map(async (url) => [url, ...(await Promise.all([
           made('img', { src: url }),
           made('script', { src: url }),
           made('link', { rel: 'stylesheet', href: url }),
           made('iframe', { src: url }),
           made('video', { src: url }),
           asked(url, { mode: 'no-cors', credentials: 'include' }),
           asked(url, { credentials: 'include' }),
           asked(url, { mode: 'no-cors', credentials: 'include', redirect: 'manual' }),
         ]))]))`,
          urls,
        )
        await page.close()
        return outcomes
      }
      const nobody = await around.browser.newContext()
      const [known, unknown] = [await told(context), await told(nobody)]
      expect(known).toEqual(unknown)
      await nobody.close()
    },
  )
})

describe('a one-time address', () => {
  it('is not used up by a browser that fetches ahead', async () => {
    const address = await entry()
    // One that holds no cookie of that site: only then Chromium fetches ahead from another one.
    const ahead = await around.browser.newContext()
    const page = await ahead.newPage()
    const control = `${around.strangerAt('other.localhost')}/ahead`
    await page.goto(around.strangerAt('attacker.localhost'))
    await runInPage(
      page,
      `for (const url of given) document.head.append(Object.assign(document.createElement('link'), { rel: 'prefetch', href: url }))
       const rules = { prefetch: [{ urls: given, eagerness: 'immediate' }] }
       document.head.append(Object.assign(document.createElement('script'), { type: 'speculationrules', textContent: JSON.stringify(rules) }))`,
      [address, `${portal}/auth/sign-in`, control],
    )
    await expect
      .poll(() => around.stranger.seen.filter(({ url }) => url === '/ahead').map(({ headers }) => headers['sec-fetch-mode']))
      .toEqual(expect.arrayContaining(['no-cors', 'navigate']))
    expect(await ahead.cookies([portal, address])).toEqual([])
    await ahead.close()
    // The person, in a browser that has not entered: nothing but the code lets it in.
    const own = await around.browser.newContext()
    const tab = await own.newPage()
    expect((await tab.goto(address))?.status()).toBe(200)
    expect(tab.url()).toBe(`${new URL(machine.url()).origin}/`)
    await own.close()
  })
})
