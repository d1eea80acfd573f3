import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { X509Certificate } from 'node:crypto'
import path from 'node:path'
import type { Random } from '../basics/random.ts'

/** What the authority keeps on disk. The root's key has a directory of its own, so that it can be taken away after the first start. */
export interface AuthorityFiles {
  readonly rootPem: string
  readonly issuingPem: string
  readonly issuingKeyPem: string
  /** Certificates of the issuing authorities of before: machines do not send them along. */
  readonly formerPems: readonly string[]
}

export type NewAuthorityFiles = Omit<AuthorityFiles, 'formerPems'> & { readonly rootKeyPem: string }

const finished = 'authority'
/** Followed by the number of its certificate. */
const former = 'former-'
const unfinished = '.authority-new-'

export async function readAuthorityFiles(directory: string): Promise<AuthorityFiles | undefined> {
  const read = (name: string): Promise<string> => readFile(path.join(directory, finished, name), 'utf8')
  if (!(await isThere(path.join(directory, finished)))) return undefined
  const [rootPem, issuingPem, issuingKeyPem] = await Promise.all([read('root.pem'), read('issuing.pem'), read('issuing-key.pem')])
  const names = await readdir(path.join(directory, finished))
  const formerPems = await Promise.all(names.filter((name) => name.startsWith(former) && name.endsWith('.pem')).map(read))
  return { rootPem, issuingPem, issuingKeyPem, formerPems }
}

/** All or nothing: everything is written and synced beside its place, and one rename makes it the authority. */
export async function writeAuthorityFiles(directory: string, files: NewAuthorityFiles, random: Random): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const place = path.join(directory, unfinished + random.hex(8))
  try {
    await writeAll(place, files)
    await rename(place, path.join(directory, finished))
  } catch (error) {
    // When another process was first, its authority is the one, and ours was never used.
    if (!(await isThere(path.join(directory, finished)))) throw error
  }
  await removeUnfinished(directory)
  await sync(directory)
}

/** The root's key, where it is not offline. */
export async function readRootKey(directory: string): Promise<string | undefined> {
  try {
    return await readFile(path.join(directory, finished, 'root', 'root-key.pem'), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * The certificate of before is kept, then the key is put in place, then its certificate. A crash between the last two leaves an authority that no
 * gateway starts with, until this was done once more.
 */
export async function replaceIssuing(directory: string, files: Pick<AuthorityFiles, 'issuingPem' | 'issuingKeyPem'>): Promise<void> {
  const at = (name: string): string => path.join(directory, finished, name)
  const place = async (name: string, text: string): Promise<void> => {
    await rm(at(`${name}.new`), { force: true })
    await writePrivate(at(`${name}.new`), text)
    await rename(at(`${name}.new`), at(name))
  }
  const before = await readFile(at('issuing.pem'), 'utf8')
  await place(`${former}${new X509Certificate(before).serialNumber.toLowerCase()}.pem`, before)
  await place('issuing-key.pem', files.issuingKeyPem)
  await place('issuing.pem', files.issuingPem)
  await sync(path.join(directory, finished))
}

async function writeAll(place: string, files: NewAuthorityFiles): Promise<void> {
  await mkdir(path.join(place, 'root'), { recursive: true, mode: 0o700 })
  await writePrivate(path.join(place, 'root', 'root-key.pem'), files.rootKeyPem)
  await writePrivate(path.join(place, 'root.pem'), files.rootPem)
  await writePrivate(path.join(place, 'issuing.pem'), files.issuingPem)
  await writePrivate(path.join(place, 'issuing-key.pem'), files.issuingKeyPem)
  await sync(path.join(place, 'root'))
  await sync(place)
}

/** What a crash in the middle of a first start left behind. */
async function removeUnfinished(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.startsWith(unfinished)) await rm(path.join(directory, name), { recursive: true, force: true })
  }
}

async function writePrivate(file: string, text: string): Promise<void> {
  await using handle = await open(file, 'wx', 0o600)
  await handle.writeFile(text)
  await handle.sync()
}

async function sync(directory: string): Promise<void> {
  await using handle = await open(directory, 'r')
  await handle.sync()
}

async function isThere(directory: string): Promise<boolean> {
  try {
    await readdir(directory)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}
