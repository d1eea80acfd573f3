import type { IncomingHttpHeaders } from 'node:http'
import { refuse, type Refusal } from './refusal.ts'

/**
 * Refuses requests that another site's page made a browser send (Fetch Metadata): only a top-level GET may come from elsewhere, as the portal's
 * link does. Without the headers (an old browser, a program) `Origin` decides.
 */
export function foreignRequest(method: string, headers: IncomingHttpHeaders, origin: string): Refusal | undefined {
  const site = headers['sec-fetch-site']
  if (site === 'cross-site' || site === 'same-site') {
    const topLevel = method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
    return topLevel ? undefined : refuse('not_allowed', 'foreign_page')
  }
  // A page under `Referrer-Policy: no-referrer` sends `Origin: null` to its own origin; the browser vouches for it by `same-origin`.
  if (headers.origin === undefined || headers.origin === origin || (headers.origin === 'null' && site === 'same-origin')) return undefined
  return refuse('not_allowed', 'foreign_page')
}

/**
 * The way into its page that a bar shows in its frame: the bar is of the same site. Any page of that site can ask for it, so nothing may be answered to this but what
 * the bar alone can show, and nothing of it may reach the machine.
 */
export function framedBySameSite(method: string, headers: IncomingHttpHeaders): boolean {
  return (
    method === 'GET' &&
    headers['sec-fetch-site'] === 'same-site' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'iframe'
  )
}

/**
 * A browser fetches the script of a service worker (Service Workers, section 6.5). One that a machine installs would see every navigation on its origin before
 * we do, the entry with its one-time code among them, and would go on answering in this browser when the session is over.
 */
export function serviceWorker(headers: IncomingHttpHeaders): Refusal | undefined {
  return headers['service-worker'] === undefined ? undefined : refuse('not_allowed', 'service_worker')
}

/**
 * What a browser fetches before its person has followed a link (Fetch, `Sec-Purpose`; of a foreign page's speculation rules too, and Chromium says
 * `Sec-Fetch-Site: none` of those). It must not use up a one-time code.
 */
export function fetchedAhead(headers: IncomingHttpHeaders): Refusal | undefined {
  return headers['sec-purpose'] === undefined ? undefined : refuse('not_allowed', 'fetched_ahead')
}
