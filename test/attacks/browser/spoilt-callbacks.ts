import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { whoIs, type PortalInBrowser } from './portal-in-browser.ts'
import { ours, untilCallback } from './until-callback.ts'

const without = (url: URL, ...names: readonly string[]): URL => {
  const changed = new URL(url)
  for (const name of names) changed.searchParams.delete(name)
  return changed
}
const and = (url: URL, name: string, value: string): URL => {
  const changed = new URL(url)
  changed.searchParams.append(name, value)
  return changed
}
const with_ = (url: URL, name: string, value: string): URL => and(without(url, name), name, value)
const evil = 'https://id.attacker.example'
const other = 'o'.repeat(43)

/** Ways to spoil the address by which a browser comes back from the identity provider (RFC 9700 sections 4.4 and 4.5; RFC 9207 section 2.4). */
export const spoiltCallbacks: readonly (readonly [string, (url: URL) => URL])[] = [
  ['without iss (mix-up, RFC 9207 section 2.4)', (url) => without(url, 'iss')],
  ['of another issuer', (url) => with_(url, 'iss', evil)],
  ['of our issuer with a slash', (url) => with_(url, 'iss', `${url.searchParams.get('iss')}/`)],
  ['of two issuers', (url) => and(url, 'iss', evil)],
  ['without state', (url) => without(url, 'state')],
  ['with another state', (url) => with_(url, 'state', other)],
  ['with two states', (url) => and(url, 'state', other)],
  ['with an empty state', (url) => with_(url, 'state', '')],
  ['without a code', (url) => without(url, 'code')],
  ['with another code (code injection, RFC 9700 section 4.5)', (url) => with_(url, 'code', other)],
  ['with two codes', (url) => and(url, 'code', other)],
  ['with an error beside the code', (url) => and(url, 'error', 'access_denied')],
  ['with the answer of another mode (JARM)', (url) => and(without(url, 'code', 'state', 'iss'), 'response', 'e30.e30.e30')],
  ['with tokens of the implicit way', (url) => and(and(url, 'id_token', 'e30.e30.e30'), 'access_token', 'x')],
  ['in the fragment', (url) => new URL(`${url.origin}${url.pathname}#${url.searchParams.toString()}`)],
]

/** A sign-in by such an address signs nobody in, and the right one of the same sign-in comes too late then. */
export async function expectRefused(around: PortalInBrowser, page: Page, spoil: (url: URL) => URL): Promise<void> {
  await page.context().clearCookies({ name: ours })
  const url = await untilCallback(around, page, 'mia')
  expect([...url.searchParams.keys()].toSorted()).toEqual(['code', 'iss', 'state'])
  for (const address of [spoil(url), url]) {
    await page.goto(address.href)
    expect(new URL(page.url()).pathname).toBe('/sign-in-failed')
  }
  expect(await whoIs(page)).toBe(401)
}
