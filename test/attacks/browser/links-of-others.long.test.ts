import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CookieFetch } from '../../support/browser-less.ts'
import { PortalClient } from '../../support/portal-client.ts'
import { forge } from './forge.ts'
import { patienceMs, signInAt, startPortalInBrowser, whoIs, type PortalInBrowser } from './portal-in-browser.ts'

/**
 * Addresses that one person is meant to open, in the hands of another one: the page on which a command line's sign-in is allowed (RFC 8252 section 8.1, 8.10; RFC 7636
 * section 4.6; consent phishing), and the link by which a person sets his password (CWE-640, CWE-367; OWASP Forgot Password).
 */
let around: PortalInBrowser
let ada: PortalClient
beforeAll(async () => {
  around = await startPortalInBrowser()
  ada = new PortalClient(around.portal)
  await ada.signIn(around.demo.account('ada'))
  for (const username of ['mia', 'noah']) {
    const client = new PortalClient(around.portal)
    await client.signUndertaking(await client.signIn(around.demo.account(username)))
  }
}, patienceMs)
afterAll(() => around[Symbol.asyncDispose]())

const english = (): Promise<BrowserContext> => around.browser.newContext({ locale: 'en-GB' })

describe('the page that allows a command line', () => {
  const verifier = randomBytes(32).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const state = 's'.repeat(22)
  const pageFor = (port: number): string => `${around.portal}/command-line?port=${port}&state=${state}&code_challenge=${challenge}`
  const redeem = async (code: string, codeVerifier: string): Promise<number> =>
    (
      await new CookieFetch().fetch(`${around.portal}/api/v1/command-lines/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code, code_verifier: codeVerifier }),
      })
    ).status
  /** What listens on the victim's own computer; the attacker's command line waits on another one. */
  let loopback: Server
  const heard: string[] = []
  let port: number
  beforeAll(async () => {
    loopback = createServer((request: IncomingMessage, response) => {
      // A browser asks for a picture of every site.
      if (request.url !== '/favicon.ico') heard.push(`${request.method} ${request.url}`)
      response.end('thank you')
    })
    await once(loopback.listen(0, '127.0.0.1'), 'listening')
    ;({ port } = loopback.address() as AddressInfo)
  })
  afterAll(() => {
    loopback.closeAllConnections()
    loopback.close()
  })
  const codeHeard = (): string => new URL(heard[0]?.split(' ')[1] ?? '', 'http://x').searchParams.get('code') ?? ''
  async function allow(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Allow', exact: true }).click()
    await page.waitForURL(`http://127.0.0.1:${port}/**`)
  }

  it('opened by a link of the attacker’s, brings the code to the computer of whoever allowed it, and to nobody else', async () => {
    const { context, desk } = await around.signedIn('mia')
    const before = around.stranger.seen.length
    around.stranger.answers.set('/led', { status: 302, headers: { location: pageFor(port) } })
    await desk.goto(`${around.strangerAt('attacker.localhost')}/led`)
    await desk.getByRole('heading', { name: 'Allow the command line' }).waitFor()
    // Opening it does nothing, as often as one likes.
    await desk.reload()
    await desk.getByRole('heading', { name: 'Allow the command line' }).waitFor()
    expect(heard).toEqual([])
    await allow(desk)
    const [first] = heard
    expect(first).toMatch(new RegExp(`^GET /callback\\?code=[\\w-]{43}&state=${state}$`))
    expect(around.stranger.seen.slice(before).map(({ url }) => url)).toEqual(['/led'])
    await context.close()
  })

  it('gives a code that is good once, for its own command line, and for none after one wrong try', async () => {
    const { context, desk } = await around.signedIn('mia')
    const fresh = async (): Promise<string> => {
      heard.length = 0
      await desk.goto(pageFor(port))
      await allow(desk)
      return codeHeard()
    }
    const code = await fresh()
    expect([await redeem(code, verifier), await redeem(code, verifier)]).toEqual([200, 403])
    const other = await fresh()
    expect(other).not.toBe(code)
    expect([await redeem(other, 'o'.repeat(43)), await redeem(other, verifier)]).toEqual([403, 403])
    await context.close()
  })

  it('in the browser of somebody else speaks for him and says so, and for nobody where nobody is signed in', async () => {
    const { context, desk } = await around.signedIn('noah')
    await desk.goto(pageFor(port))
    await desk.getByText('Noah', { exact: false }).first().waitFor()
    await context.close()
    const nobody = await english()
    const page = await nobody.newPage()
    heard.length = 0
    await page.goto(pageFor(port))
    await page
      .getByRole('link', { name: /Sign in/ })
      .first()
      .waitFor()
    expect(await page.getByRole('button', { name: 'Allow', exact: true }).count()).toBe(0)
    expect(heard).toEqual([])
    await nobody.close()
  })

  it('gives no code for a sign-in that has ended since', async () => {
    const { context, desk } = await around.signedIn('mia')
    heard.length = 0
    await desk.goto(pageFor(port))
    await allow(desk)
    const code = codeHeard()
    await desk.goto(around.portal)
    await desk.getByRole('button', { name: /Mia Brandt/ }).click()
    await desk.getByRole('button', { name: 'Sign out' }).click()
    await desk.waitForURL(`${around.portal}/signed-out`)
    expect(await redeem(code, verifier)).toBe(403)
    await context.close()
  })
})

describe('the link by which a person sets his password', () => {
  let made = 0
  async function newPerson(): Promise<{
    readonly link: string
    readonly account: { readonly username: string; readonly password: string }
  }> {
    made += 1
    const username = `set-up-${made}`
    const { status, body } = await ada.api<{ setup_url: string }>('POST', '/api/v1/people', {
      username,
      name: `Person ${made}`,
      roles: ['technician'],
    })
    expect(status, JSON.stringify(body)).toBe(201)
    return { link: body.setup_url, account: { username, password: `a long password of person ${made}` } }
  }
  async function setPassword(page: Page, password: string): Promise<void> {
    for (const field of ['#password', '#repeat']) await page.locator(field).fill(password)
    await page.locator('button[type=submit]').click()
  }
  const dead = (page: Page, locale = 'en'): Promise<void> =>
    page.getByRole('heading', { name: locale === 'de' ? 'Dieser Link gilt nicht mehr' : 'This link does not work any more' }).waitFor()

  it('that the attacker has opened before still works for its person; that he has used, says so in either language', async () => {
    const { link, account } = await newPerson()
    const attacker = await (await english()).newPage()
    await attacker.goto(link)
    const victim = await (await around.browser.newContext({ locale: 'de-DE' })).newPage()
    await victim.goto(link)
    await setPassword(victim, account.password)
    await victim.locator('#password').waitFor({ state: 'detached' })
    // His page was open all the time: it comes too late, and so does the link.
    await setPassword(attacker, 'the password of the attacker')
    await dead(attacker)
    expect(await attacker.locator('body').innerText()).toContain('If that was not you, tell your service administrator at once.')
    await victim.goto(link)
    await dead(victim, 'de')
    expect(await victim.locator('body').innerText()).toContain('Wenn Sie das nicht waren')
    const client = new PortalClient(around.portal)
    await expect(client.signIn({ ...account, password: 'the password of the attacker' })).rejects.toThrow('signing in')
    expect((await new PortalClient(around.portal).signIn(account)).username).toBe(account.username)
    await Promise.all([attacker.context().close(), victim.context().close()])
  })

  it('that two browsers use at once takes one password', async () => {
    const { link, account } = await newPerson()
    const pages = await Promise.all([english(), english()].map(async (context) => (await context).newPage()))
    const passwords = [account.password, `${account.password}, again`]
    await Promise.all(pages.map((page) => page.goto(link)))
    await Promise.all(pages.map((page, n) => setPassword(page, passwords[n] ?? '')))
    await Promise.all(pages.map((page) => page.locator('#password').waitFor({ state: 'detached' })))
    const titles = await Promise.all(pages.map((page) => page.getByRole('heading').first().innerText()))
    expect(titles.filter((title) => title === 'This link does not work any more')).toHaveLength(1)
    const signedIn = await Promise.all(
      passwords.map((password) =>
        new PortalClient(around.portal).signIn({ ...account, password }).then(
          () => true,
          () => false,
        ),
      ),
    )
    expect(signedIn).toEqual(titles.map((title) => title !== 'This link does not work any more'))
    await Promise.all(pages.map((page) => page.context().close()))
  })

  it('in the browser of somebody else leaves him signed in as himself, and signs the person in nowhere', async () => {
    const { link, account } = await newPerson()
    const { context, desk } = await around.signedIn('noah')
    const page = await context.newPage()
    await page.goto(link)
    await setPassword(page, account.password)
    await page.locator('#password').waitFor({ state: 'detached' })
    expect(await whoIs(desk)).toBe('noah')
    await desk.goto(`${around.portal}/auth/sign-in`)
    await desk.waitForURL(`${around.portal}/**`)
    expect(await whoIs(desk)).toBe('noah')
    await context.close()
  })

  it('takes no password from another page, not even from one that knows the link', async () => {
    const { link, account } = await newPerson()
    const context = await english()
    const victim = await context.newPage()
    await victim.goto(link)
    const csrf = await victim.locator('input[name=csrf]').inputValue()
    const evil = 'the password of the attacker'
    const page = await context.newPage()
    for (const name of ['attacker.localhost', 'sibling.sallyport.localhost']) {
      await page.goto(around.strangerAt(name))
      const { heard } = await forge(page, [{ method: 'POST', url: link, body: { csrf, password: evil, repeat: evil } }])
      const posted = heard.filter(({ method }) => method === 'POST')
      expect(posted.length).toBeGreaterThanOrEqual(9)
      expect(new Set(posted.map(({ status }) => status))).toEqual(new Set([403, 415]))
    }
    await setPassword(victim, account.password)
    await victim.locator('#password').waitFor({ state: 'detached' })
    await signInAt(victim, `${around.portal}/auth/sign-in`, account)
    await victim.waitForURL(`${around.portal}/**`)
    expect(await whoIs(victim)).toBe(account.username)
    await context.close()
  })
})
