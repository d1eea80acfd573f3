import { createHash } from 'node:crypto'
import type { Random } from '../../gateway/basics/random.ts'

/** What is stored of a one-time link: never the token itself. */
export interface SetupLink {
  readonly tokenHash: string
  /** Unix seconds. */
  readonly expiresAt: number
}

const setupLinkLifetimeS = 24 * 60 * 60

export const hashSetupToken = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** A link by which one person sets one password, once, within 24 h. */
export function newSetupLink(options: { readonly random: Random; readonly nowS: number; readonly issuer: string }): {
  readonly url: string
  readonly link: SetupLink
} {
  const token = options.random.token(32)
  return {
    url: `${options.issuer}/setup/${token}`,
    link: { tokenHash: hashSetupToken(token), expiresAt: options.nowS + setupLinkLifetimeS },
  }
}
