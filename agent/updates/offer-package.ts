import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeWhole } from '../state/write-whole.ts'
import { openPackage, packageHead } from './package-file.ts'
import type { UpdateTrust } from './pinned-keys.ts'
import { judgeRelease, thisPlatform } from './release-note.ts'
import type { Offered, VerifyOptions } from './install-package.ts'
import { asNoSpace, needSpace } from './version-store.ts'
import { offeredFile } from './versions-record.ts'

/**
 * Lays a package before the agent that runs with this state directory: copied as it is verified, under its name only when all of it was right. Whoever owns the
 * directory owns the file: root puts it there for the agent's user.
 *
 * @throws AgentError as `openPackage` and `judgeRelease` do, `truncated`, `wrong_digest`, `no_space`
 */
export async function offerPackage(
  path: string,
  stateDir: string,
  { trust, ...machine }: VerifyOptions & { readonly trust: UpdateTrust },
): Promise<Offered> {
  const { release, signers, note, read, close } = await openPackage(path, trust)
  try {
    judgeRelease(release, { platform: thisPlatform, ...machine })
    const target = offeredFile(stateDir)
    const folder = dirname(target)
    // Once as a package and once as the program in it.
    await needSpace(folder, 2 * release.length)
    const temporary = join(folder, '.update.package.tmp')
    await rm(temporary, { force: true })
    const file = await open(temporary, 'wx', 0o600)
    try {
      await writeWhole(file, Buffer.concat([packageHead(note), note]))
      await read((chunk) => writeWhole(file, chunk))
      const { uid, gid } = await stat(folder)
      if (process.geteuid?.() === 0 && uid !== 0) await file.chown(uid, gid)
      await file.sync()
    } catch (error) {
      await rm(temporary, { force: true })
      throw asNoSpace(error, 2 * release.length)
    } finally {
      await file.close()
    }
    await rename(temporary, target)
    return { release, signers }
  } finally {
    await close()
  }
}
