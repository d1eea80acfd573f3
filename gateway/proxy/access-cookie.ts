import { hash } from 'node:crypto'

/** Name of the cookie that says which browser entered. */
export const accessCookieName = (secure: boolean): string => (secure ? '__Host-sallyport' : 'sallyport-access')

/** Names that are ours in both directions, in any case. */
export const isReservedCookie = (name: string): boolean => /^(?:__(?:host|secure)-)?sallyport/i.test(name)

/** Host-only, out of reach of scripts; Lax, because the way in is a link of the portal, which is another site. Without an age: it ends with the browser. */
export function accessCookie(secret: string, secure: boolean): string {
  return `${accessCookieName(secure)}=${secret}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
}

const secretPattern = /^[A-Za-z0-9_-]{43}$/

/** A code or a cookie as we make them. */
export const isSecret = (text: string): boolean => secretPattern.test(text)

/** What lets a browser into a bar is known by this, so that neither origin takes a code or a cookie of the other. */
export const barSecret = (secret: string): string => `bar:${secret}`

/** What is stored of a code or cookie. They are random, so one plain hash is enough, and a look-up by hash compares in no measurable way. */
export const secretHash = (secret: string): string => hash('sha256', secret)
