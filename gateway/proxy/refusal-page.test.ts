import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium } from '../../test/support/chromium.ts'
import { pageLanguage } from './page-language.ts'
import { pageTexts } from './page-texts.ts'
import { refusalPage, refusalPagePolicy } from './refusal-page.ts'
import { refuse } from './refusal.ts'
import type { RefusalKind } from './refusal.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** Where pictures of the pages go, when somebody wants to look at them. */
const pictures = process.env['SALLYPORT_PICTURES']
const kinds = Object.keys(pageTexts.en.kinds) as RefusalKind[]
const deviceName = 'Bogenoffsetdruckmaschinenzuführeinheitsüberwachung 7'

let browser: Browser
let server: Server
let origin: string

/** Every page once, at the address of its kind, as the proxy sends it. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const kind = (request.url ?? '').slice(1) as RefusalKind
    if (!kinds.includes(kind)) return void response.writeHead(404).end()
    const ended = kind === 'session_over' ? { endedReason: 'ended_by_operator', endedBy: 'Olga Stein' } : {}
    const language = pageLanguage(request.headers['accept-language'])
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': refusalPagePolicy(null) })
    response.end(
      refusalPage({ refusal: refuse(kind, kind, ended), language, portalOrigin: 'https://portal.example', deviceName, framed: false }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  browser = await launchChromium()
}, 30_000)

afterAll(async () => {
  await browser.close()
  server.closeAllConnections()
  server.close()
})

describe.each([
  { locale: 'en-GB', colorScheme: 'light', viewport: { width: 1024, height: 700 } },
  { locale: 'de-DE', colorScheme: 'dark', viewport: { width: 320, height: 640 } },
] as const)('in $locale, $colorScheme, $viewport.width pixels wide', (setting) => {
  test('every page instead of the machine can be used by everybody', async () => {
    const context = await browser.newContext({ ...setting, bypassCSP: false })
    const page = await context.newPage()
    const faults: string[] = []
    page.on('console', (message) => /Content Security Policy/u.test(message.text()) && faults.push(message.text()))
    for (const kind of kinds) {
      await page.goto(`${origin}/${kind}`)
      if (pictures !== undefined) await page.screenshot({ path: join(pictures, `gateway-${kind}-${setting.locale.slice(0, 2)}.png`) })
      await page.evaluate(axe)
      const found: string[] =
        await page.evaluate(`axe.run({ preload: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
        .then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`)
      if (await page.evaluate('document.documentElement.scrollWidth > innerWidth')) found.push('wider than the window')
      if (await page.evaluate(`[...document.querySelectorAll('a')].some((one) => one.getBoundingClientRect().height < 44)`))
        found.push('a link lower than 44 px')
      if ((await page.locator('html').getAttribute('lang')) !== setting.locale.slice(0, 2)) found.push('another language')
      faults.push(...found.map((fault) => `${kind}: ${fault}`))
    }
    await context.close()
    expect(faults).toEqual([])
  }, 60_000)
})

test('what may pass by itself can be tried again at the same address, what cannot leads to the portal alone', async () => {
  const page = await browser.newPage({ locale: 'en-GB' })
  await page.goto(`${origin}/service_not_answering`)
  await page.getByRole('link', { name: 'Try again' }).click()
  expect(page.url()).toBe(`${origin}/service_not_answering`)
  expect(await page.getByRole('link', { name: 'Go to the portal' }).getAttribute('href')).toBe('https://portal.example/')
  await page.goto(`${origin}/session_over`)
  expect(await page.getByRole('link').allTextContents()).toEqual(['Go to the portal'])
  await page.close()
})

test('no German page carries a sentence of the authority, which speaks English', () => {
  const refusal = refuse('not_allowed', 'policy', { message: 'Your training ran out yesterday.' })
  const pageIn = (language: 'de' | 'en'): string =>
    refusalPage({ refusal, language, portalOrigin: 'https://portal.example', deviceName, framed: false })
  expect(pageIn('en')).toContain('Your training ran out yesterday.')
  expect(pageIn('de')).not.toContain('training')
})

test.each([
  { language: 'en', promised: 'survives a short gap' },
  { language: 'de', promised: 'übersteht eine kurze Lücke' },
] as const)('the page of a machine that is not connected promises no more than the grace period ($language)', ({ language, promised }) => {
  const page = refusalPage({
    refusal: refuse('machine_offline', 'machine_offline'),
    language,
    portalOrigin: 'https://portal.example',
    deviceName,
    framed: false,
  })
  expect(page).toContain(promised)
})

test.each([
  { language: 'en', promised: 'a filter on methods: a GET can act on a machine too' },
  { language: 'de', promised: 'ein Filter nach Methoden: Auch ein GET kann an einer Maschine etwas auslösen' },
] as const)('the page of a request that view only holds back promises no more than it keeps ($language)', ({ language, promised }) => {
  const page = refusalPage({
    refusal: refuse('view_only', 'view_only'),
    language,
    portalOrigin: 'https://portal.example',
    deviceName,
    framed: false,
  })
  expect(page).toContain(promised)
})
