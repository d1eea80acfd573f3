import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { startBrowserTarget, type BrowserTarget, type Foothold } from './browser-target.ts'
import { runInPage, whoIs } from './portal-in-browser.ts'

/**
 * What the page of one machine can do to another machine that the same technician works on (security.md 3.3: cookie tossing between sibling origins, service
 * workers, `Clear-Site-Data`, COOP; RFC 6265bis sections 4.1.3, 5.6 and 8.6; Pomerium CVE-2024-39315).
 */
let target: BrowserTarget
let a: Foothold
let b: Foothold
beforeAll(async () => {
  target = await startBrowserTarget()
  ;({ a, b } = target)
})
afterAll(() => target[Symbol.asyncDispose]())
afterEach(() => target.nobodyElseHarmed())

const accessDomain = 'machines.localhost'
/** What a machine was told at this path, the newest. */
const toldAt = ({ machine }: Foothold, path: string) => machine.seen.findLast(({ url }) => url.split('?')[0] === path)
const setCookies = (page: Page, cookies: readonly string[]): Promise<string> =>
  runInPage(page, 'for (const line of given) document.cookie = line; return document.cookie', cookies)
/** A request of the machine's own page; what the machine got as Cookie. */
async function cookiesAt(foothold: Foothold, path: string): Promise<string> {
  expect(await foothold.page.evaluate(async (to) => (await fetch(to)).status, path)).toBe(200)
  return toldAt(foothold, path)?.headers.cookie ?? ''
}

