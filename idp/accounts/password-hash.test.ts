import { describe, expect, it } from 'vitest'
import { systemRandom } from '../../gateway/basics/random.ts'
import { argon2Settings, hashPassword, isOutdatedHash, verifyPassword } from './password-hash.ts'

const weak = { memoryKib: 64, passes: 1, parallelism: 1 }

describe('password hashes', () => {
  it('are PHC strings of Argon2id with at least 19 MiB and two passes', async () => {
    expect(await hashPassword('a fine sentence', systemRandom)).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    )
    expect(argon2Settings.memoryKib).toBeGreaterThanOrEqual(19 * 1024)
  })

  it('accept their own password and no other', async () => {
    const hash = await hashPassword('a fine sentence', systemRandom, weak)
    expect(await verifyPassword('a fine sentence', hash)).toBe(true)
    expect(await verifyPassword('a fine sentencE', hash)).toBe(false)
    expect(await verifyPassword('', hash)).toBe(false)
  })

  it('are the same for the same characters in another Unicode form', async () => {
    const hash = await hashPassword('Schlüssel für alle'.normalize('NFD'), systemRandom, weak)
    expect(await verifyPassword('Schlüssel für alle'.normalize('NFC'), hash)).toBe(true)
  })

  it('agree with an independent implementation', async () => {
    // From the reference implementation: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 (test.c, version 0x13)
    expect(await verifyPassword('password', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc')).toBe(
      true,
    )
  })

  it('are never the same twice', async () => {
    expect(await hashPassword('a fine sentence', systemRandom, weak)).not.toBe(await hashPassword('a fine sentence', systemRandom, weak))
  })

  it('that cannot be read match nothing', async () => {
    for (const broken of [
      '',
      'plain',
      '$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA',
      '$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8',
    ]) {
      expect(await verifyPassword('password', broken)).toBe(false)
    }
  })

  it('know when their parameters are not those of today', async () => {
    expect(isOutdatedHash(await hashPassword('a fine sentence', systemRandom, weak))).toBe(true)
    expect(isOutdatedHash(await hashPassword('a fine sentence', systemRandom))).toBe(false)
  })
})
