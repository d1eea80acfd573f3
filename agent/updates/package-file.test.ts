import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { signedNote, testSigners, writePackage } from '../testing/test-updates.ts'
import type { TestPackage } from '../testing/test-updates.ts'
import { offerPackage } from './offer-package.ts'
import { offeredFile } from './versions-record.ts'

const { trust, signers } = testSigners()
const { anna, ben, dora } = signers
/** More than is read at once. */
const program = Buffer.alloc(2_500_000, 'program ')
let folder: string
let path: string
let stateDir: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-package-'))
  path = join(folder, 'update')
  stateDir = mkdtempSync(join(folder, 'state-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (change: Partial<TestPackage> = {}) => writePackage(path, { program, signedBy: [anna, ben], ...change })
const offer = (running = '1.0.0', floor: string | null = null) => offerPackage(path, stateDir, { trust, running, floor, nowMs: 1_000 })

function flip(at: number): void {
  const bytes = readFileSync(path)
  bytes[at]! ^= 1
  writeFileSync(path, bytes)
}

describe('a package', () => {
  it('lies before the agent byte for byte, when all of it is right', async () => {
    const release = write()
    expect(await offer()).toEqual({ release, signers: ['anna', 'ben'] })
    expect(readFileSync(offeredFile(stateDir)).equals(readFileSync(path))).toBe(true)
    write({ version: '3.0.0' })
    await offer()
    expect(readdirSync(stateDir)).toEqual(['update.package'])
  })

  it.each<[string, string, () => void]>([
    ['one signature', 'too_few_signatures', () => void write({ signedBy: [anna] })],
    ['the same key twice', 'too_few_signatures', () => void write({ signedBy: [anna, anna] })],
    ['a fourth key', 'too_few_signatures', () => void write({ signedBy: [anna, dora] })],
    [
      'a false signature',
      'bad_signature',
      () => {
        const { note } = signedNote({ program, signedBy: [anna, ben] })
        write()
        const bytes = readFileSync(path)
        const at = bytes.indexOf('version 2.0.0') + 'version '.length
        bytes[at] = '3'.charCodeAt(0)
        expect(note.length).toBeGreaterThan(0)
        writeFileSync(path, bytes)
      },
    ],
    ['its last byte gone', 'truncated', () => (write(), truncateSync(path, readFileSync(path).length - 1))],
    ['half of it gone', 'truncated', () => (write(), truncateSync(path, 1_000_000))],
    ['half of its note gone', 'truncated', () => (write(), truncateSync(path, 60))],
    ['nothing in it', 'bad_package', () => writeFileSync(path, '')],
    ['a byte more', 'bad_package', () => (write(), appendFileSync(path, 'x'))],
    ['one bit of its last byte changed', 'wrong_digest', () => (write(), flip(readFileSync(path).length - 1))],
    ['one bit in the middle changed', 'wrong_digest', () => (write(), flip(1_500_000))],
    ['another kind of machine', 'wrong_platform', () => void write({ platform: 'linux-mips' })],
    ['an older version', 'not_newer', () => void write({ version: '0.9.0' })],
    ['the version that runs', 'not_newer', () => void write({ version: '1.0.0' })],
    ['an end that is past', 'update_expired', () => void write({ expiresMs: 1_000 })],
    ['another kind of file', 'bad_package', () => writeFileSync(path, program)],
    ['a note without end', 'bad_package', () => writeFileSync(path, `sallyport-update 1 999999\n${'x'.repeat(99_999)}`)],
  ])('with %s is not taken (%s), and nothing is left of it', async (_what, code, make) => {
    make()
    await expect(offer()).rejects.toMatchObject({ code })
    expect(readdirSync(stateDir)).toEqual([])
  })

  it('that is not there says so, and one older than what was here before is not taken', async () => {
    await expect(offer()).rejects.toMatchObject({ code: 'package_unreadable' })
    write()
    await expect(offer('1.0.0', '2.5.0')).rejects.toMatchObject({ code: 'not_newer' })
  })
})
