import { LRUCache } from 'lru-cache'
import { secretHash } from './access-cookie.ts'
import type { AccessOrigin, AccessOrigins, LetIn, SignInsThatCount } from './ports.ts'

/** `in`: was let in under a sign-in that counts; `signed_out`: was in; `stranger`: never was. */
export type Standing = 'in' | 'signed_out' | 'stranger'

/** Which origin and which browser, with what never changes kept in memory. */
export interface AccessLookup {
  origin(label: string): Promise<AccessOrigin | undefined>
  /** What these cookies say of a browser at this label; `asked` by a request, or by ourselves about what is under way. */
  standing(label: string, cookies: readonly string[], asked: keyof SignInsThatCount): Promise<Standing>
}

/** How long a sign-in that counted is not asked about again: who signs out is out of every machine so soon. */
export const askAgainAfterMs = 500

export function createAccessLookup(origins: AccessOrigins, signIns: SignInsThatCount): AccessLookup {
  const byLabel = new LRUCache<string, AccessOrigin>({ max: 5_000 })
  const letIn = new LRUCache<string, LetIn>({ max: 20_000, ttl: askAgainAfterMs })
  return {
    async origin(label) {
      const known = byLabel.get(label) ?? (await origins.find(label))
      if (known !== undefined) byLabel.set(label, known)
      return known
    },
    async standing(label, cookies, asked) {
      let standing: Standing = 'stranger'
      for (const cookie of cookies) {
        const hashed = secretHash(cookie)
        const known = letIn.get(hashed)
        const found = known ?? (await origins.findCookie(hashed))
        if (found?.label !== label) continue
        if (known !== undefined || (await signIns[asked](found.signIn))) {
          if (known === undefined) letIn.set(hashed, found)
          return 'in'
        }
        standing = 'signed_out'
      }
      return standing
    },
  }
}
