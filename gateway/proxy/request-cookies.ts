import { accessCookieName, isReservedCookie, isSecret } from './access-cookie.ts'

export interface RequestCookies {
  /** Values of our own cookie, to be looked up. A sibling origin can add wrong ones, so all count; at most four. */
  readonly access: readonly string[]
  /** The others, in order, each name once: a name that came twice is in none. */
  readonly machine: readonly (readonly [name: string, value: string])[]
}

const namePattern = /^[^\x00-\x20\x7f"(),/:;<=>?@[\\\]{}]+$/
const valuePattern = /^[^\x00-\x1f\x7f;]*$/

/** Reads the `Cookie` headers (RFC 6265, section 5.4). A cookie without a name, or with one that no server could have set, is nobody's. */
export function requestCookies(values: readonly string[], secure: boolean): RequestCookies {
  const access: string[] = []
  const machine = new Map<string, string | undefined>()
  for (const pair of values.flatMap((value) => value.split(';'))) {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, Math.max(0, equals)).trim()
    const value = pair.slice(equals + 1).trim()
    if (!namePattern.test(name) || !valuePattern.test(value)) continue
    if (isReservedCookie(name)) {
      if (name === accessCookieName(secure) && isSecret(value)) access.push(value)
    } else machine.set(name, machine.has(name) ? undefined : value)
  }
  return { access: access.slice(0, 4), machine: [...machine].filter((cookie): cookie is [string, string] => cookie[1] !== undefined) }
}
