import { createHmac, timingSafeEqual } from 'node:crypto'
import type { PageContext } from '../provider/page-context.ts'

export interface Csrf {
  /** The token of one form: good for the one interaction or link that `subject` names, which no stranger knows. */
  tokenFor(subject: string): string
  /** Whether a posted form carries that token and came from a page of this origin. */
  accepts(ctx: PageContext, subject: string, token: string | undefined): boolean
}

/** Forms are bound to their interaction by a keyed hash and to this origin by what the browser says about the sender. */
export function createCsrf(options: { readonly keys: readonly string[]; readonly issuer: string }): Csrf {
  const origin = new URL(options.issuer).origin
  const sign = (key: string, subject: string): Buffer => createHmac('sha256', key).update(`csrf:${subject}`).digest()
  return {
    tokenFor: (subject) => sign(options.keys[0] ?? '', subject).toString('base64url'),
    accepts(ctx, subject, token) {
      const from = ctx.get('origin')
      if (from !== '' && from !== origin) return false
      const site = ctx.get('sec-fetch-site')
      if (site !== '' && site !== 'same-origin') return false
      const given = Buffer.from(token ?? '', 'base64url')
      return options.keys.some((key) => {
        const expected = sign(key, subject)
        return given.length === expected.length && timingSafeEqual(given, expected)
      })
    },
  }
}
