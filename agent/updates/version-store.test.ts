import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { testSigners, writePackage } from '../testing/test-updates.ts'
import { installPackage } from './install-package.ts'
import type { InstallOptions } from './install-package.ts'
import { offerPackage } from './offer-package.ts'
import { checkStored, programFile } from './version-store.ts'
import { offeredFile, readVersions, versionsFolder } from './versions-record.ts'

const { trust, signers } = testSigners()
/** Two pieces of what is read at once, and some more. */
const program = Buffer.alloc(2 * 1024 * 1024 + 77, 'program ')
let folder: string
let stateDir: string
let handles: FileHandle

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'agent-store-'))
  stateDir = mkdtempSync(join(folder, 'state-'))
  const file = await open(folder, 'r')
  handles = Object.getPrototypeOf(file) as FileHandle
  await file.close()
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

const packed = (path = join(folder, 'new.package')) => ({
  path,
  release: writePackage(path, { program, signedBy: [signers.anna, signers.ben] }),
})
const verify = { trust, running: '1.0.0', floor: null, nowMs: 0 }
const install = (change: Partial<InstallOptions> = {}): Promise<boolean> => {
  const { release } = packed(offeredFile(stateDir))
  const options = { stateDir, trust, from: '1.0.0', by: 'Olga', withinS: 60, isFree: () => true, ...change }
  return installPackage({ release, signers: [] }, options)
}

type Write = (
  bytes: Buffer,
  offset?: number,
  length?: number,
  position?: number | null,
) => Promise<{ bytesWritten: number; buffer: Buffer }>
/** `bytesOf` says how many of the bytes the disk takes at once; of a full one it throws. */
function disk(bytesOf: (wanted: number) => number): void {
  const write = handles.write as Write
  vi.spyOn(handles as { write: Write }, 'write').mockImplementation(function (
    this: FileHandle,
    bytes: Buffer,
    offset = 0,
    length = bytes.length - offset,
    position = null,
  ) {
    return write.call(this, bytes, offset, bytesOf(length), position)
  })
}
const full = (code: string) => (): never => {
  throw Object.assign(new Error(`${code}: write`), { code })
}

describe('a disk that takes less at once than it is given', () => {
  beforeEach(() => disk((wanted) => Math.ceil(wanted / 2)))

  it('has the whole package in the end', async () => {
    const { path } = packed()
    await offerPackage(path, stateDir, verify)
    expect(readFileSync(offeredFile(stateDir)).equals(readFileSync(path))).toBe(true)
  })

  it('has the whole program in the end', async () => {
    expect(await install()).toBe(true)
    const { trial } = await readVersions(stateDir)
    expect(await checkStored(stateDir, trial!.program, trust)).toMatchObject({ version: '2.0.0', length: program.length })
  })
})

describe('a disk that is full', () => {
  it.each(['ENOSPC', 'EDQUOT'])(
    'in the midst of a package (%s): whoever lays it down is told so, and nothing of it stays',
    async (code) => {
      let writes = 0
      disk((wanted) => ((writes += 1) > 2 ? full(code)() : wanted))
      await expect(offerPackage(packed().path, stateDir, verify)).rejects.toMatchObject({
        code: 'no_space',
        message: expect.stringMatching(/^The update needs \d+ MB that are free/),
      })
      expect([writes, readdirSync(stateDir)]).toEqual([3, []])
    },
  )

  it('in the midst of a program: nothing is tried, and nothing of it stays', async () => {
    let writes = 0
    disk((wanted) => ((writes += 1) > 1 ? full('ENOSPC')() : wanted))
    await expect(install()).rejects.toMatchObject({ code: 'no_space' })
    expect([readdirSync(versionsFolder(stateDir)), (await readVersions(stateDir)).trial]).toEqual([[], null])
  })

  it.each([
    ['its note', 1],
    ['what is to be tried', 2],
  ])('when it comes to %s: nothing is tried', async (_what, nth) => {
    let files = 0
    const writeFile = handles.writeFile
    vi.spyOn(handles, 'writeFile').mockImplementation(function (this: FileHandle, ...given) {
      return (files += 1) === nth ? full('ENOSPC')() : writeFile.apply(this, given)
    })
    await expect(install()).rejects.toMatchObject({ code: 'no_space' })
    expect((await readVersions(stateDir)).trial).toBe(null)
    // The next one goes through, and takes away what was left.
    expect(await install()).toBe(true)
    const { trial } = await readVersions(stateDir)
    expect([
      existsSync(programFile(stateDir, trial!.program)),
      readdirSync(versionsFolder(stateDir)).filter((name) => name.endsWith('.tmp')),
    ]).toEqual([true, []])
  })
})
