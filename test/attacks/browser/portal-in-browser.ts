import type { Browser, BrowserContext, Page } from 'playwright-core'
import { launchChromium } from '../../support/chromium.ts'
import { runDemo, type RunningDemoProcess } from '../../support/running-demo.ts'
import { startHostileMachine, type HostileMachine } from './hostile-machine.ts'

/** A name of an attacker that leads to this computer: what DNS rebinding ends with. */
export const reboundName = 'rebound.example.net'

/** For the start of all of it, on a machine that has much else to do. */
export const patienceMs = 180_000

/** Chromium asks before a page reaches for this computer; other browsers do not, and we must not need it. */
const asOtherBrowsers = ['--disable-features=LocalNetworkAccessChecks']

/** Chromium, a portal, and a web server of a stranger whose pages attack it. */
export interface PortalInBrowser extends AsyncDisposable {
  readonly demo: RunningDemoProcess
  readonly portal: string
  readonly issuer: string
  readonly browser: Browser
  /** No machine at all: any page of the internet. */
  readonly stranger: HostileMachine
  /** The stranger's web server under this name: it takes every one. */
  strangerAt(name: string): string
  /** A browser of its own in which this person is signed in at the portal. */
  signedIn(username: string): Promise<{ readonly context: BrowserContext; readonly desk: Page }>
}

export async function startPortalInBrowser(): Promise<PortalInBrowser> {
  await using parts = new AsyncDisposableStack()
  const [demo, browser] = await Promise.all([runDemo(), launchChromium([reboundName], asOtherBrowsers)])
  parts.use(demo)
  parts.defer(() => browser.close())
  const stranger = parts.use(await startHostileMachine())
  const { portal, issuer } = demo.description
  const all = parts.move()
  return {
    demo,
    portal,
    issuer,
    browser,
    stranger,
    strangerAt: (name) => `http://${name}:${stranger.port}`,
    async signedIn(username) {
      const context = await browser.newContext({ locale: 'en-GB' })
      const desk = await context.newPage()
      await signInAt(desk, `${portal}/auth/sign-in`, demo.account(username))
      await desk.waitForURL(`${portal}/**`)
      return { context, desk }
    },
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}

/** By the identity provider's form, as a person does. */
export async function signInAt(
  page: Page,
  address: string,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<void> {
  await page.goto(address)
  await page.getByLabel('User name').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** What a page's own script does: the body of an async function whose parameter is `given`. As text, since the types of a browser are not ours. */
export const runInPage = <Result>(page: Page, body: string, given: unknown = null): Promise<Result> =>
  page.evaluate<Result>(`(async (given) => { ${body} })(${JSON.stringify(given)})`)

/** Whom the portal takes this browser for; asked from a page of the portal. */
export const whoIs = (desk: Page): Promise<string | number> =>
  desk.evaluate(async () => {
    const answer = await fetch('/api/v1/me')
    return answer.ok ? ((await answer.json()) as { username: string }).username : answer.status
  })

/** Signs out at the portal; where the browser has to go next, to the provider. */
export const signOutAddress = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const { csrf_token } = (await (await fetch('/api/v1/me')).json()) as { csrf_token: string }
    const answer = await fetch('/api/v1/sign-out', { method: 'POST', headers: { 'sallyport-csrf': csrf_token } })
    return ((await answer.json()) as { redirect: string }).redirect
  })
