import { CodedError } from '../../basics/coded-error.ts'
import type { AccessOrigin, AccessOrigins } from '../ports.ts'

/** The port without a database, for tests of this room. */
export function memoryOrigins(): AccessOrigins {
  const origins = new Map<string, AccessOrigin>()
  const codes = new Map<string, { label: string; expiresAt: number }>()
  const cookies = new Map<string, { label: string }>()
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
    addCode: async ({ hash, label, expiresAt }) => void codes.set(hash, { label, expiresAt }),
    async redeemCode(hash, now) {
      const code = codes.get(hash)
      codes.delete(hash)
      return code !== undefined && now < code.expiresAt ? { label: code.label } : undefined
    },
    addCookie: async ({ hash, label }) => void cookies.set(hash, { label }),
    findCookie: async (hash) => cookies.get(hash),
  }
}
