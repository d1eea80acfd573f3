import { readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CodedError } from '../basics/coded-error.ts'
import { socketDirectory } from './write-installation.ts'

/**
 * Does `work` in a folder that is new or empty, and leaves it so when the work fails: an installation is made wholly or not at all, and never
 * over another one.
 *
 * @throws CodedError `already_initialised`, `folder_not_empty`
 */
export async function inNewFolder<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const existing = await namesIn(folder)
  if (existing?.includes('gateway.json') === true) {
    throw new CodedError({
      code: 'already_initialised',
      message: `${folder} already holds an installation. Name a new folder.`,
      remedy: 'fix',
    })
  }
  if (existing !== null && existing.length > 0) {
    throw new CodedError({
      code: 'folder_not_empty',
      message: `${folder} is not empty. Name a new folder, or an empty one.`,
      remedy: 'fix',
    })
  }
  try {
    return await work()
  } catch (error) {
    const made = existing === null ? [folder] : ((await namesIn(folder)) ?? []).map((name) => join(folder, name))
    for (const path of [...made, socketDirectory(resolve(folder))]) await rm(path, { recursive: true, force: true })
    throw error
  }
}

async function namesIn(folder: string): Promise<string[] | null> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
