import { rm } from 'node:fs/promises'
import { AgentError } from '../basics/agent-error.ts'
import { openPackage } from './package-file.ts'
import type { UpdateTrust } from './pinned-keys.ts'
import { judgeRelease, thisPlatform } from './release-note.ts'
import type { Release } from './release-note.ts'
import { asNoSpace, dropOthers, storeProgram } from './version-store.ts'
import { offeredFile, readVersions, writeVersions } from './versions-record.ts'

/** A package that this machine may take. */
export interface Offered {
  readonly release: Release
  readonly signers: readonly string[]
}

export interface VerifyOptions {
  readonly trust: UpdateTrust
  readonly running: string
  readonly floor: string | null
  readonly nowMs: number
}

/** Looks at all of a package. @throws AgentError as `openPackage` and `judgeRelease` do, `truncated`, `wrong_digest` */
export async function verifyPackage(path: string, { trust, ...machine }: VerifyOptions): Promise<Offered> {
  const { release, signers, read, close } = await openPackage(path, trust)
  try {
    judgeRelease(release, { platform: thisPlatform, ...machine })
    await read(async () => {})
    return { release, signers }
  } finally {
    await close()
  }
}

export interface InstallOptions {
  readonly stateDir: string
  readonly trust: UpdateTrust
  readonly from: string
  readonly by: string | null
  readonly withinS: number
  /** Nobody is in the machine. Asked last of all. */
  readonly isFree: () => boolean
}

/**
 * Stores the program of the offered package, and that it is to be tried. False: somebody came in meanwhile, and it waits.
 *
 * @throws AgentError `no_update` when another package lies there by now, and what `openPackage` and `storeProgram` throw
 */
export async function installPackage(
  { release }: Offered,
  { stateDir, trust, from, by, withinS, isFree }: InstallOptions,
): Promise<boolean> {
  const opened = await openPackage(offeredFile(stateDir), trust)
  try {
    if (opened.release.sha256 !== release.sha256 || opened.release.version !== release.version)
      throw new AgentError({ code: 'no_update', message: 'Another update was laid down meanwhile.' })
    await storeProgram(stateDir, opened)
  } finally {
    await opened.close()
  }
  const record = await readVersions(stateDir)
  if (!isFree()) return false
  const trial = { program: release.sha256, version: release.version, from, by, withinS, begun: 0 }
  await writeVersions(stateDir, { ...record, trial }).catch((error: unknown) => {
    throw asNoSpace(error, release.length)
  })
  if (!isFree()) {
    await writeVersions(stateDir, record)
    return false
  }
  await dropPackage(stateDir)
  await dropOthers(stateDir, await readVersions(stateDir))
  return true
}

/** What is not wanted any more. */
export const dropPackage = (stateDir: string): Promise<void> => rm(offeredFile(stateDir), { force: true })
