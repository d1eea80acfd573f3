import { argon2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { Random } from '../../gateway/basics/random.ts'

export interface Argon2Settings {
  readonly memoryKib: number
  readonly passes: number
  readonly parallelism: number
}

/** OWASP's smallest recommended setting for Argon2id: 19 MiB, 2 passes, 1 lane. */
export const argon2Settings: Argon2Settings = { memoryKib: 19 * 1024, passes: 2, parallelism: 1 }

const saltBytes = 16
const tagBytes = 32
const derive = promisify(argon2)
const phcPattern = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

/** Argon2id (RFC 9106) as a PHC string: `$argon2id$v=19$m=...,t=...,p=...$salt$tag`. */
export async function hashPassword(password: string, random: Random, settings: Argon2Settings = argon2Settings): Promise<string> {
  const salt = random.bytes(saltBytes)
  const tag = await tagOf(password, salt, tagBytes, settings)
  const { memoryKib, passes, parallelism } = settings
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`
}

/** False also for a hash that cannot be read. */
export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const match = phcPattern.exec(phc)
  if (match === null) return false
  const expected = Buffer.from(match[5] as string, 'base64')
  const settings = { memoryKib: Number(match[1]), passes: Number(match[2]), parallelism: Number(match[3]) }
  const actual = await tagOf(password, Buffer.from(match[4] as string, 'base64'), expected.length, settings)
  return timingSafeEqual(actual, expected)
}

/** Whether the hash was made with other parameters than are in use now. */
export const isOutdatedHash = (phc: string, { memoryKib, passes, parallelism }: Argon2Settings = argon2Settings): boolean =>
  !phc.startsWith(`$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$`)

function tagOf(password: string, nonce: Buffer, tagLength: number, settings: Argon2Settings): Promise<Buffer> {
  const { memoryKib: memory, passes, parallelism } = settings
  // The same password typed on another keyboard may come as other code points (NIST SP 800-63B, 5.1.1.2).
  return derive('argon2id', { message: Buffer.from(password.normalize('NFKC')), nonce, parallelism, tagLength, memory, passes })
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')
