import type { BrowserContext, Page } from 'playwright-core'
import { signInAt, type PortalInBrowser } from './portal-in-browser.ts'
import { stopAt } from './stop-at.ts'

/** The cookies of a signed-in browser: of the portal, and (over plain HTTP) of the identity provider. */
export const ours = '__Host-sallyport'
export const idSession = 'sallyport-id'

export const cookieOf = async (context: BrowserContext, origin: string, name: string): Promise<string | undefined> =>
  (await context.cookies(origin)).find((one) => one.name === name)?.value

/** Signs in as far as the callback, and keeps it from the portal: what an attacker sends to somebody else, or alters. */
export async function untilCallback({ portal, issuer, demo }: PortalInBrowser, page: Page, username: string): Promise<URL> {
  const from = `${portal}/auth/sign-in`
  const stopped = await stopAt(page, '*/auth/callback?*')
  const known = await cookieOf(page.context(), issuer, idSession)
  if (known === undefined) await signInAt(page, from, demo.account(username))
  else await page.goto(from).catch(() => null)
  return stopped.url()
}
