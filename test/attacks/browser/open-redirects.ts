import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import type { PortalInBrowser } from './portal-in-browser.ts'
import { stopAt } from './stop-at.ts'

/** Ways to name a place of the attacker's where a path of ours is expected (CWE-601; OWASP Unvalidated Redirects and Forwards; WHATWG URL, section 4.4). */
export function placesOf(evil: string, ours: string): readonly string[] {
  const { host, port } = new URL(evil)
  return [
    `//${host}/`,
    `/\\${host}/`,
    `${evil}/`,
    `${ours}@${host}/`,
    'javascript:document.title=1',
    `///${host}/`,
    `\\\\${host}/`,
    `/\t/${host}/`,
    `/%2f${host}/`,
    `/%5c${host}/`,
    `http:${host}`,
    `@${host}/`,
    `/@${host}/`,
    `/.${host}/`,
    `${ours}.${host}/`,
    `/\r\nlocation: ${evil}/`,
    `/%0d%0alocation:%20${evil}/`,
    `//attacker%E3%80%82localhost:${port}/`,
    `//\uFF41ttacker.localhost:${port}/`,
    `data:text/html,<script>location='${evil}'</script>`,
  ]
}

/** A page that is led about by links; it must stay with us. */
export interface Led {
  /** Goes there as by a link: neither the browser nor anything of a sign-in comes to the stranger. Where the browser is then. */
  to(address: string): Promise<URL>
  /** Where the portal sends this browser to sign in; it has not gone there. */
  genuineRequest(): Promise<URL>
}

export function leadAbout(around: PortalInBrowser, page: Page): Led {
  const { portal, issuer, stranger } = around
  return {
    async to(address) {
      const before = stranger.seen.length
      await page.goto(address).catch((error: unknown) => {
        // A scheme that no browser opens.
        if (!String(error).includes('net::ERR_')) throw error
      })
      const at = new URL(page.url())
      expect([new URL(portal).host, new URL(issuer).host], address).toContain(at.host)
      expect(at.hash, address).not.toMatch(/code=|token=/)
      expect(await page.title(), address).not.toBe('1')
      expect(stranger.seen.slice(before)).toEqual([])
      return at
    },
    async genuineRequest() {
      const stopped = await stopAt(page, `${issuer}/auth?*`)
      await page.goto(`${portal}/auth/sign-in`).catch(() => null)
      return stopped.url()
    },
  }
}
