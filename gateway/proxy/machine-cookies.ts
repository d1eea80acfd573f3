import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { isReservedCookie } from './access-cookie.ts'
import type { CookiePin } from './ports.ts'

/** What is known of the cookies that one machine's origin set: which HttpOnly values, so that a value from elsewhere is told apart. */
export interface MachineCookies {
  /** The machine's `Set-Cookie` as the browser may have it: host-only. `undefined` when it may not. */
  rewrite(setCookie: string): string | undefined
  /** `Cookie` for the machine, '' for none. */
  header(cookies: readonly (readonly [name: string, value: string])[]): string
}

/** Answers can overtake one another, so the last few values of a name count. */
const valuesKept = 8
const namesKept = 200
/** Longer names are pinned as long as this process lives. */
const longestNameStored = 256

const namePattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const valuePattern = /^[^\x00-\x1f\x7f;]*$/

/**
 * Script cannot write an HttpOnly cookie, so one whose value the machine never set was put there by a sibling origin (`Domain=`), and does not pass.
 * A name that was never seen in a `Set-Cookie` passes, because pages set cookies of their own; the README says what remains.
 */
export function createMachineCookies(known: readonly CookiePin[] = [], keep: (pin: CookiePin) => void = () => {}): MachineCookies {
  const store = (name: string, digests: readonly string[]): void => {
    if (name.length <= longestNameStored) keep({ name, digests })
  }
  const pinned = new LRUCache<string, readonly string[]>({
    max: namesKept,
    dispose: (_, name, why) => (why === 'evict' || why === 'delete' ? store(name, []) : undefined),
  })
  for (const { name, digests } of known) pinned.set(name, digests)
  const digest = (value: string): string => hash('sha256', value).slice(0, 32)
  return {
    rewrite(setCookie) {
      const [pair = '', ...attributes] = setCookie.split(';')
      const equals = pair.indexOf('=')
      const name = pair.slice(0, Math.max(0, equals)).trim()
      const value = pair.slice(equals + 1).trim()
      if (!namePattern.test(name) || !valuePattern.test(value) || isReservedCookie(name)) return undefined
      const kept = attributes
        .map((attribute) => attribute.trim())
        .filter((attribute) => attribute !== '' && !/^domain\s*(?:=|$)/i.test(attribute))
      if (kept.some((attribute) => /[\x00-\x1f\x7f]/.test(attribute))) return undefined
      if (kept.some((attribute) => /^httponly\s*(?:=|$)/i.test(attribute))) {
        const before = pinned.get(name) ?? []
        const digests = [digest(value), ...before.filter((one) => one !== digest(value))].slice(0, valuesKept)
        pinned.set(name, digests)
        if (digests[0] !== before[0]) store(name, digests)
      } else {
        pinned.delete(name)
      }
      return [`${name}=${value}`, ...kept].join('; ')
    },
    header(cookies) {
      return cookies
        .filter(([name, value]) => pinned.get(name)?.includes(digest(value)) ?? true)
        .map(([name, value]) => `${name}=${value}`)
        .join('; ')
    },
  }
}
