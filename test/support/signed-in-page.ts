import type { Browser, Page } from 'playwright-core'
import type { PortalClient } from './portal-client.ts'

/** A page in a browser of her own, signed in as this client is. */
export async function signedInPage(browser: Browser, client: PortalClient, locale = 'en-GB'): Promise<Page> {
  const context = await browser.newContext({ locale, viewport: { width: 1440, height: 900 } })
  const { host, hostname } = new URL(client.portal)
  const cookies = client.browser.cookieHeader(host).split('; ')
  await context.addCookies(
    cookies.map((cookie) => {
      const at = cookie.indexOf('=')
      const name = cookie.slice(0, at)
      const secure = name.startsWith('__')
      return { name, value: cookie.slice(at + 1), domain: hostname, path: '/', httpOnly: true, sameSite: 'Lax' as const, secure }
    }),
  )
  return context.newPage()
}

/** When this text was first seen in the page, by the browser's clock in Unix milliseconds. Asked before it is there. */
export function firstSeenMs(page: Page, text: string): Promise<number> {
  return page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        // Runs in the page, where these names are the browser's.
        const { document, MutationObserver } = globalThis as unknown as {
          document: { readonly body: { readonly innerText: string } }
          MutationObserver: new (told: () => void) => { observe(node: object, what: object): void }
        }
        const look = (): void => {
          if (document.body.innerText.includes(wanted)) resolve(Date.now())
        }
        new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true })
        look()
      }),
    text,
  )
}
