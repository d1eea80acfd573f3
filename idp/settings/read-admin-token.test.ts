import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../test-support/temporary-folder.ts'
import { readAdminToken } from './read-admin-token.ts'

const token = 't'.repeat(32)

function withToken(mode: number, text: string, groupMayRead: boolean): string {
  using folder = temporaryFolder()
  const path = join(folder.path, 'token')
  writeFileSync(path, text)
  chmodSync(path, mode)
  return readAdminToken(path, { groupMayRead })
}

it('reads a token that is this user’s alone, without the line end', () => {
  expect(withToken(0o600, `${token}\n`, false)).toBe(token)
  expect(withToken(0o400, token, true)).toBe(token)
})

it('lets the group read it only where the group is let to the sockets', () => {
  expect(withToken(0o640, token, true)).toBe(token)
  expect(() => withToken(0o640, token, false)).toThrow(/0600/)
})

it.each([0o660, 0o650, 0o644, 0o602, 0o641])('refuses mode %o', (mode) => {
  expect(() => withToken(mode, token, true)).toThrow(/0640/)
  expect(() => withToken(mode, token, false)).toThrow(/0600/)
})

it.each(['', 'short', `${token} ${token}`, `${token}\nmore`])('refuses %j as a token', (text) => {
  expect(() => withToken(0o600, text, false)).toThrow(/at least 32 characters/)
})
