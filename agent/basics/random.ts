import { randomBytes } from 'node:crypto'

/** Randomness is passed in, so that tests own it. */
export interface Random {
  bytes(count: number): Buffer
  /** `count` bytes as lower-case hexadecimal. */
  hex(count: number): string
  /** `count` bytes as base64url without padding. */
  token(count: number): string
  /** A float in [0, 1). */
  fraction(): number
}

export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  hex: (count) => randomBytes(count).toString('hex'),
  token: (count) => randomBytes(count).toString('base64url'),
  fraction: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
}
