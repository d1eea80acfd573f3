import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, it } from 'vitest'
import { installRelease, type InstalledRelease } from './installed-release.ts'
import { putARealMachineBehindIt } from './put-a-real-machine-behind-it.ts'

let folder = ''
let release: InstalledRelease

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-release-'))
  release = installRelease(folder)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('a newcomer puts a real machine behind an installed release, as README.md says', () => putARealMachineBehindIt(release, folder))
