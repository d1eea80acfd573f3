import { createHash, generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { packageHead } from '../updates/package-file.ts'
import { readTrust } from '../updates/pinned-keys.ts'
import type { UpdateTrust } from '../updates/pinned-keys.ts'
import { thisPlatform, writeRelease } from '../updates/release-note.ts'
import type { Release } from '../updates/release-note.ts'
import { signatureLine, writeNoteKey } from '../updates/signed-note.ts'

export interface TestSigner {
  readonly name: string
  readonly privateKey: KeyObject
  /** As it is pinned. */
  readonly line: string
}

export function testSigner(name: string): TestSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { name, privateKey, line: writeNoteKey(name, publicKey) }
}

/** Anna, Ben and Cem are pinned; Dora is not. */
export function testSigners(): {
  readonly trust: UpdateTrust
  readonly signers: Readonly<Record<'anna' | 'ben' | 'cem' | 'dora', TestSigner>>
} {
  const signers = { anna: testSigner('anna'), ben: testSigner('ben'), cem: testSigner('cem'), dora: testSigner('dora') }
  return { trust: readTrust([signers.anna.line, signers.ben.line, signers.cem.line]), signers }
}

export interface TestPackage extends Partial<Omit<Release, 'sha256' | 'length'>> {
  readonly program: string | Buffer
  readonly signedBy: readonly TestSigner[]
}

export function signedNote({ program, signedBy, ...change }: TestPackage): { readonly note: Buffer; readonly release: Release } {
  const bytes = Buffer.from(program)
  const release: Release = {
    version: '2.0.0',
    platform: thisPlatform,
    length: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    expiresMs: null,
    news: { en: ['Starts faster.'], de: ['Startet schneller.'] },
    ...change,
  }
  const text = writeRelease(release)
  return {
    note: Buffer.from(`${text}\n${signedBy.map(({ name, privateKey }) => signatureLine(text, name, privateKey)).join('')}`),
    release,
  }
}

/** A package as a machine builder makes it. @returns what it says */
export function writePackage(path: string, options: TestPackage): Release {
  const { note, release } = signedNote(options)
  writeFileSync(path, Buffer.concat([packageHead(note), note, Buffer.from(options.program)]))
  return release
}

/** A program in the place of an agent: says its version, and else does what `body` says. `line` is the socket to its launcher. */
export function testProgram(version: string, body: string): string {
  return `#!${process.execPath}
if (process.argv[2] === '--version') { console.log(${JSON.stringify(version)}); process.exit(0) }
const line = process.argv.includes('--trial') ? new (require('node:net').Socket)({ fd: 3 }) : null
${body}
`
}
