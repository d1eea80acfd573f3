import { getDomain } from 'tldts'

/** A public suffix: every name under it can belong to somebody else. */
export const isShared = (name: string): boolean => !name.endsWith('.localhost') && getDomain(name, { allowPrivateDomains: true }) === null

/**
 * Whether two names can set cookies for each other: the same registrable domain by the public suffix list, its private part included (two
 * tenants of one hosting domain are apart). Under `.localhost` every label is a site. A name that the list cannot place counts as one site
 * with everything it ends or is ended by, so that a mistake closes.
 */
export function sameSite(a: string, b: string): boolean {
  if (a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`)) return true
  return siteOf(a) === siteOf(b)
}

const siteOf = (name: string): string =>
  name.endsWith('.localhost') ? name.split('.').slice(-2).join('.') : (getDomain(name, { allowPrivateDomains: true }) ?? name)
