import { createHash, timingSafeEqual } from 'node:crypto'
import type { Random } from '../basics/random.ts'

/**
 * A one-time password: 128 random bits in 26 characters that nobody confuses (Crockford's base32 in lower case), and the hash to keep.
 * SHA-256 alone is enough for it: there is nothing to guess.
 */
export function newEnrolmentPassword(random: Random): { readonly password: string; readonly passwordHash: string } {
  const bits = BigInt(`0x${random.hex(16)}`)
  let password = ''
  for (let at = 125n; at >= 0n; at -= 5n) password += alphabet[Number((bits >> at) & 31n)] ?? ''
  return { password, passwordHash: hashEnrolmentPassword(password) }
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

function hashEnrolmentPassword(password: string): string {
  return createHash('sha256').update(password, 'utf8').digest('hex')
}

/** In the same time whatever was given; an absent hash matches nothing. */
export function enrolmentPasswordMatches(given: string, passwordHash: string | undefined): boolean {
  const kept = Buffer.from(passwordHash ?? '', 'hex')
  const known = kept.length === 32
  const equal = timingSafeEqual(Buffer.from(hashEnrolmentPassword(given), 'hex'), known ? kept : Buffer.alloc(32))
  return known && equal
}
