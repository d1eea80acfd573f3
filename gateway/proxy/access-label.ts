import type { Random } from '../basics/random.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** 26 characters of base32 (130 bits) from 26 bytes: 32 divides 256, so every character is equally likely. */
export function accessLabel(random: Random): string {
  return Array.from(random.bytes(26), (byte) => alphabet[byte & 31]).join('')
}