describe('cookies', () => {
  it('that A throws over its whole site replace none that B has set', async () => {
    b.machine.answers.set('/log-in', {
      headers: { 'set-cookie': ['sid=real; Path=/; HttpOnly', 'wide=b; Domain=machines.localhost; Path=/; HttpOnly'] },
    })
    expect(await b.page.evaluate(async () => (await fetch('/log-in')).status)).toBe(200)
    // B's own `Domain=` was stripped: A does not see it.
    expect(await cookiesAt(a, '/own')).toBe('')
    await setCookies(a.page, [
      `sid=evil; Domain=${accessDomain}; Path=/`,
      `sid=deeper; Domain=${accessDomain}; Path=/deep`,
      `wide=evil; Domain=${accessDomain}; Path=/deep`,
      `lone=tossed; Domain=${accessDomain}; Path=/deep`,
    ])
    const jar = await target.context.cookies(`${b.origin}/deep/x`)
    // The attack worked as far as a browser lets it: B's origin would send all of them.
    expect(jar.filter(({ name }) => name === 'sid').map(({ value }) => value)).toEqual(expect.arrayContaining(['real', 'evil', 'deeper']))
    // A name that comes twice says nothing of who set it, so it comes not at all; a name nobody ever set is the page's own affair (gateway/proxy/README.md).
    expect(await cookiesAt(b, '/deep/x')).toBe('lone=tossed')
    // Where only the tossed value is left, it is known not to be B's.
    await target.context.clearCookies({ name: 'sid', domain: new URL(b.origin).hostname })
    await target.context.clearCookies({ name: 'wide', domain: new URL(b.origin).hostname })
    await target.context.clearCookies({ name: 'sid', path: '/deep' })
    expect(await cookiesAt(b, '/deep/y')).not.toMatch(/sid|wide/)
    await target.context.clearCookies({ domain: accessDomain })
    await target.context.clearCookies({ domain: `.${accessDomain}` })
  })

  it('that are named like ours, set by a machine or its script, let nobody in and reach no machine', async () => {
    for (const name of ['__Host-sallyport', '__host-sallyport', '__Secure-sallyport', 'sallyport', 'sallyport-access', 'Sallyport']) {
      const wide = `${name}=wide; Domain=${accessDomain}; Path=/; Secure`
      a.machine.answers.set('/ours', { headers: { 'set-cookie': [`${name}=by-header; Path=/; Secure`, wide] } })
      await a.page.evaluate(() => fetch('/ours'))
      const readable = await setCookies(a.page, [`${name}=by-script; Path=/; Secure`, wide])
      expect(readable).not.toContain('by-header')
      const jar = await target.context.cookies(b.origin)
      expect(jar.filter((cookie) => cookie.name === '__Host-sallyport' && cookie.value === 'wide')).toEqual([])
      // A browser gives a name without our prefix to the whole site, and neither machine hears of it.
      if (!name.startsWith('__')) expect(jar.map((cookie) => `${cookie.name}=${cookie.value}`)).toContain(`${name}=wide`)
      for (const foothold of [a, b]) expect(await cookiesAt(foothold, '/after')).not.toMatch(/sallyport/i)
      // Our own cookie, out of reach of scripts, still lets both in.
      const ours = { httpOnly: true, secure: true, sameSite: 'Lax', path: '/' }
      expect(jar.find((cookie) => cookie.name === '__Host-sallyport')).toMatchObject(ours)
      await target.context.clearCookies({ domain: `.${accessDomain}` })
    }
  })

  it('for the portal or the identity provider are not taken from a machine, whatever domain they name', async () => {
    const names = ['__Host-sallyport', '__Host-sallyport-sign-in', '__Host-sallyport-lang', '_session', '_interaction', 'sallyport-lang']
    for (const domain of [
      'localhost',
      'sallyport.localhost',
      '.sallyport.localhost',
      'id.sallyport.localhost',
      'sallyport.localhost.',
      '',
    ]) {
      const lines = names.map((name) => `${name}=tossed; Domain=${domain}; Path=/; Secure`)
      a.machine.answers.set('/toss', { headers: { 'set-cookie': lines } })
      await a.page.evaluate(() => fetch('/toss'))
      await setCookies(a.page, [...lines, ...names.map((name) => `${name}=tossed; Domain=${domain}; Path=/`)])
    }
    // One without a domain is A's own: the attack did run.
    expect((await target.context.cookies(a.origin)).map(({ value }) => value)).toContain('tossed')
    for (const name of names.slice(1)) await target.context.clearCookies({ name, domain: new URL(a.origin).hostname })
    for (const origin of [target.portal, target.issuer]) {
      expect((await target.context.cookies(origin)).filter(({ value }) => value === 'tossed')).toEqual([])
    }
  })

  it('without end throw nobody out of the portal; at worst another machine has to be opened again', async () => {
    const { context, desk } = await target.signedIn('mia')
    const [pageA, pageB] = [await context.newPage(), await context.newPage()]
    await pageA.goto(await target.entryOf(a.session))
    await pageB.goto(await target.entryOf(b.session))
    const flood = Array.from(
      { length: 500 },
      (_, n) => `flood${n}=${'x'.repeat(100)}; Domain=${accessDomain}; Path=/; Secure; Priority=High`,
    )
    await setCookies(pageA, flood)
    const left = (await context.cookies(b.origin)).length
    expect(left).toBeGreaterThan(50)
    // The browser has thrown some out to make room: its bound for a site was met.
    expect(left).toBeLessThan(500)
    expect(await whoIs(desk)).toBe('mia')
    const status = await pageB.evaluate(async () => (await fetch('/')).status)
    // A head that is too long, or a cookie that the browser threw away: a refusal that says so, never another one's access.
    expect([200, 403, 431]).toContain(status)
    await context.clearCookies({ domain: `.${accessDomain}` })
    await pageB.goto(await target.entryOf(b.session))
    expect(await pageB.getByRole('heading').textContent()).toBe('Machine')
    await context.close()
  })
})

