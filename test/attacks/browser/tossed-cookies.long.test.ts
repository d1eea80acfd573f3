import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Cookie } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../../support/chromium.ts'
import { makeCertificate } from '../../support/make-certificate.ts'
import { runInstallation, type RunningInstallation } from '../../support/running-installation.ts'
import { patienceMs, runInPage, signInAt, whoIs } from './portal-in-browser.ts'
import { stopAt } from './stop-at.ts'

/**
 * A host beside the identity provider's, under the same domain, is the attacker's: it sets cookies for the whole domain (RFC 6265bis, sections 5.6 and 8.6;
 * "Cookie Crumbles", USENIX Security 2023; RFC 9700, section 4.7; CWE-384). With TLS, as in production: over plain HTTP no name of a cookie is protected.
 */
const closing = new AsyncDisposableStack()
let installation: RunningInstallation
let browser: Browser
let portal: string
let issuer: string
let sibling: string
/** What the sibling sets at the next visit. */
let tossed: readonly string[] = []
beforeAll(async () => {
  installation = closing.use(await runInstallation({ front: 'tls' }))
  ;({ portal } = installation)
  issuer = portal.replace('://', '://id.')
  browser = await launchChromium()
  closing.defer(() => browser.close())
  sibling = await startSibling()
}, patienceMs)
afterAll(() => closing.disposeAsync())

async function startSibling(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sibling-'))
  closing.defer(() => rm(folder, { recursive: true, force: true }))
  const name = 'sibling.sallyport.localhost'
  const { chainFile, keyFile } = makeCertificate(folder, [name])
  const server = createServer({ cert: await readFile(chainFile), key: await readFile(keyFile) }, (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'set-cookie': [...tossed] }).end('<!doctype html><title>Sibling</title>')
  })
  closing.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `https://${name}:${(server.address() as AddressInfo).port}`
}

const account = (username: string) => ({ username, password: installation.password(username) })
const someBrowser = (locale = 'en-GB'): Promise<BrowserContext> => browser.newContext({ locale, ignoreHTTPSErrors: true })
const ofSignIn = ({ name }: Cookie): boolean => /interaction|resume|begun|sallyport-id/.test(name)

/** Plants these in that browser, as far as it lets the sibling: by its answer and by its script. What is there then, and would be sent to the provider. */
async function toss(context: BrowserContext, cookies: readonly Cookie[]): Promise<readonly string[]> {
  const before = (await context.cookies(issuer)).length
  const lines = cookies.map(({ name, value }) => `${name}=${value}; Domain=sallyport.localhost; Path=/; Secure`)
  tossed = lines
  const page = await context.newPage()
  await page.goto(sibling)
  await runInPage(page, 'for (const line of given) document.cookie = line', lines)
  await page.close()
  return (await context.cookies(issuer)).slice(before).map(({ name }) => name)
}

async function beganBy(attacker: BrowserContext): Promise<{ readonly address: string; readonly cookies: readonly Cookie[] }> {
  const page = await attacker.newPage()
  await page.goto(`${portal}/auth/sign-in`)
  const address = page.url()
  expect(address.startsWith(`${issuer}/interaction/`)).toBe(true)
  // With what its browser would send only to that sign-in's own paths.
  const cookies = (await attacker.cookies([address, address.replace('interaction', 'auth')])).filter(ofSignIn)
  return { address, cookies }
}

describe('cookies of a sign-in that a host of the same domain has set', () => {
  it.each([
    ['en-GB', 'This sign-in is over'],
    ['de-DE', 'Diese Anmeldung ist vorbei'],
  ])('have nobody type a password for the attacker’s browser (%s)', async (locale, title) => {
    const [attacker, victim] = await Promise.all([someBrowser(), someBrowser(locale)])
    const { address, cookies } = await beganBy(attacker)
    const planted = await toss(victim, cookies)
    expect(planted.toSorted()).toEqual(
      ['interaction', 'interaction.sig', 'resume', 'resume.sig'].map((name) => `__Secure-sallyport-${name}`).toSorted(),
    )
    expect(cookies.map(({ name }) => name).filter((name) => name.startsWith('__Host-'))).toEqual(['__Host-sallyport-begun'])
    const page = await victim.newPage()
    await page.goto(address)
    await page.getByRole('heading', { name: title }).waitFor()
    expect(await page.locator('input[type=password]').count()).toBe(0)
    await Promise.all([attacker.close(), victim.close()])
  })

  it('leave nobody signed in as the attacker, and nobody kept from signing in', async () => {
    const [attacker, victim] = await Promise.all([someBrowser(), someBrowser()])
    const { address, cookies } = await beganBy(attacker)
    const page = await attacker.newPage()
    // His name and password are taken; he keeps the last step for somebody else's browser.
    const stopped = await stopAt(page, `${issuer}/auth/*`)
    await signInAt(page, address, account('noah'))
    const last = (await stopped.url()).href
    expect(last).toBe(address.replace('interaction', 'auth'))
    expect(await toss(victim, [...cookies, ...(await attacker.cookies(issuer)).filter(ofSignIn)])).toHaveLength(4)
    const desk = await victim.newPage()
    await desk.goto(last)
    await desk.getByRole('heading', { name: 'This sign-in is over' }).waitFor()
    expect((await victim.cookies(issuer)).map(({ name }) => name)).not.toContain('__Host-sallyport-id')
    await signInAt(desk, `${portal}/auth/sign-in`, account('mia'))
    await desk.waitForURL(`${portal}/**`)
    expect(await whoIs(desk)).toBe('mia')
    await Promise.all([attacker.close(), victim.close()])
  })
})
