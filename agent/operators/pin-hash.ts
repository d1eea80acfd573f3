import { argon2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { Random } from '../basics/random.ts'

/** OWASP's smallest recommended setting for Argon2id: 19 MiB, 2 passes, 1 lane. The guard against guessing is `identify`: a PIN is short. */
const memoryKib = 19 * 1024
const passes = 2
const parallelism = 1
const saltBytes = 16
const tagBytes = 32
const derive = promisify(argon2)
const phcPattern = new RegExp(
  `^\\$argon2id\\$v=19\\$m=${memoryKib},t=${passes},p=${parallelism}\\$([A-Za-z0-9+/]{22})\\$([A-Za-z0-9+/]{43})$`,
)

export const pinPattern = /^\d{4,12}$/
export const pinMeaning = '4 to 12 digits'

/** Argon2id (RFC 9106) as a PHC string: `$argon2id$v=19$m=...,t=...,p=...$salt$tag`. */
export async function hashPin(pin: string, random: Random): Promise<string> {
  const salt = random.bytes(saltBytes)
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(await tagOf(pin, salt))}`
}

export const isPinHash = (phc: string): boolean => phcPattern.test(phc)

/** False also for a hash that cannot be read. */
export async function isPin(pin: string, phc: string): Promise<boolean> {
  const match = phcPattern.exec(phc)
  if (match === null) return false
  return timingSafeEqual(await tagOf(pin, Buffer.from(match[1] ?? '', 'base64')), Buffer.from(match[2] ?? '', 'base64'))
}

const tagOf = (pin: string, nonce: Buffer): Promise<Buffer> =>
  derive('argon2id', { message: Buffer.from(pin), nonce, parallelism, tagLength: tagBytes, memory: memoryKib, passes })

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')