describe('what a browser keeps', () => {
  it('for A is not there for B: storage, caches, databases, channels, workers, locks', async () => {
    await runInPage(
      a.page,
      `localStorage.setItem('left', 'by A')
       sessionStorage.setItem('left', 'by A')
       await (await caches.open('left')).put('/left', new Response('by A'))
       await new Promise((resolve) => indexedDB.open('left').addEventListener('success', resolve))
       await new Promise((resolve) => navigator.locks.request('left', () => (resolve(), new Promise(() => {}))))`,
    )
    const keep = (page: Page): Promise<readonly number[]> =>
      runInPage(
        page,
        `const held = (await navigator.locks.query()).held
         const databases = await indexedDB.databases()
         return [localStorage.length, sessionStorage.length, (await caches.keys()).length, databases.length, held.length]`,
      )
    expect(await keep(a.page)).toEqual([1, 1, 1, 1, 1])
    expect(await keep(b.page)).toEqual([0, 0, 0, 0, 0])
    expect((await keep(target.desk))[2]).toBe(0)
    const listen = (page: Page): Promise<void> =>
      runInPage(
        page,
        `globalThis.heard = []
         globalThis.channel = new BroadcastChannel('all')
         channel.addEventListener('message', ({ data }) => heard.push(data))`,
      )
    const other = await target.context.newPage()
    await other.goto(a.origin)
    for (const page of [b.page, other, target.desk]) await listen(page)
    await a.page.evaluate(() => new BroadcastChannel('all').postMessage('from A'))
    const heardBy = (page: Page): Promise<string[]> => runInPage(page, 'return heard')
    await expect.poll(() => heardBy(other)).toEqual(['from A'])
    expect([await heardBy(b.page), await heardBy(target.desk)]).toEqual([[], []])
    await other.close()
  })

  it('is cleared by A for A alone', async () => {
    await b.page.evaluate(() => localStorage.setItem('mine', 'B'))
    await a.page.evaluate(() => localStorage.setItem('mine', 'A'))
    a.machine.answers.set('/clear', { headers: { 'clear-site-data': '"cookies", "storage", "cache", "*"' } })
    await a.page.evaluate(() => fetch('/clear'))
    await expect.poll(() => a.page.evaluate(() => localStorage.getItem('mine'))).toBeNull()
    expect(await b.page.evaluate(() => localStorage.getItem('mine'))).toBe('B')
    // Both are still in.
    await cookiesAt(b, '/still-in')
    await cookiesAt(a, '/still-in')
  })

  it('is no service worker of a machine: it would read one-time codes and outlive the session', async () => {
    const steal = `self.addEventListener('install', () => self.skipWaiting())
      self.addEventListener('activate', (event) => event.waitUntil(clients.claim()))
      self.addEventListener('fetch', (event) => {
        fetch('/stolen?' + encodeURIComponent(event.request.url))
        if (event.request.mode === 'navigate') event.respondWith(new Response('<h1>kept by a service worker</h1>', { headers: { 'content-type': 'text/html' } }))
      })`
    const script = { headers: { 'content-type': 'text/javascript', 'service-worker-allowed': '/' }, body: steal }
    for (const path of ['/sw.js', '/app/sw.js', '/.sw.js', '/a//sw.js']) a.machine.answers.set(path, script)
    const register = (path: string): Promise<string> =>
      runInPage(
        a.page,
        `try {
           await navigator.serviceWorker.register(given, given.startsWith('/a') ? {} : { scope: '/' })
           return (await navigator.serviceWorker.ready) && 'registered'
         } catch (error) { return String(error) }`,
        path,
      )
    for (const path of ['/sw.js', '/app/sw.js', '/.sw.js', '/a//sw.js'])
      expect(await register(path)).toMatch(/Error: Failed to register a ServiceWorker.*(403|bad HTTP)/)
    // The script is there for whoever does not want it as a service worker: the attack was well formed.
    expect(await a.page.evaluate(async () => (await fetch('/sw.js')).text())).toBe(steal)
    const entry = await target.entryOf(a.session)
    const again = await target.context.newPage()
    await again.goto(entry)
    expect(await again.getByRole('heading').textContent()).toBe('Machine')
    await again.close()
    expect(a.machine.seen.filter(({ url }) => url.startsWith('/stolen'))).toEqual([])
  })
})

