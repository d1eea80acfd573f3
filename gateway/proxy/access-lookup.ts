import { LRUCache } from 'lru-cache'
import { secretHash } from './access-cookie.ts'
import type { AccessOrigin, AccessOrigins } from './ports.ts'

/** Which origin and which browser, with what never changes kept in memory. */
export interface AccessLookup {
  origin(label: string): Promise<AccessOrigin | undefined>
  /** Whether one of these cookies was given out for this label. */
  entered(label: string, cookies: readonly string[]): Promise<boolean>
}

export function createAccessLookup(origins: AccessOrigins): AccessLookup {
  const byLabel = new LRUCache<string, AccessOrigin>({ max: 5_000 })
  const labelOf = new LRUCache<string, string>({ max: 20_000 })
  return {
    async origin(label) {
      const known = byLabel.get(label) ?? (await origins.find(label))
      if (known !== undefined) byLabel.set(label, known)
      return known
    },
    async entered(label, cookies) {
      for (const cookie of cookies) {
        const hashed = secretHash(cookie)
        const found = labelOf.get(hashed) ?? (await origins.findCookie(hashed))?.label
        if (found !== undefined) labelOf.set(hashed, found)
        if (found === label) return true
      }
      return false
    },
  }
}
