import { CodedError } from '../../basics/coded-error.ts'
import type { AccessOrigin, AccessOrigins, CookiePin, LetIn } from '../ports.ts'

/** The port without a database, for tests of this room. */
export function memoryOrigins(): AccessOrigins {
  const origins = new Map<string, AccessOrigin>()
  const codes = new Map<string, LetIn & { expiresAt: number }>()
  const cookies = new Map<string, LetIn>()
  const pinned = new Map<string, Map<string, CookiePin>>()
  const findFor = (sessionId: string, service: string): AccessOrigin | undefined =>
    [...origins.values()].find((origin) => origin.sessionId === sessionId && origin.service === service)
  return {
    async create(origin) {
      if (origins.has(origin.label) || findFor(origin.sessionId, origin.service) !== undefined) {
        throw new CodedError({ code: 'access_origin_exists', message: 'taken', remedy: 'conflict' })
      }
      origins.set(origin.label, origin)
    },
    find: async (label) => origins.get(label),
    findFor: async (sessionId, service) => findFor(sessionId, service),
    addCode: async ({ hash, ...code }) => void codes.set(hash, code),
    async redeemCode(hash, now) {
      const code = codes.get(hash)
      codes.delete(hash)
      return code !== undefined && now < code.expiresAt ? { label: code.label, signIn: code.signIn } : undefined
    },
    addCookie: async ({ hash, label, signIn }) => void cookies.set(hash, { label, signIn }),
    findCookie: async (hash) => cookies.get(hash),
    cookiePins: async (label) => [...(pinned.get(label)?.values() ?? [])].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    async pinCookies(label, pins) {
      const kept = pinned.get(label) ?? new Map<string, CookiePin>()
      pinned.set(label, kept)
      for (const pin of pins) {
        if (pin.digests.length === 0) kept.delete(pin.name)
        else kept.set(pin.name, pin)
      }
    },
  }
}
