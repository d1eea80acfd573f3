import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openClientKey } from './client-key.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'client-key-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const file = (): string => join(folder, 'data', 'oidc-client-key.json')

it('makes a key for this user alone at the first start, and takes the same one later', async () => {
  const first = await openClientKey(join(folder, 'data'))
  expect(statSync(file()).mode & 0o777).toBe(0o600)
  expect(first.publicJwk).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' })
  expect(first.publicJwk).not.toHaveProperty('d')
  expect(readFileSync(file(), 'utf8')).toContain('"d"')
  expect((await openClientKey(join(folder, 'data'))).publicJwk).toEqual(first.publicJwk)
})

it.each(['', '{', 'null', '{"kty":"EC"}', '{"kty":"oct","k":"AA"}'])(
  'says what is wrong with a file that holds %j, and makes no other',
  async (text) => {
    await openClientKey(join(folder, 'data'))
    writeFileSync(file(), text)
    await expect(openClientKey(join(folder, 'data'))).rejects.toMatchObject({ code: 'client_key_unreadable', remedy: 'fix' })
    expect(readFileSync(file(), 'utf8')).toBe(text)
  },
)

it('takes no key that others of this machine may read', async () => {
  await openClientKey(join(folder, 'data'))
  chmodSync(file(), 0o640)
  await expect(openClientKey(join(folder, 'data'))).rejects.toMatchObject({
    code: 'client_key_unreadable',
    message: expect.stringContaining('0600'),
  })
})
