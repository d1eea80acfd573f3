import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readFileIfThere, writeFileAtomic } from './atomic-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-atomic-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

it('keeps the old content when it cannot be replaced', async () => {
  mkdirSync(join(folder, 'device.crt'))
  writeFileSync(join(folder, 'device.crt', 'old'), 'old')
  await expect(writeFileAtomic(join(folder, 'device.crt'), 'new')).rejects.toThrow(/EISDIR|ENOTEMPTY/)
  expect(readFileSync(join(folder, 'device.crt', 'old'), 'utf8')).toBe('old')
})

it('takes away what another process left half written, and is for the owner alone', async () => {
  const path = join(folder, 'device.key')
  writeFileSync(join(folder, '.device.key.tmp'), 'half a private k', { mode: 0o644 })
  await writeFileAtomic(path, 'whole')
  expect(readdirSync(folder)).toEqual(['device.key'])
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(await readFileIfThere(path)).toBe('whole')
  expect(await readFileIfThere(join(folder, 'nothing'))).toBeNull()
})

const isRoot = process.getuid?.() === 0

it.skipIf(!isRoot)(
  `written by root belongs to whom the folder does: the agent's user reads it${isRoot ? '' : ' (not run: only root can give files away)'}`,
  async () => {
    chownSync(folder, 65_534, 65_534)
    await writeFileAtomic(join(folder, 'operators.json'), '[]')
    const { uid, gid, mode } = statSync(join(folder, 'operators.json'))
    expect([uid, gid, mode & 0o777]).toEqual([65_534, 65_534, 0o600])
  },
)
