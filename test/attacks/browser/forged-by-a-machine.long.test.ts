import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { CookieFetch } from '../../support/browser-less.ts'
import { commandLine } from '../../support/command-line.ts'
import { PanelClient } from '../../support/panel-client.ts'
import { PortalClient } from '../../support/portal-client.ts'
import { startBrowserTarget, type BrowserTarget, type Foothold } from './browser-target.ts'
import { forge, type Wanted } from './forge.ts'
import { patienceMs, runInPage } from './portal-in-browser.ts'
import { allAnswered, answersTo, stateOfPortal, still, wantedOfApi, wantedOfPanel } from './wanted-changes.ts'

/**
 * The page of a machine, which came through the gateway into the browser of the technician, sends requests in his name to everything else of ours (CWE-352; OWASP
 * CSRF; RFC 6265bis section 8.8.2): like `forged-requests`, but from a page that we let in, one site with every other machine.
 */
let target: BrowserTarget
let a: Foothold
let b: Foothold
let ada: PortalClient
beforeAll(async () => {
  target = await startBrowserTarget()
  ;({ a, b } = target)
  ada = new PortalClient(target.portal)
  await ada.signIn(target.demo.account('ada'))
}, patienceMs)
afterAll(() => target[Symbol.asyncDispose]())
afterEach(() => target.nobodyElseHarmed())

const post = (url: string, body: object): Wanted => ({ method: 'POST', url, body })

describe('the page of a machine', () => {
  it('changes nothing at the portal, on any route of its API', async () => {
    // With the ids that matter to it: its own session and the technician's own account are what such a page could know.
    const wanted = await wantedOfApi(target, ada, a.session)
    const before = await stateOfPortal(ada)
    const { heard } = await forge(a.page, wanted)
    expect(answersTo(heard, wanted)).toEqual(allAnswered(wanted, 403))
    // The browser names it as what it is: another site, to which no cookie of the portal goes.
    const told = heard.filter(({ method, site }) => method !== 'OPTIONS' && site !== undefined)
    expect(new Set(told.map(({ site, cookie }) => [site, cookie?.includes('__Host-sallyport=')].join()))).toEqual(
      new Set(['cross-site,false']),
    )
    expect(await stateOfPortal(ada)).toBe(before)
  })

  it('signs nobody in, out or up at the identity provider', async () => {
    const form = await target.context.newPage()
    await form.goto(`${target.issuer}/session/end`)
    const names = (): Promise<readonly string[]> =>
      target.context.cookies(target.issuer).then((all) => all.map(({ name, value }) => `${name}=${value}`).toSorted())
    const before = await names()
    const fields = {
      csrf: 'guessed',
      xsrf: 'guessed',
      username: 'noah',
      password: 'guessed password',
      repeat: 'guessed password',
      logout: 'yes',
    }
    const paths = ['/session/end/confirm', '/session/end', '/token', '/request', '/auth', '/interaction/guessed', '/setup/guessed', '/me']
    const { heard } = await forge(
      a.page,
      paths.map((path) => post(target.issuer + path, fields)),
    )
    const posted = heard.filter(({ method }) => method === 'POST')
    expect(posted.length).toBeGreaterThanOrEqual(8 * paths.length)
    expect(posted.filter(({ status }) => status < 400)).toEqual([])
    expect(await names()).toEqual(before)
    await form.close()
  })

  it('makes no request of another machine, to which the browser would send that one’s cookie', async () => {
    const wanted = ['/write', '/.sallyport/', '/.sallyport/enter', '/.sallyport/enter?code=guessed'].map((path) =>
      post(b.origin + path, { code: 'guessed', value: 'forged' }),
    )
    const before = b.machine.seen.length
    const { heard } = await forge(a.page, wanted)
    expect(answersTo(heard, wanted)).toEqual(allAnswered(wanted, 403))
    const told = heard.filter(({ method, site }) => method !== 'OPTIONS' && site !== undefined)
    // Of the same site, so SameSite keeps nothing back: what is refused is refused by where it comes from.
    expect(told.length).toBeGreaterThanOrEqual(9 * wanted.length)
    expect(new Set(told.map(({ site }) => site))).toEqual(new Set(['same-site']))
    expect(told.filter(({ cookie }) => cookie?.includes('sallyport') === true).length).toBeGreaterThanOrEqual(9 * wanted.length)
    expect(b.machine.seen.slice(before)).toEqual([])
    // Not by a WebSocket either.
    const opened = await runInPage(
      a.page,
      `return new Promise((resolve) => {
         const socket = new WebSocket(given)
         socket.addEventListener('open', () => resolve('open'))
         socket.addEventListener('close', ({ code }) => resolve(code))
       })`,
      `${b.origin.replace('http', 'ws')}/live`,
    )
    expect(opened).toBe(1006)
    expect(b.machine.seen.slice(before)).toEqual([])
    // Its own page may.
    expect(await b.page.evaluate(async () => (await fetch('/write', { method: 'POST', body: 'x' })).status)).toBe(200)
  })

  it('does nothing at the panel of the computer on which it is open', async () => {
    const led = await new CookieFetch().fetch(target.demo.machine('press-7').panel)
    const { origin, href } = new URL(led.headers.get('location') ?? '')
    const operator = await target.context.newPage()
    await operator.goto(href)
    await operator.getByRole('button', { name: 'End now' }).waitFor()
    const panel = await PanelClient.pair(target.demo.machine('press-7').panel)
    const before = still(await panel.state())
    const wanted = wantedOfPanel(origin, a.session)
    expect(answersTo((await forge(a.page, wanted)).heard, wanted)).toEqual(allAnswered(wanted, 403))
    expect(still(await panel.state())).toBe(before)
    await operator.close()
  })

  it('gives the command line no code of the attacker’s', async () => {
    const home = await mkdtemp(join(tmpdir(), 'browser-attack-'))
    const login = commandLine(home)('login', target.portal, '--no-browser')
    const port = new URL((await login.lineSaid(/\/command-line\?/)).trim()).searchParams.get('port')
    const guessed = new URLSearchParams({ code: 'e'.repeat(43), state: 's'.repeat(22) }).toString()
    const wanted = ['/callback', `/callback?${guessed}`, '/'].map((path) =>
      post(`http://127.0.0.1:${port}${path}`, { code: 'e'.repeat(43) }),
    )
    const { heard } = await forge(a.page, wanted)
    expect(heard.length).toBeGreaterThan(30)
    expect(new Set(heard.map(({ status }) => status))).toEqual(new Set([404]))
    expect(login.process.exitCode).toBeNull()
    login.process.kill('SIGINT')
    await login.ended
    await rm(home, { recursive: true, force: true })
  })
})
