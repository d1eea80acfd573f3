import { describe, expect, it } from 'vitest'
import { systemRandom } from '../../gateway/basics/random.ts'
import { openDatabase } from '../storage/open-database.ts'
import { createSqlAccountStore } from '../storage/sql-account-store.ts'
import { createSqlCredentialStore } from '../storage/sql-credential-store.ts'
import { createSqlFeed } from '../storage/sql-feed.ts'
import { temporaryFolder } from '../test-support/temporary-folder.ts'
import { createPasswordCheck } from './check-password.ts'
import { createAccount } from './create-account.ts'
import { hashPassword, isOutdatedHash } from './password-hash.ts'
import { createSignInLimits } from './sign-in-limits.ts'

describe('checking a password', () => {
  it('makes the hash new when its parameters are out of date', async () => {
    using folder = temporaryFolder()
    const nowS = (): number => 1_800_000_000
    const database = openDatabase({ dataDir: folder.path, nowS })
    const feed = createSqlFeed({ database, random: systemRandom, nowS })
    const accounts = createSqlAccountStore({ database, feed, nowS })
    const credentials = createSqlCredentialStore({ database, feed, nowS })
    const password = 'four random kitchen words'
    const work = { accounts, random: systemRandom, nowS, issuer: 'https://id.example.test' }
    const { account } = await createAccount(
      { username: 'mia', name: 'Mia', email: null, locale: null, status: 'active', initialPassword: password },
      work,
    )
    const strong = String(await credentials.passwordHash(account.sub))
    const weak = await hashPassword(password, systemRandom, { memoryKib: 64, passes: 1, parallelism: 1 })
    await credentials.replacePasswordHash(account.sub, strong, weak)
    const check = await createPasswordCheck({ accounts, credentials, limits: createSignInLimits(), random: systemRandom })
    expect(await check({ username: 'MIA', password: 'wrong', ip: '192.0.2.1' })).toMatchObject({ outcome: 'wrong' })
    expect(await credentials.passwordHash(account.sub)).toBe(weak)
    expect(await check({ username: 'MIA', password, ip: '192.0.2.1' })).toMatchObject({ outcome: 'right', account: { sub: account.sub } })
    expect(isOutdatedHash(String(await credentials.passwordHash(account.sub)))).toBe(false)
    expect((await accounts.find(account.sub))?.lastSignInAt).toBe(nowS())
    database.close()
  })
})