describe('the way into a machine', () => {
  it('opens with a code once, in one browser, at its own origin; code and cookie reach neither machine nor page', async () => {
    const outside = await target.browser.newContext()
    const other = await outside.newPage()
    const used = await target.entryOf(a.session)
    const page = await target.context.newPage()
    await page.goto(used)
    expect(page.url()).toBe(`${a.origin}/`)
    const fresh = await target.entryOf(a.session)
    const codes = [used, fresh].map((address) => new URL(address).searchParams.get('code') ?? '')
    expect(codes.map((code) => code.length)).toEqual([43, 43])
    // Somebody else with the address out of a history; and a code of A at B, which uses it up.
    expect((await other.goto(used))?.status()).toBe(403)
    expect((await other.goto(fresh.replace(a.origin, b.origin)))?.status()).toBe(403)
    expect((await other.goto(fresh))?.status()).toBe(403)
    expect(await outside.cookies()).toEqual([])
    // Going back to it in the browser that is in does no harm.
    await page.goto(used)
    expect(page.url()).toBe(`${a.origin}/`)
    // What the machine's page can find out, and what it was sent.
    a.machine.answers.set('/leave', {
      headers: { 'referrer-policy': 'unsafe-url' },
      body: `<a href="http://127.0.0.1:${target.stranger.port}/left">x</a>`,
    })
    const paths = ['enter', '', 'enter?code=', '../.sallyport', 'token', 'cookie', '../.Sallyport/enter', '%2e', 'enter/'].map(
      (path) => `/.sallyport/${path}`,
    )
    const readable = await runInPage<string>(
      page,
      `const ours = await Promise.all(given.map(async (path) => {
         const answer = await fetch(path)
         return [answer.status, [...answer.headers], await answer.text()]
       }))
       return JSON.stringify([
         performance.getEntries(),
         navigation.entries().map(({ url }) => url),
         [document.referrer, document.cookie, document.URL, String(opener), history.length, window.name],
         ours,
         { ...localStorage, ...sessionStorage },
       ])`,
      paths,
    )
    await page.goto(`${a.origin}/leave`)
    await page.getByRole('link').click()
    await page.waitForURL('**/left')
    const [left] = target.stranger.seen.filter(({ url }) => url === '/left')
    expect(left?.headers.referer).toBe(`${a.origin}/leave`)
    const cookies = (await target.context.cookies([a.origin, b.origin, target.portal, target.issuer])).map(({ value }) => value)
    expect(cookies.length).toBeGreaterThan(4)
    const told = readable + JSON.stringify([a.machine.seen, b.machine.seen, target.stranger.seen])
    for (const secret of [...codes, ...cookies.filter((value) => value.length > 20)]) expect(told.includes(secret), secret).toBe(false)
    await page.close()
    await outside.close()
  })

  it('is another origin in each session, and a session that is over leaves nothing at the old one', async () => {
    const label = ({ hostname }: URL): string => /^web-([a-z2-7]{26})\./.exec(hostname)?.[1] ?? hostname
    const first = new URL(a.origin)
    a.machine.answers.set('/page', { headers: { 'cache-control': 'public, max-age=86400' }, body: '<h1>kept</h1>' })
    await a.page.goto(`${a.origin}/page`)
    await a.page.evaluate(() => localStorage.setItem('left', 'by the session'))
    await target.technician.api('POST', `/api/v1/sessions/${a.session}/end`)
    const over = await a.page.goto(`${a.origin}/page?again`)
    expect(over?.status()).toBe(410)
    expect((await over?.allHeaders())?.['clear-site-data']).toBe('"cache", "storage"')
    expect(await a.page.evaluate(() => localStorage.length)).toBe(0)
    // A page that was kept is gone with it, and Back does not bring the machine back.
    expect((await a.page.goto(`${a.origin}/page`))?.status()).toBe(410)
    expect(await a.page.getByRole('heading').textContent()).toBe('This session is over')
    const { id } = await target.session(a.own)
    const second = new URL(await target.entryOf(id))
    expect(label(second)).not.toBe(label(first))
    expect(label(second)).toHaveLength(26)
    // Both services of a session, both sessions of a machine, both machines: never the same.
    expect(new Set([label(first), label(second), label(new URL(b.origin))]).size).toBe(3)
    const page = await target.context.newPage()
    await page.goto(second.href)
    expect(await page.evaluate(() => localStorage.length)).toBe(0)
    expect((await a.page.goto(`${a.origin}/`))?.status()).toBe(410)
    await page.close()
  })
})
